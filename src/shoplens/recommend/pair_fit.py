"""How well two products go together by what is known of them without any shopper (搭配)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.recommend import affinity
from shoplens.recommend.affinity import Scores
from shoplens.recommend.shop_view import ShopView


@dataclass(frozen=True, slots=True)
class PairWeights:
    """What a match is made of; only the proportions matter.

    Attributes:
        pair: share of a match that its categories alone give.
        harmony: share of the harmony of the named colours. Beside the photos' own colours it adds nothing (on a third
            of the outfits that the map was learned from, left out of the learning: .483 of the blanks are filled right
            without it, .478 with a sixth, .472 with a third), so it mostly serves products without a photo.
        style: share of the learned compatibility of the two photos.
    """

    pair: float = 0.3
    harmony: float = 0.1
    style: float = 0.6


def pair_fit(
    view: ShopView, row: int, weights: PairWeights = PairWeights(), others: npt.NDArray[np.integer] | None = None
) -> Scores:  # fmt: skip
    """Return how well each product, or each of `others`, goes with a row: float32, 0 to 1.

    The weight of the two categories times a mix of colour harmony and learned compatibility; 0 where the categories
    never go together.
    """
    colors = view.color_of if others is None else view.color_of[others]
    fit = np.float32(weights.style) * affinity.match(view, row, others)
    fit += (weights.pair + weights.harmony * view.harmonies[view.color_of[row]])[colors]
    fit *= view.table.pairing(row, others)
    fit /= np.float32(weights.pair + weights.harmony + weights.style)
    return np.asarray(fit, dtype=np.float32)
