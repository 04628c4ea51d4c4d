"""Products that go with one of them, or with a whole basket (搭配)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.errors import BadInput
from shoplens.recommend.affinity import Scores
from shoplens.recommend.candidates import Candidates, Mask
from shoplens.recommend.color_harmony import relation
from shoplens.recommend.learned import Learned
from shoplens.recommend.pair_fit import PairWeights, pair_fit
from shoplens.recommend.ranking import Rows, best_rows, by_turns
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.together import beside, together
from shoplens.records import Match, Reason

_TURNS_POOL = 10  # categories take turns among this many times the answer's length

# Below this nothing speaks for a product but that no rule forbids it: a shorter answer is the better one.
_LEAST = 0.05


class GoesWith:
    """Category pairs times learned compatibility and colour harmony; with events, what was bought and viewed together.

    Both are scaled to 0 to 1 and blended by the number of baskets that hold the seeds: with none, the rules alone
    speak; with many, the shoppers. Nothing of a seed's own kind is recommended unless the tables pair the kind with
    itself, and the best of each kind comes before the second of any.

    Args:
        view: the shop.
        learned: what shoppers bought together; None where the rules speak alone.
        weights: what a match by the rules is made of.
    """

    name = "goes_with"

    def __init__(
        self,
        view: ShopView,
        learned: Learned | None = None,
        weights: PairWeights = PairWeights(),  # noqa: B008 - frozen
    ) -> None:
        self._view = view
        self._learned = learned
        self._weights = weights

    def recommend(self, request: Request) -> list[Match]:
        """Return the products that go best with the seeds taken together.

        Raises:
            NotFound: a seed is not in the shop.
            BadInput: there is no seed.
        """
        if not request.seeds:
            raise BadInput("What goes with nothing? A basket is needed.", remedy="Name at least one in `seeds`.")
        view = self._view
        seeds = list(dict.fromkeys(view.row(seed) for seed in request.seeds))
        among = Candidates.of(view, request)
        scores = among.weighed(self._scores(seeds))
        among = among.where(~self._same_shelf(seeds) & (scores >= _LEAST))
        pool = best_rows(view, scores, among, _TURNS_POOL * request.limit)
        rows = by_turns(among, pool, view.table.shelf_of[pool], request.limit)
        pairs = pair_reasons(view, seeds, rows)
        return [
            Match(view.products[row], round(float(scores[row]), 6), view.photos[row], (*self._met(seeds, row), *pair))
            for row, pair in zip(rows.tolist(), pairs, strict=True)
        ]

    def _scores(self, seeds: Sequence[int]) -> Scores:
        view = self._view
        rules = np.mean([pair_fit(view, seed, self._weights) for seed in seeds], axis=0, dtype=np.float32)
        if self._learned is None:
            return np.asarray(rules)
        shoppers, trust = beside(view, self._learned, seeds)
        return np.asarray((1.0 - trust) * rules + trust * shoppers, dtype=np.float32)

    def _same_shelf(self, seeds: Sequence[int]) -> Mask:
        same = np.zeros(len(self._view.products), dtype=bool)
        for seed in seeds:
            same |= self._view.table.same_shelf(seed)
        return same

    def _met(self, seeds: Sequence[int], row: int) -> list[Reason]:
        """Return what shoppers did with a product and the seeds."""
        if self._learned is None:
            return []
        events = self._view.events
        tables = (("bought_together", events.bought), ("viewed_together", events.viewed))
        return together(self._view, seeds, row, tables)


def pair_reasons(view: ShopView, seeds: Sequence[int], rows: Rows) -> list[list[Reason]]:
    """Return why each row goes with the one of the seeds that its category suits best: by category, and by colour."""
    weights = np.stack([view.table.pairing(seed, rows) for seed in seeds])
    every = []
    for row, best, most in zip(rows.tolist(), weights.argmax(axis=0).tolist(), weights.max(axis=0), strict=True):
        seed = seeds[best]
        found = []
        if most > 0 and view.table.kind_of[row] >= 0 and view.table.kind_of[seed] >= 0:
            found.append(Reason("goes_with_category", view.table.pairs.kinds[view.table.kind_of[seed]]))
        match = relation(view.lab(seed), view.lab(row))
        if match:
            found.append(Reason("color_harmony", match))
        every.append(found)
    return every
