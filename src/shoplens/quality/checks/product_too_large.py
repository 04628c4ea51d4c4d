"""A product that leaves no room around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo


class ProductTooLarge:
    """The longer side of the product's box as a share of the picture's side in that direction.

    Judged only where the product stands out from a calm backdrop. 1 asks for nothing; a product that is cut at an edge
    is another fault.
    """

    code = "product_too_large"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_fill": 0.98})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the product fills more than `max_fill`."""
        box, most = context.product_box, rule.limits["max_fill"]
        if box is None:
            return
        fill = max(box.x1 - box.x0, box.y1 - box.y0)
        if fill > most:
            yield rule.finding(
                f"The product fills {beside(fill, most, '.0%')} of the picture; "
                f"at most {exactly(most, '.0%')} is asked for.",
                Measure(rounded(fill, most, 3), most, "share"),
                box=box,
            )
