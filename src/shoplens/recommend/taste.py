"""What a visitor's events say of the visitor's taste."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shoplens.recommend.request import Signal
from shoplens.records import Event

HALF_LIFE = dt.timedelta(days=7)
"""An event counts half as much as one that is this much younger."""

SESSION_IDLE = dt.timedelta(minutes=30)
"""A silence longer than this ends a visit, as in `shoplens.events.sessions`."""

SESSION_WEIGHT = 2.0
"""How much an event of the visit at hand counts beside one of an earlier visit of the same age: a guess."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
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

    The visit at hand, up to the last silence of half an hour, counts double. A product that was taken out of the cart
    again, or disliked, counts by what remains: the sum of its views less the sum of its dislikes, on the side that is
    larger.
    """
    known = sorted(events, key=lambda event: event.time)
    begin = _visit_begins(known)
    sums: dict[str, dict[str, float]] = {"viewed": {}, "bought": {}, "disliked": {}}
    last: dict[tuple[str, str], int] = {}
    for event in known:
        fresh = 0.5 ** ((known[-1].time - event.time) / half_life) * (SESSION_WEIGHT if event.time >= begin else 1.0)
        for side, weights in (("viewed", _VIEWED), ("bought", _BOUGHT), ("disliked", _DISLIKED)):
            if event.type in weights:
                for product in event.products:
                    sums[side][product.id] = sums[side].get(product.id, 0.0) + weights[event.type] * fresh
                    last[side, product.id] = (event.time - _EPOCH) // dt.timedelta(microseconds=1)
    viewed, bought, disliked = sums["viewed"], sums["bought"], sums["disliked"]

    def rest(side: str, these: Mapping[str, float], others: Mapping[str, float]) -> tuple[Signal, ...]:
        left = {product_id: weight - others.get(product_id, 0.0) for product_id, weight in these.items()}
        # a weight that years of decay brought to nothing says nothing
        return tuple(Signal(name, weight, last[side, name]) for name, weight in left.items() if weight > 1e-9)

    return Taste(rest("viewed", viewed, disliked), rest("bought", bought, {}), rest("disliked", disliked, viewed))


def _visit_begins(known: Sequence[Event]) -> dt.datetime:
    """Return the time of the first event after the last long silence."""
    for before, after in zip(known[-2::-1], known[:0:-1], strict=True):
        if after.time - before.time > SESSION_IDLE:
            return after.time
    return known[0].time if known else _EPOCH
