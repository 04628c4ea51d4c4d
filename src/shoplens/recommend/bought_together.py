"""Products that are really bought together with one of them, or with a basket."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from shoplens.errors import BadInput
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.goes_with import GoesWith
from shoplens.recommend.learned import Learned
from shoplens.recommend.ranking import best_rows, score_of
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.together import beside, together
from shoplens.records import Match, Reason


class BoughtTogether:
    """What shared a basket with the seeds more often than by chance; then, while too little was, what goes with them.

    Unlike `GoesWith` it forbids nothing by kind: who buys a yogurt often buys another one.

    Args:
        view: the shop.
        learned: what shoppers bought together; None where only the rules of `GoesWith` speak.
    """

    name = "bought_together"

    def __init__(self, view: ShopView, learned: Learned | None = None) -> None:
        self._view = view
        self._learned = learned
        self._rest = GoesWith(view)

    def recommend(self, request: Request) -> list[Match]:
        """Return the answer; what shoppers did says so in its reasons.

        Raises:
            NotFound: a seed is not in the shop.
            BadInput: there is no seed.
        """
        if not request.seeds:
            raise BadInput("Bought together with what? A product is needed.", remedy="Name at least one in `seeds`.")
        found = self._bought(request) if self._learned is not None else []
        if len(found) == request.limit:
            return found
        taken = request.exclude.union(match.product.listing for match in found)
        rest = self._rest.recommend(replace(request, exclude=taken, limit=request.limit - len(found)))
        # what is in stock comes first, whoever says that it fits
        tiers = Candidates.of(self._view, request).tier
        return sorted([*found, *rest], key=lambda match: int(tiers[self._view.row(match.product.id)]))

    def _bought(self, request: Request) -> list[Match]:
        view = self._view
        assert self._learned is not None
        seeds = list(dict.fromkeys(view.row(seed) for seed in request.seeds))
        said, _ = beside(view, self._learned, seeds)
        among = Candidates.of(view, request)
        bought = view.events.bought
        met = np.zeros(len(view.starts), dtype=bool)
        for seed in seeds:
            met[bought.row(int(view.listing_of[seed]))[0]] = True
        at = np.flatnonzero(met[view.listing_of] & among.kept & (said > 0))
        scores = among.weighed(said[at], at)
        found: list[Match] = []
        for row in best_rows(view, scores, among, 5 * request.limit, at).tolist():
            reasons: list[Reason] = together(view, seeds, row, (("bought_together", bought),))
            if reasons:
                score = round(score_of(scores, at, row), 6)
                found.append(Match(view.products[row], score, view.photos[row], tuple(reasons)))
            if len(found) == request.limit:
                break
        return found
