"""Products that go with one of them, or with a whole basket (搭配)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.recommend import affinity
from shoplens.recommend.affinity import Scores
from shoplens.recommend.co_occurrence import SIGNIFICANT, CoOccurrence
from shoplens.recommend.color_harmony import harmony, relation
from shoplens.recommend.ranking import Mask, allowed, best_rows, by_turns
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason

_TURNS_POOL = 10  # categories take turns among this many times the answer's length

# Below this nothing speaks for a product but that no rule forbids it: a shorter answer is the better one.
_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class GoesWithWeights:
    """What matching is made of.

    Attributes:
        pair: share of a match that its categories alone give.
        harmony: share of the harmony of the named colours. Beside the photos' own colours it adds nothing (on a third
            of the outfits that the map was learned from, left out of the learning: .483 of the blanks are filled right
            without it, .478 with a sixth, .472 with a third), so it mostly serves products without a photo.
        style: share of the learned compatibility of the two photos.
        prior: baskets of average content with which the co-purchases of a product are diluted.
        evidence: baskets at which what was bought together counts as much as what matches by rule.
        view: how much of a basket one session of views is worth.
    """

    pair: float = 0.3
    harmony: float = 0.1
    style: float = 0.6
    prior: float = 5.0
    evidence: float = 20.0
    view: float = 0.1


class GoesWith:
    """Category pairs times learned compatibility and colour harmony; with events, what was bought and viewed together.

    Both are scaled to 0 to 1 and blended by the number of baskets that hold the seeds: with none, the rules alone
    speak; with many, the shoppers. Nothing of a seed's own kind is recommended unless the tables pair the kind with
    itself, and the best of each kind comes before the second of any.

    Args:
        view: the shop.
        weights: what matching is made of.
    """

    name = "goes_with"

    def __init__(self, view: ShopView, weights: GoesWithWeights = GoesWithWeights()) -> None:
        self._view = view
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
        seeds = [view.row(seed) for seed in request.seeds]
        pairings = [view.table.pairing(seed) for seed in seeds]
        rules = np.mean(
            [self._rules(seed, pairing) for seed, pairing in zip(seeds, pairings, strict=True)],
            axis=0,
            dtype=np.float32,
        )
        shoppers, trust = self._shoppers(seeds)
        scores = (1.0 - trust) * rules + trust * shoppers
        kept = allowed(view, request) & ~self._same_shelf(seeds) & (scores >= _LEAST)
        pool = best_rows(view, scores, kept, _TURNS_POOL * request.limit)
        rows = by_turns(view, pool, view.table.shelf_of[pool], request.limit)
        return [
            Match(
                view.products[row], round(float(scores[row]), 6), view.photos[row], self._reasons(seeds, pairings, row)
            )
            for row in rows.tolist()
        ]

    def _rules(self, seed: int, pairing: Scores) -> Scores:
        """Return how well each product matches one seed by category, colour and learned compatibility, 0 to 1."""
        view, weights = self._view, self._weights
        fit = weights.pair + weights.harmony * harmony(view.lab(seed), view.palette)[view.color_of]
        fit = fit + weights.style * affinity.match(view, seed)
        whole = weights.pair + weights.harmony + weights.style
        return np.asarray(pairing * fit / whole, dtype=np.float32)

    def _shoppers(self, seeds: Sequence[int]) -> tuple[npt.NDArray[np.float64], float]:
        """Return how often each product follows the seeds, 1 for the most frequent, and how far to trust it."""
        view, weights = self._view, self._weights
        listings = [int(view.listing_of[seed]) for seed in seeds]
        chances = np.zeros(len(view.starts))
        evidence = 0.0
        for table, worth in ((view.events.bought, 1.0), (view.events.viewed, weights.view)):
            for listing in listings:
                baskets = worth * float(table.totals[listing])
                if baskets:
                    chances += baskets / len(listings) * table.chances(listing, weights.prior)
                    evidence += baskets / len(listings)
        most = chances.max(initial=0.0)
        scaled = chances / most if most else chances
        return scaled[view.listing_of], evidence / (evidence + weights.evidence)

    def _same_shelf(self, seeds: Sequence[int]) -> Mask:
        same = np.zeros(len(self._view.products), dtype=bool)
        for seed in seeds:
            same |= self._view.table.same_shelf(seed)
        return same

    def _reasons(self, seeds: Sequence[int], pairings: Sequence[Scores], row: int) -> tuple[Reason, ...]:
        """Return the reasons of one product: shoppers first, then category and colour of its best seed."""
        view = self._view
        found = []
        for code, table in (("bought_together", view.events.bought), ("viewed_together", view.events.viewed)):
            count = max(
                _significant_count(table, int(view.listing_of[seed]), int(view.listing_of[row])) for seed in seeds
            )
            if count:
                found.append(Reason(code, str(count)))
        weight, nearest = max((float(pairing[row]), -at) for at, pairing in enumerate(pairings))
        seed = seeds[-nearest]
        if weight > 0 and view.table.kind_of[row] >= 0 and view.table.kind_of[seed] >= 0:
            found.append(Reason("goes_with_category", view.table.pairs.kinds[view.table.kind_of[seed]]))
        match = relation(view.lab(seed), view.lab(row))
        if match:
            found.append(Reason("color_harmony", match))
        return tuple(found)


def _significant_count(table: CoOccurrence, one: int, other: int) -> int:
    """Return how many baskets hold both, 0 where that may be chance."""
    others, counts = table.row(one)
    at = int(np.searchsorted(others, other))
    if at == len(others) or others[at] != other or table.significance(one)[at] < SIGNIFICANT:
        return 0
    return int(counts[at])
