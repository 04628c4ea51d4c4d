"""A photo of nothing: one flat colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo, Pixels

_LEVELS = 5
"""Largest difference from the main colour, in 8-bit Lab levels per channel: about 2 units of L*. What is fainter is
not seen; what is seen faintly has low contrast, which is another fault."""

_GRAIN = 5
"""Side in pixels of the square over which each colour is averaged, so that noise and JPEG's blocks are no content."""

_FEW_LINES = 8
"""One line of so many, through the middle, tells of nearly every photo that it is not blank."""


class Blank:
    """The share of the picture, its grain averaged, within a just visible distance of its median colour.

    The limit of 99.8 % leaves a product as small as 1/22 of each side uncalled blank.
    """

    code = "photo_blank"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_flat_share": 0.998})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where more than `max_flat_share` of the picture has one colour."""
        most = rule.limits["max_flat_share"]
        share = context.once(f"{self.code} {most}", lambda: _flat_share(context, most))
        if share > most:
            yield rule.finding(
                f"The photo shows nothing: {beside(share, most, '.1%')} of it has one colour, "
                f"more than {exactly(most, '.1%')}.",
                Measure(rounded(share, most, 5), most, "share"),
            )


def _flat_share(context: PhotoContext, most: float) -> float:
    """Return the share; or what it is at most, where a few lines already show that it is not above `most`."""
    height, width = context.lab.shape[:2]
    middle, area = context.median_lab(), float(height * width)
    few = max(1, height // _FEW_LINES)
    at_most = (area - _other(context.lab, middle, height // 2, height // 2 + few)) / area
    return float(at_most if at_most <= most else (area - _other(context.lab, middle, 0, height)) / area)


def _other(lab: Pixels, middle: npt.NDArray[np.float64], top: int, bottom: int) -> int:
    """Return how many pixels of some lines, their grain averaged, are far from the colour `middle` `[3]`."""
    first = max(0, top - _GRAIN // 2)
    smooth = cv2.blur(lab[first : bottom + _GRAIN // 2], (_GRAIN, _GRAIN))[top - first : bottom - first]
    near = cv2.inRange(smooth, np.clip(middle - _LEVELS, 0, 255), np.clip(middle + _LEVELS, 0, 255))
    return int(near.size - cv2.countNonZero(near))
