"""Answers in all placements of one shop, by its rules and at its rungs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from shoplens import plugins
from shoplens.errors import BadInput, UnknownName
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.explorer import POOL, Explorer
from shoplens.recommend.learned import Rung
from shoplens.recommend.linear_thompson import LinearThompson
from shoplens.recommend.placement import PLACEMENTS, Placement
from shoplens.recommend.recommendation import Recommendation
from shoplens.recommend.recommender import Recommender
from shoplens.recommend.request import MAX_LIMIT, Request
from shoplens.recommend.rule_book import RuleBook
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Reason

_REMEMBERED = 4_096  # answers to questions that name no shopper and no filter


def placement(name: str) -> Placement:
    """Return a placement by its name.

    Raises:
        UnknownName: there is none of that name.
    """
    if name not in PLACEMENTS:
        raise UnknownName("placement", name, PLACEMENTS)
    return PLACEMENTS[name]


def make_recommender(where: Placement, view: ShopView, rung: Rung) -> Recommender:
    """Return what answers in a placement with as much of the shoppers as a rung uses."""
    make = plugins.load("recommender", where.recommender)
    if where.evidence is None:
        made: Recommender = make(view)
    else:
        made = make(view, view.events.learned(where.evidence, rung))
    return made


def _plain(request: Request) -> Request:
    """Return the question without shopper and filter."""
    return Request(seeds=request.seeds, exclude=request.exclude, limit=request.limit, diversity=request.diversity)


class Placements:
    """All placements over one state of the shop.

    Args:
        view: the shop.
        rules: what the shop wants and does not want.
        rungs: the rung of each placement that was promoted.
        policy: what the answers that explored taught; None for nothing yet.
    """

    def __init__(
        self, view: ShopView, rules: RuleBook, rungs: Mapping[str, Rung], policy: LinearThompson | None = None
    ) -> None:
        self.view = view
        self.rules = rules
        self._explorer = Explorer(view, rules.explore, policy) if rules.explore.share > 0 else None
        self._rungs = dict(rungs)
        self._made: dict[str, Recommender] = {}
        self._remembered = lru_cache(maxsize=_REMEMBERED)(self._answer_everybody)

    def answer(self, name: str, request: Request, rng: np.random.Generator | None = None) -> Recommendation:
        """Return what stands in a placement: first what the shop chose itself, then what is recommended.

        Args:
            name: of the placement.
            request: the question.
            rng: a source of chance, where the answer may explore; None where it must not.

        Raises:
            UnknownName: there is no such placement.
            NotFound: a seed is not in the shop.
            BadInput: the placement stands beside products, and none is named.
        """
        where = placement(name)
        if where.needs == "products" and not request.seeds:
            raise BadInput(f"The placement '{name}' stands beside products.", remedy="Name at least one product.")
        explores = self._explorer is not None and rng is not None and name in self.rules.explore.placements
        if not explores and request == _plain(request):
            return self._remembered(name, request.seeds, request.exclude, request.limit, request.diversity)
        return self._answer(where, request, rng)

    def _answer(self, where: Placement, request: Request, rng: np.random.Generator | None) -> Recommendation:
        name = where.name
        request = replace(request, effect=self.rules.effect(self.view, name, request))
        lead = self._lead(where, request)
        if self._explorer is not None and rng is not None and self._explorer.wants(name, rng):
            return self._explored(self._explorer, where, request, lead, rng)
        return Recommendation(name, (*lead, *self._rest(where, request, lead, request.limit)), self.rung(where))

    def _answer_everybody(
        self, name: str, seeds: tuple[str, ...], exclude: frozenset[str], limit: int, diversity: float
    ) -> Recommendation:
        """Answer a question that names no shopper and no filter: many ask the same."""
        request = Request(seeds=seeds, exclude=exclude, limit=limit, diversity=diversity)
        return self._answer(placement(name), request, None)

    def _explored(
        self, explorer: Explorer, where: Placement, request: Request, lead: list[Match], rng: np.random.Generator
    ) -> Recommendation:
        longer = min(request.limit + POOL, MAX_LIMIT)
        matches = (*lead, *self._rest(where, request, lead, longer))
        tiers = Candidates.of(self.view, request, known=True).tier
        classes = [int(tiers[self.view.row(match.product.id)]) for match in matches]
        free = range(len(lead), min(request.limit, len(matches)))
        drawn = explorer.explore(request, matches, classes, free, rng)
        plain = Recommendation(where.name, matches[: request.limit], self.rung(where))
        if drawn is None:
            return plain
        propensities = [1.0] * len(drawn.matches)
        propensities[drawn.place] = drawn.propensity
        return replace(
            plain,
            matches=drawn.matches,
            explored=(drawn.place,),
            propensities=tuple(propensities),
            context=drawn.context,
        )

    def _rest(self, where: Placement, request: Request, lead: list[Match], limit: int) -> list[Match]:
        """Return what is recommended behind what the shop chose itself."""
        if len(lead) >= limit:
            return []
        taken = frozenset(match.product.listing for match in lead)
        asked = replace(request, exclude=request.exclude | taken, limit=limit - len(lead))
        if where.name == "complete-the-look":
            curated = [match.product.id for match in lead if match.reasons[0].code == "curated_look"]
            asked = replace(asked, seeds=(*asked.seeds, *curated))
        return self.recommender(where).recommend(asked)

    def warm(self) -> None:
        """Work out beforehand what answers will need, so that no shopper waits for it."""
        self.view.events.warm()
        _ = (self.view.brief, self.view.reduced)
        for where in PLACEMENTS.values():
            self.recommender(where)

    def rung(self, where: Placement) -> Rung:
        """Return how much of the shoppers a placement uses."""
        return self._rungs.get(where.name, where.lowest) if where.evidence else where.lowest

    def recommender(self, where: Placement) -> Recommender:
        """Return what answers in a placement, made once."""
        if where.name not in self._made:
            self._made[where.name] = make_recommender(where, self.view, self.rung(where))
        return self._made[where.name]

    def _lead(self, where: Placement, request: Request) -> list[Match]:
        """Return what the shop put first, as far as it may appear and is in stock; each listing once."""
        view, effect = self.view, request.effect
        if not effect.lead:
            return []
        among = Candidates.of(view, request, known=where.name == "buy-again")
        found: dict[int, Match] = {}
        for named, code, value in effect.lead:
            if len(found) == request.limit:
                break
            listing = int(view.listing_of[named])
            # the variant that was named, else the first of its listing that may appear
            variants = [named, *range(int(view.starts[listing]), int(view.ends[listing]))]
            row = next((row for row in variants if among.kept[row] and view.in_stock[row]), None)
            if row is not None and listing not in found:
                found[listing] = Match(view.products[row], 1.0, view.photos[row], (Reason(code, value),))
        return list(found.values())
