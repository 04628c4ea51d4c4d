"""An answer in a placement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shoplens.recommend.learned import Rung
from shoplens.records import Match


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What stands in a placement, and what chose it.

    Attributes:
        placement: its name.
        matches: the products, the best first.
        rung: how much of the shoppers was used.
        explored: places, from 0, whose products were drawn to learn from; empty while nothing explores.
        propensities: as many as `matches`: the chance that the product had to stand in its place; empty where nothing
            was drawn.
        context: what the draw was made upon, to learn from.
        token: names the answer when events come back; "" where none was made.
    """

    placement: str
    matches: tuple[Match, ...]
    rung: Rung
    explored: tuple[int, ...] = ()
    propensities: tuple[float, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    token: str = ""
