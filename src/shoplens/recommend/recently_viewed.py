"""What the visitor looked at last."""

from __future__ import annotations

import numpy as np

from shoplens.recommend.candidates import Candidates
from shoplens.recommend.ranking import best_rows
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason


class RecentlyViewed:
    """The products of the visitor's history, the last one first; what was bought is left out.

    Args:
        view: the shop.
    """

    name = "recently_viewed"

    def __init__(self, view: ShopView) -> None:
        self._view = view

    def recommend(self, request: Request) -> list[Match]:
        """Return what was viewed; signals without a time are of the visit at hand, the newest last."""
        view = self._view
        scores = np.zeros(len(view.products), dtype=np.float32)
        order = sorted(request.viewed, key=lambda signal: signal.time_us or np.inf)
        for rank, signal in enumerate(order, start=1):
            row = view.find(signal.product_id)
            if row is not None:
                scores[row] = rank / len(order)
        among, at = Candidates.of(view, request), np.flatnonzero(scores)
        # the order of time is the answer: no rule weighs it, though rules bury and block
        rows = best_rows(view, scores[at], among, request.limit, at)
        return [
            Match(view.products[row], round(float(scores[row]), 6), view.photos[row], (Reason("you_viewed"),))
            for row in rows.tolist()
        ]
