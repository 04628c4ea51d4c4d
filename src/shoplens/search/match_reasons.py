"""Why a product matched a photo: what is the same, and where in the photo it is seen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.models.bundle import Bundle
from shoplens.models.runtime import OnnxModel
from shoplens.photos.palette import palette
from shoplens.photos.transform import crop
from shoplens.records import Box, Match, Pixels, Reason

_SHARE = 0.15
_LIKELY = 0.5
_PATTERN = "pattern"

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class MatchReasons:
    """Why a match is in an answer.

    Attributes:
        match: with its reasons.
        heat: how much each place of the query photo speaks for the match, float32 `[h, w]` of that photo, 0 to 1; all 0
            where the network has no feature map.
        photo: the query photo, uint8 RGB `[h, w, 3]`.
        box: where in it the product was looked for; None for the whole photo.
    """

    match: Match
    heat: Floats
    photo: Pixels
    box: Box | None


class MatchReasoner:
    """Compares a query with the photo that matched it, by the network of a bundle.

    Args:
        bundle: whose network has a feature map, and a head named "pattern" where patterns are to be told.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._model = OnnxModel(bundle)

    def why(
        self, photo: Pixels, box: Box | None, matched: Pixels, matched_box: Box | None, match: Match
    ) -> MatchReasons:
        """Return the match with its reasons, and the region of the query that is like it.

        Args:
            photo: the query, uint8 RGB.
            box: where the product is in it; None for the whole photo.
            matched: the photo of the product.
            matched_box: where the product is in that one.
            match: what the search said of it.
        """
        query, other = _part(photo, box), _part(matched, matched_box)
        reasons = []
        if match.product.category and (match.same_kind or 0.0) >= _LIKELY:
            reasons.append(Reason("same_category", match.product.category))
        reasons += [Reason("same_color", name) for name in _common_colors(query, other)]
        names = [name for name in ("features", "attention", _PATTERN) if name in self._model.outputs]
        said = self._model.run(np.stack([self._bundle.recipe.apply(one) for one in (query, other)]), names)
        if _PATTERN in self._bundle.heads and (pattern := self._common_pattern(said[_PATTERN])):
            reasons.append(Reason("same_pattern", pattern))
        heat = np.zeros(photo.shape[:2], np.float32)
        if "features" in said:
            found = _region(said["features"], said.get("attention"))
            left, top, right, bottom = (box or Box(0, 0, 1, 1)).pixels(photo.shape[1], photo.shape[0])
            grown = cv2.resize(found, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
            heat[top:bottom, left:right] = np.clip(grown, 0, 1)
        return MatchReasons(replace(match, reasons=(*match.reasons, *reasons)), heat, photo, box)

    def _common_pattern(self, probabilities: Floats) -> str:
        """Return the pattern that both photos are said to have, "" where one is not sure or they differ."""
        threshold = self._bundle.head_calibrations[_PATTERN].threshold
        first, second = probabilities.argmax(axis=1)
        if first != second or probabilities.max(axis=1).min() < threshold:
            return ""
        return str(self._bundle.heads[_PATTERN][first].en.lower())


def _part(photo: Pixels, box: Box | None) -> Pixels:
    return photo if box is None else crop(photo, box)


def _common_colors(query: Pixels, other: Pixels) -> list[str]:
    """Return the names of the colours that have 15 % of both products, the query's largest first."""
    shared = {color.name for color in palette(other) if color.share >= _SHARE}
    return [color.name for color in palette(query) if color.share >= _SHARE and color.name in shared]


def _region(features: Floats, attention: Floats | None) -> Floats:
    """Return what each cell of the first photo adds to the likeness of the two, float32 `[h, w]`, 0 to 1.

    The inner product of two photos' pooled features is a sum over the cells of the first (Stylianou, Souvenir and
    Pless, "Visualizing deep similarity networks", 2019). What the mean cell adds is taken away, so that only what
    stands out is warm.

    Args:
        features: `[2, h, w, channels]`.
        attention: the weights of the pooling `[2, h, w, 1]`; None where it is a plain mean.
    """
    weight = np.ones((*features.shape[:3], 1), np.float32) if attention is None else attention
    pooled = (features[1] * weight[1]).sum(axis=(0, 1))
    added = ((features[0] * weight[0]) @ pooled).astype(np.float32)
    above = np.maximum(added - added.mean(), 0.0)
    most = float(above.max())
    return np.asarray(above / most if most > 0 else above, np.float32)
