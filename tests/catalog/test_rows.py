from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.catalog.rows import (
    attribute_values,
    category_key,
    from_micros,
    from_row,
    product_digest,
    to_micros,
    to_row,
)
from shoplens.errors import BadInput
from shoplens.records import Price, Product

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
prices = st.none() | st.builds(
    Price, st.decimals(0, 9_000_000_000, allow_nan=False, places=6), st.sampled_from(["", "USD", "CNY"])
)
products = st.builds(
    Product,
    id=texts.filter(bool),
    title=texts,
    description=texts,
    category=texts,
    brand=texts,
    price=prices,
    sale_price=prices,
    availability=st.sampled_from(["in_stock", "out_of_stock", "preorder", "backorder"]),
    group=texts,
    link=texts,
    attributes=st.dictionaries(texts, texts, max_size=3),
    tags=st.lists(texts, max_size=3).map(tuple),
    photos=st.lists(texts, max_size=3).map(tuple),
)


@given(products)
def test_a_product_survives_being_a_row(product: Product) -> None:
    assert from_row(to_row(product)) == product  # type: ignore[arg-type]


@given(products, products)
def test_equal_digests_mean_equal_products(one: Product, other: Product) -> None:
    assert product_digest(one) == product_digest(from_row(to_row(one)))  # type: ignore[arg-type]
    assert (product_digest(one) == product_digest(other)) == (one == other)


@given(st.integers(0, 2**63 - 1))
def test_micros_survive(micros: int) -> None:
    if micros <= (2**63 - 1) // 10**6 * 10**6:
        assert to_micros(from_micros(micros)) == micros


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1", "1e30", "0.0000001"])
def test_no_amount_of_money(amount: str) -> None:
    with pytest.raises(BadInput, match="price"):
        to_micros(Decimal(amount))


@pytest.mark.parametrize("product", [Product("", "No id"), Product("a", "lone \ud83d surrogate")])
def test_what_cannot_be_stored_says_why(product: Product) -> None:
    with pytest.raises(BadInput):
        product_digest(product)


def test_keys() -> None:
    assert category_key(" Clothing>  Summer  Shirts > ") == "clothing > summer shirts"
    assert attribute_values("color", "Red/Blue | Green") == {
        "red/blue | green",
        "red/blue",
        "green",
        "red",
        "blue | green",
    }
    assert attribute_values("size", "S/M") == {"s/m"}
