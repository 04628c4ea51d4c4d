"""A small catalogue whose answers are known."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np

from shoplens.catalog.store import Catalog
from shoplens.records import PhotoFacts, Price, Product

RED, BLUE = PhotoFacts("aa" * 32, "jpeg", 40, 30, 1000), PhotoFacts("bb" * 32, "png", 50, 60, 2000, ("gps",))

PRODUCTS = (
    Product(
        "dress-s",
        "Red Summer Dress",
        description="A light dress for warm days.",
        category="Clothing > Dresses",
        brand="Aurora",
        price=Price(Decimal("40.00"), "USD"),
        sale_price=Price(Decimal("29.90"), "USD"),
        group="dress",
        attributes={"color": "Red/Orange", "size": "S", "gender": "Women"},
        tags=("summer", "new"),
        photos=("red.jpg", "blue.png"),
    ),
    Product(
        "belt",
        "男士黑色皮带",
        category="Clothing > Accessories",
        brand="皮尔",
        price=Price(Decimal("99"), "CNY"),
        availability="out_of_stock",
        attributes={"color": "黑色", "gender": "Men|Unisex"},
        photos=("blue.png",),
    ),
    Product("mug", "Café Mug", category="Clothing Racks", price=Price(Decimal("7.5"), "USD")),
)


def fill(catalog: Catalog, folder: Path) -> None:
    """Put the three products, two photos and their vectors into the catalogue."""
    with catalog.batch() as batch:
        for product in PRODUCTS:
            batch.put_product(product)
        for facts, name in ((RED, "red.jpg"), (BLUE, "blue.png")):
            batch.put_photo(facts, folder / "photos" / name)
            batch.put_reference(name, facts.sha256, mtime_ns=5, size=facts.size_bytes)
        batch.link("dress-s", [RED.sha256, BLUE.sha256], ["red.jpg", "blue.png"])
        batch.link("belt", [BLUE.sha256], ["blue.png"])
        batch.put_embedding(RED.sha256, "colors", np.array([1.0, 0.0], np.float32))
        batch.put_embedding(BLUE.sha256, "colors", np.array([0.0, 1.0], np.float32))
