"""Products for a visitor, from what the visitor viewed and bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoplens.recommend import affinity
from shoplens.recommend.affinity import Scores
from shoplens.recommend.popular import Popular
from shoplens.recommend.ranking import Rows, allowed, diverse_rows, in_listings
from shoplens.recommend.request import Request, Signal
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.similar import SimilarWeights
from shoplens.records import Match, Reason


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
        weights: what nearness to an interest is made of.
        limits: how much of a history is used.
    """

    name = "history"

    def __init__(
        self, view: ShopView, weights: SimilarWeights = SimilarWeights(), limits: HistoryLimits = HistoryLimits()  # noqa: B008 - frozen
    ) -> None:  # fmt: skip
        self._view = view
        self._weights = weights
        self._limits = limits
        self._popular = Popular(view)

    def recommend(self, request: Request) -> list[Match]:
        """Return products for a visitor; an unknown product in the history is passed over."""
        view = self._view
        met = [s.product_id for s in (*request.viewed, *request.bought, *request.disliked)]
        interests = self._interests((*request.viewed, *request.bought))
        if not interests:
            return self._popular.recommend(replace(request, exclude=request.exclude.union(met)))
        kept = allowed(view, request)
        kept &= ~in_listings(view, (row for name in met if (row := view.find(name)) is not None))
        penalty = self._penalty(request.disliked)
        scored = [np.clip(self._score(interest) - penalty, 0.0, 1.0) for interest in interests]
        lists = [diverse_rows(view, scores, kept, request.limit, request.diversity) for scores in scored]
        chosen = _share(view, lists, [interest.weight for interest in interests], request.limit)
        return [
            Match(
                view.products[row],
                round(float(scored[at][row]), 6),
                view.photos[row],
                self._reasons(interests[at], row),
            )
            for at, row in chosen
        ]

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

    def _score(self, interest: _Interest) -> Scores:
        weights = self._weights
        parts = affinity.nearness(self._view, interest.rows, interest.weights)
        shares = np.array([weights.look, weights.category, weights.color, weights.price], dtype=np.float32)
        return np.asarray(shares @ parts / shares.sum(), dtype=np.float32)

    def _penalty(self, disliked: Sequence[Signal]) -> Scores:
        """Return what each product loses for its likeness to what the visitor turned down."""
        view = self._view
        penalty = np.zeros(len(view.products), dtype=np.float32)
        for signal in disliked:
            row = view.find(signal.product_id)
            if row is not None:
                like = affinity.look(view, affinity.look_of(view, row)) * view.table.nearness(row)
                penalty = np.maximum(penalty, np.float32(min(1.0, signal.weight) * self._limits.dislike) * like)
        return penalty

    def _reasons(self, interest: _Interest, row: int) -> tuple[Reason, ...]:
        """Name the product of the interest that comes nearest, and what the two share."""
        view = self._view
        near = [float(self._nearness(seed, row)) for seed in interest.rows]
        seed = interest.rows[int(np.argmax(near))]
        found = [Reason("because_you_viewed", view.products[seed].id)]
        if view.table.category_of[row] and view.table.category_of[row] == view.table.category_of[seed]:
            found.append(Reason("same_category", view.products[row].category))
        if view.color_name(row) and view.color_name(row) == view.color_name(seed):
            found.append(Reason("same_color", view.color_name(row)))
        return tuple(found)

    def _nearness(self, seed: int, row: int) -> float:
        view = self._view
        one, other = affinity.look_of(view, seed), affinity.look_of(view, row)
        look = float(one @ other) if one is not None and other is not None else 0.0
        return look + (0.1 if view.color_name(seed) and view.color_name(seed) == view.color_name(row) else 0.0)


def _share(view: ShopView, lists: Sequence[Rows], weights: Sequence[float], count: int) -> list[tuple[int, int]]:
    """Give places to the lists by D'Hondt's method, first among what is in stock, then among the rest.

    Returns:
        `(list, row)` of each place; a listing appears once, under the list that took it first.
    """
    chosen: list[tuple[int, int]] = []
    taken: set[int] = set()
    for in_stock in (True, False):
        queues: list[Iterator[int]] = [iter(rows[view.in_stock[rows] == in_stock].tolist()) for rows in lists]
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
