"""The filter in memory keeps exactly what the catalogue's filter keeps."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplens.catalog.filter import Filter
from shoplens.catalog.rows import product_digest
from shoplens.catalog.store import Catalog
from shoplens.recommend.product_filter import ProductFilter
from shoplens.records import Label, Price, Product

PRODUCTS = [
    Product(
        id=f"p{n}",
        title="x",
        category=("", "A", "A > B", "a >  b > C", "AB", "B > A")[n % 6],
        brand=("", "Acme", "ACME  Ltd")[n % 3],
        price=(None, Price(Decimal("9.99"), "EUR"), Price(Decimal(20), "usd"))[n % 3],
        sale_price=Price(Decimal(5), "EUR") if n % 5 == 0 else None,
        availability=("in_stock", "out_of_stock", "preorder")[n % 3],
        group=f"g{n // 4}",
        attributes=({}, {"color": "Red/Blue"}, {"color": "burgundy", "Size": "M|L"})[n % 3],
        tags=((), ("New",), ("new", "Sale "), ("新款",))[n % 4],
    )
    for n in range(40)
]


LABELS = {"p0": "green", "p3": "navy", "p4": "green"}
"""The feed's own word for the colour of p4 goes before it."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(Path(tmp_path_factory.mktemp("shop")), create=True) as opened:
        with opened.batch() as batch:
            for product in PRODUCTS:
                batch.put_product(product, product_digest(product))
        opened.put_labels([Label(name, "color", color, 0.9, "palette") for name, color in LABELS.items()])
        yield opened


prices = st.sampled_from([None, Decimal(5), Decimal("9.99"), Decimal(20), Decimal(100)])
filters = st.builds(
    Filter,
    category=st.sampled_from(["", "A", "a > b", "A > B > C", "B", "C"]),
    brand=st.sampled_from(["", "acme", "Acme Ltd", "none"]),
    min_price=prices,
    max_price=prices,
    currency=st.sampled_from(["", "EUR", "usd"]),
    availability=st.frozensets(st.sampled_from(["in_stock", "out_of_stock", "preorder"])),
    attributes=st.sampled_from([{}, {"color": "blue"}, {"COLOR": "RED"}, {"size": "l"}, {"none": "x"}]),
    listing=st.sampled_from(["", "g1", "g99"]),
    colors=st.frozensets(st.sampled_from(["red", "蓝色", "navy", "green"]), max_size=2),
    tags=st.frozensets(st.sampled_from(["new", "SALE", "新款"]), max_size=2),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=filters)
def test_it_agrees_with_the_catalogue(catalog: Catalog, where: Filter) -> None:
    mask = ProductFilter(PRODUCTS, LABELS).mask(where)
    kept = sorted(product.id for product, keep in zip(PRODUCTS, mask, strict=True) if keep)
    assert kept == catalog.product_ids(where)
