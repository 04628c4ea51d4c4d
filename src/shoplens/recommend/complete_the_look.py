"""A whole outfit, or the set of a room, around some products: one thing of each kind, together consistent (搭配)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.goes_with import pair_reasons
from shoplens.recommend.learned import Learned
from shoplens.recommend.pair_fit import PairWeights, pair_fit
from shoplens.recommend.ranking import best_rows
from shoplens.recommend.request import Request
from shoplens.recommend.rule_effect import RuleEffect
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.together import beside
from shoplens.records import Match, Reason

Fits = npt.NDArray[np.float32]

_LEAST = 0.05


@dataclass(frozen=True, slots=True)
class LookLimits:
    """How far is searched.

    Attributes:
        kinds: kinds of product at most that are tried, those first that suit the seeds best.
        choices: products of each kind that are tried.
        beam: unfinished looks that are kept after each kind.
    """

    kinds: int = 12
    choices: int = 8
    beam: int = 16


@dataclass(frozen=True, slots=True)
class _Look:
    """An unfinished look: places in the pool, and the sum of what each of them added."""

    places: tuple[int, ...] = ()
    worth: float = 0.0


class CompleteTheLook:
    """Searches the look whose members fit the seeds and each other best, by beam search over kinds of product.

    Each member adds the mean of its fits to the seeds and to the members before it; two products whose fit is 0, such
    as a dress and trousers or whatever a rule forbids, never stand in one look. The fit to the seeds is blended with
    what shoppers bought beside them; members among each other are judged by `pair_fit` alone.

    Args:
        view: the shop.
        learned: what shoppers bought together; None where the rules speak alone.
        weights: what a match by the rules is made of.
        limits: how far is searched.
    """

    name = "complete_the_look"

    def __init__(
        self,
        view: ShopView,
        learned: Learned | None = None,
        weights: PairWeights = PairWeights(),  # noqa: B008 - frozen
        limits: LookLimits = LookLimits(),
    ) -> None:
        self._view = view
        self._learned = learned
        self._weights = weights
        self._limits = limits

    def recommend(self, request: Request) -> list[Match]:
        """Return the rest of the look: at most one product of each kind, those in stock first, then the best fitting.

        Raises:
            NotFound: a seed is not in the shop.
            BadInput: there is no seed.
        """
        if not request.seeds:
            raise BadInput("A look begins with a product.", remedy="Name at least one in `seeds`.")
        view = self._view
        seeds = list(dict.fromkeys(view.row(seed) for seed in request.seeds))
        among = Candidates.of(view, request)
        to_seeds = among.weighed(self._to_seeds(seeds))
        slots = self._slots(seeds, among.where(to_seeds >= _LEAST), to_seeds)
        pool = np.array([row for slot in slots for row in slot], dtype=np.int64)
        if not len(pool):
            return []
        fits = self._fits(pool, request.effect)
        sizes = [len(slot) for slot in slots]
        look = self._search(sizes, fits, to_seeds[pool], len(seeds), request.limit)
        places = list(look.places)
        rows = pool[places]
        order = np.lexsort((-to_seeds[rows], among.tier[rows]))
        rows = rows[order]
        pairs = pair_reasons(view, seeds, rows)
        return [
            Match(
                view.products[row],
                round(float(to_seeds[row]), 6),
                view.photos[row],
                tuple(reasons) or (Reason("completes_the_look"),),
            )
            for row, reasons in zip(rows.tolist(), pairs, strict=True)
        ]

    def _to_seeds(self, seeds: Sequence[int]) -> Fits:
        """Return the mean fit to the seeds, 0 for what must not stand beside one of them."""
        view = self._view
        each = np.stack([pair_fit(view, seed, self._weights) for seed in seeds])
        rules = np.where((each > 0).all(axis=0), each.mean(axis=0), np.float32(0.0))
        for seed in seeds:
            rules[view.table.same_shelf(seed)] = 0.0
        if self._learned is None:
            return np.asarray(rules, dtype=np.float32)
        said, trust = beside(view, self._learned, seeds)
        mixed = (1.0 - trust) * rules + trust * said
        return np.where(rules > 0, mixed, np.float32(0.0)).astype(np.float32)

    def _slots(self, seeds: Sequence[int], among: Candidates, scores: Fits) -> list[list[int]]:
        """Return for each kind its best products, the kind with the best one first."""
        view = self._view
        slots: list[list[int]] = []
        for shelf in view.table.shelves:
            here = shelf[among.kept[shelf]]
            if not len(here):
                continue
            rows = best_rows(view, scores[here], among, self._limits.choices, here)
            # nothing that is out of stock takes the place of what is there
            slots.append(rows[among.tier[rows] == among.tier[rows[0]]].tolist())
        # a kind that is in stock comes before one that is not, whatever the scores
        slots.sort(key=lambda slot: (int(among.tier[slot[0]]), -float(scores[slot[0]]), slot[0]))
        return slots[: self._limits.kinds]

    def _fits(self, pool: npt.NDArray[np.int64], effect: RuleEffect) -> Fits:
        """Return how well each two products of the pool go together, float32 `[k, k]`, 0 where a rule parts them."""
        view, weights = self._view, self._weights
        looks, colors = view.look_of[pool], view.color_of[pool]
        own = np.zeros((len(pool), view.matching.shape[1]), dtype=np.float32)
        own[looks >= 0] = view.matching[looks[looks >= 0]]
        style = np.where((looks[:, None] >= 0) & (looks >= 0), (1.0 + own @ own.T) / 2.0, 0.0)
        fits = weights.pair + weights.harmony * view.harmonies[colors][:, colors] + weights.style * style
        fits = view.table.pairings(pool) * fits / (weights.pair + weights.harmony + weights.style)
        return np.where(effect.may_stand_together(pool, pool), np.minimum(fits, fits.T), 0.0).astype(np.float32)

    def _search(self, sizes: Sequence[int], fits: Fits, to_seeds: Fits, seeds: int, limit: int) -> _Look:
        beam = [_Look()]
        first = 0
        for size in sizes:
            grown = list(beam)  # a kind may be left out, where it would spoil the rest
            for look in beam:
                if len(look.places) == limit:
                    continue
                between = fits[first : first + size, look.places]
                added = (seeds * to_seeds[first : first + size] + between.sum(axis=1)) / (seeds + len(look.places))
                for place in np.flatnonzero((between > 0).all(axis=1)).tolist():
                    grown.append(_Look((*look.places, first + place), look.worth + float(added[place])))
            grown.sort(key=lambda look: (-look.worth, look.places))
            beam = grown[: self._limits.beam]
            first += size
        return beam[0]
