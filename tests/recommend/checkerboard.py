"""A shop whose right answers are known: kinds of things times styles, each style with its own direction and price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from shoplens.recommend.shop_view import ShopView
from shoplens.records import EventLog, Price, Product

CATEGORIES = {
    "shirt": "Fashion > Tops > Shirts",
    "jeans": "Fashion > Bottoms > Jeans",
    "shoe": "Fashion > Shoes > Sneakers",
    "lamp": "Home > Lamps",
}
COLORS = ("black", "red", "navy", "green")
STYLES = 4
COPIES = 3
DAY_US = 24 * 3600 * 1_000_000


def product_id(kind: str, style: int, copy: int, size: str = "M") -> str:
    return f"{kind}-{style}-{copy}-{size}"


def listing(kind: str, style: int, copy: int) -> str:
    return f"{kind}-{style}-{copy}"


def products() -> list[Product]:
    """Every kind in every style in every copy, in two sizes; copy 2 of each is out of stock in both sizes."""
    return [
        Product(
            id=product_id(kind, style, copy, size),
            title=f"Article {style}{copy}",
            category=category,
            brand=f"brand {copy}",
            price=Price(Decimal(10 * 4**style + copy), "EUR"),
            availability="out_of_stock" if copy == COPIES - 1 else "in_stock",
            group=listing(kind, style, copy),
            attributes={"color": COLORS[style], "size": size},
        )
        for kind, category in CATEGORIES.items()
        for style in range(STYLES)
        for copy in range(COPIES)
        for size in ("M", "L")
    ]


def looks() -> dict[str, np.ndarray]:
    """Each style points its own way and each kind a little its own way, so that equal styles look alike."""
    rng = np.random.default_rng(7)
    found = {}
    for place, kind in enumerate(CATEGORIES):
        for style in range(STYLES):
            for copy in range(COPIES):
                vector = np.zeros(STYLES + len(CATEGORIES), np.float32)
                vector[style], vector[STYLES + place] = 1.0, 0.5
                vector += rng.normal(0.0, 0.01, vector.shape).astype(np.float32)
                vector /= np.linalg.norm(vector)
                for size in ("M", "L"):
                    found[product_id(kind, style, copy, size)] = vector
    return found


def log(baskets: Sequence[Sequence[str]], kind: str = "purchase-complete") -> EventLog:
    """One visitor, session and event for each basket, a day apart."""
    names = tuple(dict.fromkeys(name for basket in baskets for name in basket))
    numbers = np.repeat(np.arange(len(baskets)), [len(basket) for basket in baskets]).astype(np.int64)
    return EventLog(
        product_ids=names,
        products=np.array([names.index(name) for basket in baskets for name in basket], dtype=np.int32),
        types=np.full(len(numbers), kind),
        events=numbers,
        visitors=numbers,
        sessions=numbers,
        times=numbers * DAY_US,
        quantities=np.ones(len(numbers), dtype=np.int64),
    )


def shop(events: EventLog | None = None, matching: Callable[[np.ndarray], np.ndarray] | None = None) -> ShopView:
    return ShopView.build(products(), looks(), matching=matching, log=events)
