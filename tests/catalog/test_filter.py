from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput
from tests.catalog.shop_of_three import fill


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    folder: Path = tmp_path_factory.mktemp("shop")
    with Catalog.open(folder, create=True) as catalog:
        fill(catalog, folder)
        yield catalog


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        (Filter(), ["belt", "dress-s", "mug"]),
        (Filter(category="Clothing"), ["belt", "dress-s"]),
        (Filter(category="clothing >dresses"), ["dress-s"]),
        (Filter(category="Clothing > Dres"), []),
        (Filter(category="Clothing%"), []),
        (Filter(brand="AURORA"), ["dress-s"]),
        (Filter(brand="皮尔"), ["belt"]),
        (Filter(max_price=Decimal("29.90")), ["dress-s", "mug"]),
        (Filter(max_price=Decimal("29.89")), ["mug"]),
        (Filter(min_price=Decimal("8")), ["belt", "dress-s"]),
        (Filter(min_price=Decimal("8"), currency="usd"), ["dress-s"]),
        (Filter(currency="CNY"), ["belt"]),
        (Filter(availability=frozenset({"in_stock", "preorder"})), ["dress-s", "mug"]),
        (Filter(attributes={"color": "orange"}), ["dress-s"]),
        (Filter(attributes={"Color": "Red/Orange"}), ["dress-s"]),
        (Filter(attributes={"gender": "unisex"}), ["belt"]),
        (Filter(attributes={"color": "red", "size": "s"}), ["dress-s"]),
        (Filter(attributes={"color": "red", "size": "m"}), []),
        (Filter(listing="dress"), ["dress-s"]),
        (Filter(listing="mug"), ["mug"]),
    ],
)
def test_filters(catalog: Catalog, where: Filter, ids: list[str]) -> None:
    assert catalog.product_ids(where) == ids
    assert catalog.count(where) == len(ids)
    assert [product.id for product in catalog.products(where)] == ids


def test_text_search_keeps_to_the_filter(catalog: Catalog) -> None:
    assert [found for found, _ in catalog.search_text("clothing")] == ["mug", "dress-s", "belt"] or {
        found for found, _ in catalog.search_text("clothing")
    } == {"belt", "dress-s", "mug"}
    assert [found for found, _ in catalog.search_text("clothing", Filter(currency="CNY"))] == ["belt"]
    assert len(catalog.search_text("clothing", limit=2)) == 2


def test_a_price_that_is_no_number_is_refused(catalog: Catalog) -> None:
    with pytest.raises(BadInput, match="price"):
        catalog.count(Filter(min_price=Decimal("NaN")))
