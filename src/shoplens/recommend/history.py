"""Products for a visitor, from what the visitor viewed and bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from shoplens.recommend import affinity
from shoplens.recommend.affinity import Scores, Shortlist
from shoplens.recommend.candidates import CLASSES, Candidates, in_listings
from shoplens.recommend.learned import Learned
from shoplens.recommend.popular import Popular
from shoplens.recommend.ranking import Rows, diverse_rows, score_of
from shoplens.recommend.request import Request, Signal
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.shortlist import finalists, shortlist
from shoplens.recommend.together import beside
from shoplens.records import Match, Reason


@dataclass(frozen=True, slots=True)
class TasteWeights:
    """What nearness to an interest is made of; only the proportions of the first four matter.

    Chosen on a demonstration shop of another seed and size than `benchmarks/tastes.py` draws: from three views .66 of
    the answers fit a planted taste with the weights of `SimilarWeights`, .81 with these.

    Attributes:
        look: likeness of the look.
        category: nearness of the category.
        color: nearness of the colour.
        price: nearness of the price.
        other_colors: how much the colours of the other interests count beside those of its own.
    """

    look: float = 0.2
    category: float = 0.4
    color: float = 0.4
    price: float = 0.2
    other_colors: float = 0.8


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """How much of a history is used, to keep the answer quick.

    Attributes:
        interests: interests at most; the weakest are left out.
        dislike: how much a product loses that looks exactly like a disliked one of its category.
    """

    interests: int = 5
    dislike: float = 0.5


@dataclass(frozen=True, slots=True)
class _Interest:
    """One thing that the visitor cares for: rows with their weights, the strongest first."""

    rows: tuple[int, ...]
    weights: tuple[float, ...]

    @property
    def weight(self) -> float:
        return sum(self.weights)


class History:
    """Splits a history into interests by category, and gives each its share of the answer.

    An interest is scored by its own weighted mean of look, category, colour and price, so that somebody who looked at
    shoes and at lamps gets shoes and lamps, and nothing half-way between. Places go to the interests by their weights
    (D'Hondt's method). Products already seen are left out, and so is every variant of them. With no history, or none
    that the shop still knows, the answer is `Popular`'s, and its reasons say so.

    Args:
        view: the shop.
        learned: what shoppers with such histories met; blended in as far as it is to be trusted.
        weights: what nearness to an interest is made of.
        limits: how much of a history is used.
    """

    name = "history"

    def __init__(
        self,
        view: ShopView,
        learned: Learned | None = None,
        weights: TasteWeights = TasteWeights(),
        limits: HistoryLimits = HistoryLimits(),
    ) -> None:
        self._view = view
        self._learned = learned
        self._weights = weights
        self._limits = limits
        self._popular = Popular(view)

    def recommend(self, request: Request) -> list[Match]:
        """Return products for a visitor; an unknown product in the history is passed over."""
        return self.among(request, Candidates.of(self._view, request))

    def among(self, request: Request, among: Candidates) -> list[Match]:
        """Return products for a visitor out of some candidates."""
        view = self._view
        interests = self._interests((*request.viewed, *request.bought))
        met = [s.product_id for s in (*request.viewed, *request.bought, *request.disliked)]
        among = among.where(~in_listings(view, (row for name in met if (row := view.find(name)) is not None)))
        if not interests:
            return self._popular.among(request, among)
        shoppers, trust = self._shoppers(interests)
        means = [affinity.mean_look(view, interest.rows, interest.weights) for interest in interests]
        met_rows = [row for interest in interests for row in interest.rows]
        at = shortlist(view, among, met_rows, means, shoppers, least=request.limit)

        def score(at: Shortlist) -> list[Scores]:
            penalty, colors = self._penalty(request.disliked, at), self._colors(interests, at)
            said = 0.0 if shoppers is None else trust * shoppers[at]
            near = affinity.looks(view, means, at)
            own = [self._score(*each, colors, at) for each in zip(interests, near, strict=True)]
            return [among.weighed(np.clip((1.0 - trust) * each + said - penalty, 0.0, 1.0), at) for each in own]

        scored = score(at)
        final = finalists(view, scored, among, request.limit, at)
        if final is not at:
            at = final
            scored = score(at)
        lists = [diverse_rows(view, scores, among, request.limit, request.diversity, at) for scores in scored]
        chosen = _share(view, among, lists, [interest.weight for interest in interests], request.limit)
        return [
            Match(
                view.products[row],
                round(score_of(scored[which], at, row), 6),
                view.photos[row],
                self._reasons(interests[which], row),
            )
            for which, row in chosen
        ]

    def _shoppers(self, interests: Sequence[_Interest]) -> tuple[Scores | None, float]:
        """Return what others with this history met, 0 to 1 for each row, and how far to trust it."""
        if self._learned is None:
            return None, 0.0
        pairs = [pair for interest in interests for pair in zip(interest.rows, interest.weights, strict=True)]
        return beside(self._view, self._learned, [row for row, _ in pairs], [weight for _, weight in pairs])

    def _interests(self, signals: Sequence[Signal]) -> list[_Interest]:
        """Return the interests, the strongest first; products on no shelf make one interest together."""
        weights: dict[int, float] = {}
        for signal in signals:
            row = self._view.find(signal.product_id)
            if row is not None:
                weights[row] = weights.get(row, 0.0) + signal.weight
        shelves: dict[int, list[int]] = {}
        for row in sorted(weights, key=lambda row: (-weights[row], row)):
            shelves.setdefault(int(self._view.table.shelf_of[row]), []).append(row)
        found = [_Interest(tuple(rows), tuple(weights[row] for row in rows)) for rows in shelves.values()]
        return sorted(found, key=lambda interest: -interest.weight)[: self._limits.interests]

    def _score(self, interest: _Interest, near: Scores, colors: Scores, at: Shortlist) -> Scores:
        weights = self._weights
        look, category, color, price = affinity.nearness(self._view, interest.rows, interest.weights, at, near)
        score = weights.look * look + weights.category * category + weights.price * price
        score += weights.color * np.maximum(color, colors)
        return np.asarray(score / (weights.look + weights.category + weights.color + weights.price), dtype=np.float32)

    def _colors(self, interests: Sequence[_Interest], at: Shortlist) -> Scores:
        """Return how near each product is to the colours of all interests, for what an interest takes of the others."""
        rows = [row for interest in interests for row in interest.rows[: affinity.STRONGEST]]
        weights = [weight for interest in interests for weight in interest.weights[: affinity.STRONGEST]]
        near = affinity.color(self._view, rows, np.array(weights, dtype=np.float32), at)
        return np.asarray(np.float32(self._weights.other_colors) * near, dtype=np.float32)

    def _penalty(self, disliked: Sequence[Signal], at: Shortlist) -> Scores:
        """Return what each product loses for its likeness to what the visitor turned down."""
        view = self._view
        penalty = np.zeros(len(view.look_of[at]), dtype=np.float32)
        for signal in disliked:
            row = view.find(signal.product_id)
            if row is not None:
                like = affinity.look(view, affinity.look_of(view, row), at) * view.table.nearness(row, at)
                penalty = np.maximum(penalty, np.float32(min(1.0, signal.weight) * self._limits.dislike) * like)
        return penalty

    def _reasons(self, interest: _Interest, row: int) -> tuple[Reason, ...]:
        """Name the product of the interest that comes nearest, and what the two share."""
        view = self._view
        seeds, mine = np.array(interest.rows), affinity.look_of(view, row)
        looks = view.look_of[seeds]
        near = np.zeros(len(seeds)) if mine is None else np.where(looks >= 0, view.vectors[looks] @ mine, 0.0)
        if view.color_name(row):
            near = near + np.where(view.color_of[seeds] == view.color_of[row], 0.1, 0.0)
        seed = interest.rows[int(np.argmax(near))]
        found = [Reason("because_you_viewed", view.products[seed].id)]
        if view.table.category_of[row] and view.table.category_of[row] == view.table.category_of[seed]:
            found.append(Reason("same_category", view.products[row].category))
        if view.color_name(row) and view.color_name(row) == view.color_name(seed):
            found.append(Reason("same_color", view.color_name(row)))
        return tuple(found)


def _share(
    view: ShopView, among: Candidates, lists: Sequence[Rows], weights: Sequence[float], count: int
) -> list[tuple[int, int]]:
    """Give places to the lists by D'Hondt's method, class by class: first among what is in stock.

    Returns:
        `(list, row)` of each place; a listing appears once, under the list that took it first.
    """
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for tier in range(CLASSES):
        queues: list[Iterator[int]] = [iter(rows[among.tier[rows] == tier].tolist()) for rows in lists]
        places = [1] * len(lists)
        open_lists = set(range(len(lists)))
        while open_lists and len(chosen) < count:
            at = max(open_lists, key=lambda at: (weights[at] / places[at], -at))
            row = next((row for row in queues[at] if view.listing_of[row] not in taken), None)
            if row is None:
                open_lists.discard(at)
                continue
            places[at] += 1
            taken.add(int(view.listing_of[row]))
            chosen.append((at, row))
    return chosen
