from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.records import Product
from shoplens.search.query_words import QueryWords, Understood

KINDS = ["Clothing > T-Shirts", "Clothing > Sweaters & Hoodies", "Women > Jackets", "Men > Jackets", "Bags > Backpacks"]


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryWords]:
    with Catalog.open(Path(tmp_path_factory.mktemp("shop")), create=True) as catalog:
        with catalog.batch() as batch:
            for number, kind in enumerate(KINDS):
                brand = ("Linden & Co", "Mono", "皮尔")[number % 3]
                attributes = {"material": ("leather", "cotton")[number % 2], "size": "in", "pattern": "leaf-print"}
                batch.put_product(Product(f"p{number}", "thing", category=kind, brand=brand, attributes=attributes))
        yield QueryWords.of(catalog)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("in red", Understood(colors=("red",))),
        ("this, in RED please", Understood(colors=("red",))),
        ("同款 红色", Understood(colors=("red",))),
        ("同款红色的", Understood(colors=("red",))),
        ("红", Understood(colors=("red",))),
        ("这个颜色要粉红色", Understood(colors=("pink",))),
        ("burgundy or navy blue", Understood(colors=("red", "navy"))),
        ("酒红色", Understood(colors=("red",))),
        ("light grey", Understood(colors=("grey",))),
        ("as a t-shirt", Understood(category="Clothing > T-Shirts")),
        ("蓝色T恤", Understood(colors=("blue",), category="Clothing > T-Shirts")),
        ("hoodie", Understood(category="Clothing > Sweaters & Hoodies")),
        ("卫衣", Understood(category="Clothing > Sweaters & Hoodies")),
        ("backpacks", Understood(category="Bags > Backpacks")),
        ("a jacket", Understood(words="jacket")),  # two categories are called so
        ("by Linden & Co in leather", Understood(brand="Linden & Co", attributes={"material": "leather"})),
        ("mono 纯棉", Understood(brand="Mono", attributes={"material": "cotton"})),
        ("皮尔 背包", Understood(brand="皮尔", category="Bags > Backpacks")),
        ("leaf-print", Understood(attributes={"pattern": "leaf-print"})),
        ("with a hood", Understood(words="hood")),
        ("带金属扣", Understood(words="带金属扣")),  # gold is part of another word
        ("", Understood()),
        ("this one", Understood()),
    ],
)
def test_what_words_are_taken_for(words: QueryWords, text: str, understood: Understood) -> None:
    assert words.read(text) == understood


def test_a_filter_of_the_shopper_goes_before_words() -> None:
    said = Understood(colors=("red",), category="A", brand="B", attributes={"material": "wool", "pattern": "plain"})
    where = said.narrowed(Filter(category="C", attributes={"material": "silk"}))
    assert where == Filter(
        category="C", brand="B", colors=frozenset({"red"}), attributes={"material": "silk", "pattern": "plain"}
    )
