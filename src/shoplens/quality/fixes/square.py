"""Makes a strip a square."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.window import drawn_out, whole_product, window
from shoplens.records import Finding

_FILL = 0.85
"""Of the square, where that leaves its sides as long as the strip's shorter one."""

_MOST_PIXELS = 64_000_000


class Square:
    """Around the product where it can be told; else by as much backdrop as the shorter side lacks."""

    name = "square"
    codes = ("photo_extreme_aspect",)
    order = 65
    sees_product = True
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo as a square, its product in the middle, and with all that it shows."""
        pixels = draft.photo.pixels
        height, width = pixels.shape[:2]
        try:
            box = whole_product(draft)
            longest = max((box.x1 - box.x0) * width, (box.y1 - box.y0) * height)
            yield draft.with_pixels(window(pixels, box, min(_FILL, longest / min(height, width)), 1.0))
        except CannotFix:
            pass  # the whole picture may still be padded
        if not draft.context.background.uniform:
            raise CannotFix("The background is not of one colour, so it cannot be drawn out.")
        side = max(height, width)
        if side * side > _MOST_PIXELS:
            raise CannotFix("The square would have more pixels than channels take.")
        top, left = (side - height) // 2, (side - width) // 2
        yield draft.with_pixels(drawn_out(pixels, top, side - height - top, left, side - width - left))
