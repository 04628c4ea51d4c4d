"""What the visitor bought and may soon need again."""

from __future__ import annotations

import numpy as np

from shoplens.recommend.candidates import Candidates
from shoplens.recommend.listing_events import DAY_US
from shoplens.recommend.ranking import best_rows
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason


class BuyAgain:
    """What was bought, by how often it is bought again and how near the usual interval is.

    The time since is counted back from the newest event of the shop; a purchase without a time counts as just due.

    Args:
        view: the shop.
    """

    name = "buy_again"

    def __init__(self, view: ShopView) -> None:
        self._view = view

    def recommend(self, request: Request) -> list[Match]:
        """Return what was bought, what is most likely needed again first."""
        view, rhythm = self._view, self._view.events.rhythm
        scores = np.zeros(len(view.products), dtype=np.float32)
        days: dict[int, float] = {}
        for signal in request.bought:
            row = view.find(signal.product_id)
            if row is None:
                continue
            listing = int(view.listing_of[row])
            ago = float(rhythm.days[listing])
            if signal.time_us:
                ago = days[row] = (view.events.newest_us - signal.time_us) / DAY_US
            scores[row] = max(scores[row], rhythm.due(listing, ago), 1e-6)
        among, at = Candidates.of(view, request, known=True), np.flatnonzero(scores)
        scores[at] = among.weighed(scores[at], at)
        return [
            Match(view.products[row], round(float(scores[row]), 6), view.photos[row], self._reasons(row, days.get(row)))
            for row in best_rows(view, scores[at], among, request.limit, at).tolist()
        ]

    def _reasons(self, row: int, ago: float | None) -> tuple[Reason, ...]:
        usual = float(self._view.events.rhythm.days[self._view.listing_of[row]])
        known = () if ago is None else (Reason("bought_days_ago", f"{ago:.0f}"),)
        return *known, Reason("usual_days_between", f"{usual:.0f}")
