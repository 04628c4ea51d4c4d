"""A product that stands at the side of its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo


class ProductOffCenter:
    """How far the middle of the product's box is from the middle of the picture, as a share of the picture's side.

    The direction in which it is farther counts. Judged only where the product stands out from a calm backdrop.
    """

    code = "product_off_center"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_distance": 0.15})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the distance is above `max_distance`."""
        box, most = context.product_box, rule.limits["max_distance"]
        if box is None:
            return
        distance = max(abs(box.x0 + box.x1 - 1.0), abs(box.y0 + box.y1 - 1.0)) / 2
        if distance > most:
            yield rule.finding(
                f"The product is off centre by {beside(distance, most, '.0%')} of the picture's side, "
                f"more than {exactly(most, '.0%')}.",
                Measure(rounded(distance, most, 3), most, "share"),
                box=box,
            )
