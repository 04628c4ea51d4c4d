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

_GAP = 0.02
"""Of the longer side: so wide a strip between two pieces is free from top to bottom.

One thing falls into pieces above each other, where a band or a sole is as white as the backdrop. Of the pieces of 250
photos each of Luma and traders and of a drawn shop's, no such thing's were apart by 2 %, nor were two figures that
stand one half before the other.
"""


class SeveralProducts:
    """How many pieces stand side by side in the picture.

    Judged only where they stand out from a calm backdrop. What belongs together cannot be told by it: a set and a pair
    stand side by side, too. The evidence box is around all of them.
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
                f"{count} things stand side by side in the picture, more than {most:g}.",
                Measure(count, most, "pieces"),
                box=context.product_box,
            )


def _pieces(mask: npt.NDArray[np.bool_]) -> int:
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    pieces = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= _PIECE * stats[1:, cv2.CC_STAT_AREA].max(initial=0)]
    count, taken = 0, -np.inf
    for left, _, width, _, _ in sorted(pieces.tolist()):
        count += left - taken >= _GAP * max(mask.shape)
        taken = max(taken, left + width)
    return count
