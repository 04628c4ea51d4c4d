"""What a visitor's events say of the visitor's taste."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shoplens.recommend.request import Signal
from shoplens.records import Event

HALF_LIFE = dt.timedelta(days=7)
"""An event counts half as much as one that is this much younger."""

_VIEWED: Mapping[str, float] = {"detail-page-view": 1.0, "add-to-cart": 3.0, "like": 3.0}
_BOUGHT: Mapping[str, float] = {"purchase-complete": 2.0}
_DISLIKED: Mapping[str, float] = {"dislike": 3.0, "remove-from-cart": 0.5}


@dataclass(frozen=True, slots=True)
class Taste:
    """Signals in the order in which the products were first met, for the fields of a `Request`."""

    viewed: tuple[Signal, ...] = ()
    bought: tuple[Signal, ...] = ()
    disliked: tuple[Signal, ...] = ()


def taste(events: Iterable[Event], half_life: dt.timedelta = HALF_LIFE) -> Taste:
    """Weigh a visitor's events by kind and age; age is counted back from the newest of them, so that no clock is asked.

    A product that was taken out of the cart again, or disliked, counts by what remains: the sum of its views less the
    sum of its dislikes, on the side that is larger.
    """
    known = list(events)
    newest = max((event.time for event in known), default=None)
    positive: dict[str, float] = defaultdict(float)
    negative: dict[str, float] = defaultdict(float)
    bought: dict[str, float] = defaultdict(float)
    for event in known:
        fresh = 0.5 ** ((newest - event.time) / half_life) if newest else 1.0
        for product in event.products:
            for table, weights in ((positive, _VIEWED), (bought, _BOUGHT), (negative, _DISLIKED)):
                if event.type in weights:
                    table[product.id] += weights[event.type] * fresh
    return Taste(_rest(positive, negative), _rest(bought, {}), _rest(negative, positive))


def _rest(these: Mapping[str, float], others: Mapping[str, float]) -> tuple[Signal, ...]:
    left = {product_id: weight - others.get(product_id, 0.0) for product_id, weight in these.items()}
    # a weight that years of decay brought to nothing says nothing
    return tuple(Signal(product_id, weight) for product_id, weight in left.items() if weight > 1e-9)
