"""What tells one product of a choice from another, for the model of clicks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.recommend import affinity
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match

LOOKS = 8
"""Directions in which the looks of the shop vary most, kept of each look."""

SIZE = 5 + 2 * LOOKS

_SAMPLE = 4_096


class ChoiceFeatures:
    """Describes products before a shopper: by score, likeness to what the shopper met, age, price, and look.

    A look is told by its first `LOOKS` principal components over the shop, and by their products with those of what
    the shopper met, so that a linear model can learn a taste in looks.

    Args:
        view: the shop.
    """

    def __init__(self, view: ShopView) -> None:
        self._view = view
        sample = view.vectors[:: max(1, len(view.vectors) // _SAMPLE)].astype(np.float64)
        self._middle = sample.mean(axis=0) if len(sample) else np.zeros(view.vectors.shape[1])
        axes = np.linalg.svd(sample - self._middle, full_matrices=False)[2][:LOOKS] if len(sample) else sample
        self._axes = np.zeros((LOOKS, view.vectors.shape[1]))
        self._axes[: len(axes)] = axes
        spread = (sample - self._middle) @ self._axes.T
        self._scale = np.maximum(spread.std(axis=0), 1e-9) if len(sample) else np.ones(LOOKS)

    def describe(self, request: Request, matches: Sequence[Match]) -> npt.NDArray[np.float64]:
        """Return float64 `[k, SIZE]`, rounded to what is logged: the same numbers are learned from later."""
        view = self._view
        names = [*request.seeds, *(signal.product_id for signal in (*request.viewed, *request.bought))]
        met = [row for name in names if (row := view.find(name)) is not None]
        taste = affinity.mean_look(view, met, [1.0] * len(met)) if met else None
        described = np.zeros((len(matches), SIZE))
        for at, match in enumerate(matches):
            row = view.row(match.product.id)
            mine = affinity.look_of(view, row)
            look = self._components(mine)
            like = float(mine @ taste) if mine is not None and taste is not None else 0.0
            fresh = float(view.newness[row]) / max(len(view.products), 1)
            described[at] = [
                1.0,
                match.score,
                like,
                fresh,
                float(view.reduced[row]),
                *look,
                *look * self._components(taste),
            ]
        return np.round(described, 4)

    def _components(self, vector: npt.NDArray[np.float32] | None) -> npt.NDArray[np.float64]:
        if vector is None:
            return np.zeros(LOOKS)
        # within about 1, as the other features are
        return np.asarray(np.tanh(self._axes @ (vector - self._middle) / (2.0 * self._scale)))
