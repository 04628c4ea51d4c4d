"""A product that fills too little of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo


class ProductTooSmall:
    """The longer side of the product's box as a share of the picture's side in that direction.

    Google asks for 75 % to 90 %, Amazon for 85 %. Judged only where the product stands out from a calm backdrop.
    """

    code = "product_too_small"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"min_fill": 0.4})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the product fills less than `min_fill`."""
        box, least = context.product_box, rule.limits["min_fill"]
        if box is None:
            return
        fill = max(box.x1 - box.x0, box.y1 - box.y0)
        if fill < least:
            yield rule.finding(
                f"The product is small: it fills {beside(fill, least, '.0%')} of the picture; "
                f"at least {exactly(least, '.0%')} is asked for.",
                Measure(rounded(fill, least, 3), least, "share"),
                box=box,
            )
