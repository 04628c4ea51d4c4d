"""What a recommendation is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shoplens.catalog.filter import Filter
from shoplens.errors import BadInput
from shoplens.recommend.rule_effect import NO_EFFECT, RuleEffect

MAX_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Signal:
    """One product that a visitor met.

    Attributes:
        product_id: a product or a listing, known to the shop or not.
        weight: how much it says of the visitor, above 0; 1 for one fresh view.
        time_us: when it was last met, microseconds since 1970 in UTC; 0 where that is not known.
    """

    product_id: str
    weight: float = 1.0
    time_us: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """A question to a recommender; each uses the parts that concern it.

    Attributes:
        seeds: products or listings beside which the answer stands: one product, or a basket.
        viewed: what the visitor looked at, liked or put into the cart.
        bought: what the visitor bought; never recommended again.
        disliked: what the visitor turned down; neither it nor its like.
        where: conditions on the answer.
        exclude: ids of products or listings that must not be in the answer.
        limit: length of the answer, 1 to 1,000.
        diversity: 0 for the best products however alike, up to 1 for products as different as can be.
        effect: what the shop's rules make of this question.
    """

    seeds: tuple[str, ...] = ()
    viewed: tuple[Signal, ...] = ()
    bought: tuple[Signal, ...] = ()
    disliked: tuple[Signal, ...] = ()
    where: Filter = field(default_factory=Filter)
    exclude: frozenset[str] = frozenset()
    limit: int = 10
    diversity: float = 0.0
    effect: RuleEffect = field(default=NO_EFFECT, compare=False)

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise BadInput(
                "The limit of an answer is out of range.",
                received=self.limit,
                remedy=f"Ask for 1 to {MAX_LIMIT} products.",
            )
        if not 0.0 <= self.diversity <= 1.0:
            raise BadInput("The diversity is out of range.", received=self.diversity, remedy="Give 0 to 1.")
        for signal in (*self.viewed, *self.bought, *self.disliked):
            if not 0.0 < signal.weight < float("inf"):
                raise BadInput("A signal needs a weight above 0.", received=signal, remedy="Leave such signals out.")


def signals(product_ids: Iterable[str], decay: float = 0.9) -> tuple[Signal, ...]:
    """Return signals for products in the order of time, the oldest first; each counts `decay` of the one after it."""
    newest_first = list(product_ids)[::-1]
    return tuple(Signal(product_id, decay**age) for age, product_id in enumerate(newest_first))[::-1]
