"""Cuts a frame off that was drawn around a photo."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from shoplens.photos.geometry import border_color
from shoplens.photos.transform import crop
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.photo_context import WORK_SIDE
from shoplens.records import Finding, Pixels

_INSETS = (0.0, 2.5, 5.0)
"""Pixels of the copy that the check measured which are cut off besides, where the frame is still found."""

_SOFT = 3
"""Pixels of that copy over which the frame's inner edge may spread; see the check."""

_CLEAR = 0.97
"""Share of the photo's own distance from the frame's colour, from which a line is the photo's: in JPEG files the frame
runs into it, and its edge is nearly never that of a pixel of the copy."""


class TrimBorder:
    """The check's box is the frame's inner edge to a pixel of its copy; what is the photo's own is kept as it is."""

    name = "trim_border"
    codes = ("photo_border",)
    order = 40
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo without its frame, cut a little further each time."""
        if finding.box is None:
            raise CannotFix("The check does not say where the frame ends.")
        pixels = draft.photo.pixels
        height, width = pixels.shape[:2]
        scale = max(1.0, max(height, width) / WORK_SIDE)
        left, top, right, bottom = finding.box.pixels(width, height)
        inner, color = pixels[top:bottom, left:right], np.array(border_color(pixels), np.float32)
        turned = inner.transpose(1, 0, 2)
        soft = [_mixed(side, color, math.ceil(_SOFT * scale)) for side in (turned, inner, turned[::-1], inner[::-1])]
        left, top, right, bottom = left + soft[0], top + soft[1], right - soft[2], bottom - soft[3]
        for inset in (round(step * scale) for step in _INSETS):
            if right - left > 2 * inset + 16 and bottom - top > 2 * inset + 16:
                box = (left + inset, top + inset, right - inset, bottom - inset)
                yield draft.with_pixels(crop(pixels, box))


def _mixed(pixels: Pixels, color: npt.NDArray[np.float32], reach: int) -> int:
    """Return how many of the first rows, at most `reach`, the frame's colour runs into."""
    away = np.median(np.abs(pixels[: reach + 1] - color).sum(axis=2), axis=1)
    return int(np.argmax(away >= _CLEAR * away[-1]))
