"""Puts the product into the middle of the picture, as large in it as channels ask for."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.window import whole_product, window
from shoplens.records import Finding

_FILLS = (0.85, 0.82, 0.78)
"""Google asks for 75 % to 90 %, Amazon for 85 %. The smaller ones leave more pixels where a channel asks for many."""


class Reframe:
    """Cuts background away, or draws it out; the product keeps its size in pixels and is never enlarged."""

    name = "reframe"
    codes = ("product_off_center", "product_too_small", "product_too_large")
    order = 70
    sees_product = True
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the product in the middle: of a canvas of the photo's own proportions, then of a square one."""
        box = whole_product(draft)
        height, width = draft.photo.pixels.shape[:2]
        own = max(box.x1 - box.x0, box.y1 - box.y0)
        fills = (own, *_FILLS) if finding.code == "product_off_center" else _FILLS
        reason = None
        for fill in dict.fromkeys(fills):
            for aspect in dict.fromkeys((width / height, 1.0)):
                try:
                    yield draft.with_pixels(window(draft.photo.pixels, box, fill, aspect))
                except CannotFix as error:
                    reason = error
        if reason is not None:
            raise reason
