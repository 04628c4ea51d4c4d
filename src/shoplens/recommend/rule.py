"""One rule of a shop about what its recommendations hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from shoplens.errors import BadInput, UnknownName
from shoplens.recommend.placement import PLACEMENTS

ACTIONS: Mapping[str, str] = {
    "pin": "these come first, in the order of the rules, where they are in stock",
    "boost": "these come earlier: the odds of their scores are multiplied by `factor`",
    "bury": "these come after all the others",
    "block": "these never appear",
    "same-brand": "only the brands of the products that the answer stands beside",
    "in-stock": "only what can be bought now",
    "price-band": "only from `low` to `high` times the price of what the answer stands beside, or was looked at",
    "allow": "beside `category` only `beside`, and the other way round",
    "forbid": "never `category` beside `beside`",
}
"""What a rule may do."""

ABOUT_PRODUCTS = ("pin", "boost", "bury", "block")
"""Actions that need to say of which products."""

ABOUT_PAIRS = ("allow", "forbid")
"""Actions that need two categories."""

_STANDS_BESIDE = ("bought-together", "complete-the-look", "goes-with")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what is done, with which products, in which placements.

    Attributes:
        action: one of `ACTIONS`.
        placements: where it holds; all of them where none is named, for "allow" and "forbid" those that put different
            things beside each other.
        products: ids of products or listings that it is about.
        category: path; its children are included. With `brand` and `tag` all that are given must hold.
        brand: whole brand.
        tag: one of the shop's own tags.
        beside: the category on the other side, for "allow" and "forbid".
        factor: for "boost", above 1.
        low: for "price-band", 0 or more.
        high: for "price-band", at least `low`.
        note: why the rule is there, for people.
    """

    action: str
    placements: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    category: str = ""
    brand: str = ""
    tag: str = ""
    beside: str = ""
    factor: float = 2.0
    low: float = 0.5
    high: float = 2.0
    note: str = ""

    def __post_init__(self) -> None:
        if self.action not in ACTIONS:
            raise UnknownName("rule action", self.action, ACTIONS)
        for name in self.placements:
            if name not in PLACEMENTS:
                raise UnknownName("placement", name, PLACEMENTS)
        named = bool(self.products or self.category or self.brand or self.tag)
        if self.action in ABOUT_PRODUCTS and not named:
            raise BadInput(
                f"A rule to {self.action} needs to say what.", remedy="Name products, a category, a brand or a tag."
            )
        if self.action in ABOUT_PAIRS and not (self.category and self.beside):
            raise BadInput(f"A rule to {self.action} needs `category` and `beside`.", remedy="Name both.")
        if not 1.0 < self.factor < float("inf"):
            raise BadInput("A boost needs a factor above 1.", received=self.factor, remedy="For example: factor = 2.0")
        if not 0.0 <= self.low <= self.high:
            raise BadInput(
                "A price band needs 0 <= low <= high.",
                received=f"{self.low} to {self.high}",
                remedy="For example: low = 0.5, high = 2.0",
            )

    def holds_in(self, placement: str) -> bool:
        """Return whether it concerns a placement."""
        if not self.placements and self.action in ABOUT_PAIRS:
            return placement in _STANDS_BESIDE
        return not self.placements or placement in self.placements

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """Return the rule of a TOML or JSON table.

        Raises:
            BadInput: a value is missing, has the wrong type, or makes no rule.
            UnknownName: a field, an action or a placement that does not exist.
        """
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, value in table.items():
            if name not in known:
                raise UnknownName("field of a rule", name, known)
            values[name] = _checked(name, value)
        if "action" not in values:
            raise BadInput("A rule needs an action.", received=dict(table), remedy=f"One of: {', '.join(ACTIONS)}.")
        return cls(**values)

    def as_table(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults, as TOML and JSON write them."""
        plain = {field.name: field.default for field in fields(self)}
        said = {name: value for name, value in asdict(self).items() if value != plain[name]}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401 - TOML values have many types
    if name in ("placements", "products"):
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
    elif name in ("factor", "low", "high"):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, str):
        return value
    raise BadInput(f"The field '{name}' of a rule has the wrong type.", received=repr(value), remedy="Mend the rule.")
