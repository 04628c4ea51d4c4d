"""A photo of nothing: one flat colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_LEVELS = 5
"""Largest difference from the main colour, in 8-bit Lab levels per channel: about 2 units of L*. What is fainter is
not seen; what is seen faintly has low contrast, which is another fault."""

_GRAIN = 5
"""Side in pixels of the square over which each colour is averaged, so that noise and JPEG's blocks are no content."""


class Blank:
    """The share of the picture, its grain averaged, within a just visible distance of its median colour.

    The limit of 99.8 % leaves a product as small as 1/22 of each side uncalled blank.
    """

    code = "photo_blank"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_flat_share": 0.998})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where more than `max_flat_share` of the picture has one colour."""
        share, most = context.once(self.code, lambda: _flat_share(context)), rule.limits["max_flat_share"]
        if share > most:
            yield rule.finding(
                f"The photo shows nothing: {share:.1%} of it has one colour, more than {most:.1%}.",
                Measure(round(share, 5), most, "share"),
            )


def _flat_share(context: PhotoContext) -> float:
    smooth, middle = cv2.blur(context.lab, (_GRAIN, _GRAIN)), context.median_lab()
    flat = cv2.inRange(smooth, np.clip(middle - _LEVELS, 0, 255), np.clip(middle + _LEVELS, 0, 255))
    return float(cv2.countNonZero(flat)) / flat.size
