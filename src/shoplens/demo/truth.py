"""What is known of the demonstration shop because it was planted there."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TrueProduct:
    """One article in one colour: `product_ids` are its feed rows, `photos` the file names that show it, in order."""

    id: str
    listing: str
    product_ids: tuple[str, ...]
    category: str
    category_path: str
    color: str
    pattern: str
    price: float
    photos: tuple[str, ...]
    views: tuple[str, ...]


@dataclass(frozen=True)
class PlantedFault:
    """One fault that the inspector should find.

    Attributes:
        code: the expected finding's code.
        photo: file name under `photos`, the main photo where the fault is of the product.
        product_id: a feed row that it belongs to.
        how: what was done.
        other: the other photo of a duplicate pair, or the true category of a misfiled product.
    """

    code: str
    photo: str
    product_id: str
    how: str
    other: str = ""


@dataclass(frozen=True)
class Taste:
    """What a shopper likes: any of the colours in any of the categories within the band of prices."""

    visitor: str
    colors: tuple[str, ...]
    categories: tuple[str, ...]
    price_low: float
    price_high: float

    def fits(self, product: TrueProduct) -> bool:
        """Return whether the product is to this taste in colour, category and price."""
        return (
            product.color in self.colors
            and product.category in self.categories
            and self.price_low <= product.price <= self.price_high
        )


@dataclass(frozen=True)
class TrueQuery:
    """A shopper's photo under `queries`, the product that it shows, and where: x0, y0, x1, y1 from 0 to 1."""

    photo: str
    product_ids: tuple[str, ...]
    listing: str
    category: str
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class DemoTruth:
    """Everything that was planted.

    Attributes:
        seed: what the shop was drawn from.
        products: every article and its photos.
        faults: what the inspector should find.
        tastes: every shopper's taste.
        pairs: keys of categories that are bought together, each pair in alphabetical order.
        queries: shoppers' photos.
        rows: number of rows of the feed.
        events: number of events.
    """

    seed: int
    products: tuple[TrueProduct, ...]
    faults: tuple[PlantedFault, ...]
    tastes: tuple[Taste, ...]
    pairs: tuple[tuple[str, str], ...]
    queries: tuple[TrueQuery, ...]
    rows: int
    events: int

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> DemoTruth:
        """Read what `save` wrote."""
        raw = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            seed=raw["seed"],
            products=tuple(TrueProduct(**_frozen(item)) for item in raw["products"]),
            faults=tuple(PlantedFault(**_frozen(item)) for item in raw["faults"]),
            tastes=tuple(Taste(**_frozen(item)) for item in raw["tastes"]),
            pairs=tuple((one, other) for one, other in raw["pairs"]),
            queries=tuple(TrueQuery(**_frozen(item)) for item in raw["queries"]),
            rows=raw["rows"],
            events=raw["events"],
        )


def _frozen(item: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in item.items()}
