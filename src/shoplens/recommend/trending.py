"""What shoppers care for more than they used to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoplens.recommend.candidates import Candidates
from shoplens.recommend.popular import Popular
from shoplens.recommend.ranking import best_rows
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason

_NOISE = 1.0  # weighted events a day that are added to the usual, so that three views of a new product are no storm


class Trending:
    """Listings whose rate of events lies most above their usual one; then, where too few rise, what is popular.

    The rise is `(lately - usual) / sqrt(usual + 1)` in weighted events a day: the distance in standard deviations if
    events came by Poisson's law. Both rates decay (half-lives of 2 and 28 days) up to the newest event of the shop.

    Args:
        view: the shop.
    """

    name = "trending"

    def __init__(self, view: ShopView) -> None:
        self._view = view
        self._popular = Popular(view)

    def recommend(self, request: Request) -> list[Match]:
        """Return the answer; seeds and signals matter only in that they are left out."""
        view = self._view
        lately, usual = view.events.lately, view.events.usual
        rise = (lately - usual) / np.sqrt(usual + _NOISE)
        among = Candidates.of(view, request)
        scaled = np.clip(rise / max(float(rise.max(initial=0.0)), 1e-12), 0.0, 1.0)[view.listing_of]
        scores = among.weighed(scaled)
        rows = best_rows(view, scores, among.where(scores > 0), request.limit)
        found = [
            Match(
                view.products[row],
                round(float(scores[row]), 6),
                view.photos[row],
                (Reason("rising", f"{lately[at] / max(usual[at], 1e-9):.1f}x"),),
            )
            for row, at in zip(rows.tolist(), view.listing_of[rows].tolist(), strict=True)
        ]
        if len(found) < request.limit:
            taken = request.exclude.union(match.product.listing for match in found)
            found += self._popular.recommend(replace(request, exclude=taken, limit=request.limit - len(found)))
        return sorted(found, key=lambda match: int(among.tier[view.row(match.product.id)]))
