"""What a shop shows to somebody of whom it knows nothing."""

from __future__ import annotations

import numpy as np

from shoplens.recommend.candidates import Candidates
from shoplens.recommend.ranking import best_rows
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason

_TRENDING_FLOOR = 0.5  # whatever anybody cared for comes before what is merely new


class Popular:
    """What is trending by the events, then the newest; each product says which of the two it is.

    Args:
        view: the shop.
    """

    name = "popular"

    def __init__(self, view: ShopView) -> None:
        self._view = view

    def recommend(self, request: Request) -> list[Match]:
        """Return the answer; seeds and signals matter only in that they are left out."""
        return self.among(request, Candidates.of(self._view, request))

    def among(self, request: Request, among: Candidates) -> list[Match]:
        """Return the answer out of some candidates."""
        view = self._view
        trend = view.events.trend[view.listing_of]
        newness = view.newness / max(len(view.products), 1)
        trending = trend > 0
        heat = _TRENDING_FLOOR * (1.0 + trend / max(float(trend.max(initial=0.0)), 1e-12))
        scores = np.where(trending, heat, _TRENDING_FLOOR * newness)
        scores = among.weighed(scores)
        rows = best_rows(view, scores, among, request.limit)
        return [
            Match(
                view.products[row],
                round(float(scores[row]), 6),
                view.photos[row],
                (Reason("trending" if trending[row] else "newest"),),
            )
            for row in rows.tolist()
        ]
