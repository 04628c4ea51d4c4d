"""More than one thing in a picture that is to show one product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_PIECE = 1 / 3
"""A piece counts from this share of the largest one's area on: a lace or a shadow is no product."""


class SeveralProducts:
    """How many pieces stand apart from each other in the picture.

    Judged only where they stand out from a calm backdrop. What belongs together cannot be told by it: a set and a pair
    stand apart, too, and a white thing on white may fall into pieces. The evidence box is around all of them.
    """

    code = "several_products"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_pieces": 1.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where there are more than `max_pieces`."""
        if context.product_box is None:
            return
        count, most = context.once(self.code, lambda: _pieces(context.subject.mask)), rule.limits["max_pieces"]
        if count > most:
            yield rule.finding(
                f"{count} things stand apart in the picture, more than {most:g}.",
                Measure(count, most, "pieces"),
                box=context.product_box,
            )


def _pieces(mask: npt.NDArray[np.bool_]) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    return int((areas >= _PIECE * areas.max()).sum()) if areas.size else 0
