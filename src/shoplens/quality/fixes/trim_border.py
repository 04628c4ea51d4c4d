"""Cuts a frame off that was drawn around a photo."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.photos.transform import crop
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.photo_context import WORK_SIDE
from shoplens.records import Finding

_INSETS = (1.0, 2.5, 5.0)
"""Pixels of the copy that the check measured which are cut off besides: a scaled frame's inner edge is soft."""


class TrimBorder:
    """The check's box is the frame's inner edge; what lies within it is kept as it is."""

    name = "trim_border"
    codes = ("photo_border",)
    order = 40
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo without its frame, cut a little further each time."""
        if finding.box is None:
            raise CannotFix("The check does not say where the frame ends.")
        height, width = draft.photo.pixels.shape[:2]
        scale = max(1.0, max(height, width) / WORK_SIDE)
        left, top, right, bottom = finding.box.pixels(width, height)
        for inset in (round(step * scale) for step in _INSETS):
            if right - left > 2 * inset + 16 and bottom - top > 2 * inset + 16:
                box = (left + inset, top + inset, right - inset, bottom - inset)
                yield draft.with_pixels(crop(draft.photo.pixels, box))
