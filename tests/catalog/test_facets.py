"""Filters and facets against a brute-force count in Python, over drawn catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplens.catalog.facets import FACETS
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import UnknownName
from shoplens.records import Label, Price, Product

PRODUCTS = [
    Product(
        id=f"p{n:02d}",
        title=("Wool scarf", "羊毛围巾", "Mug", "Cotton T-Shirt")[n % 4],
        category=("", "Home", "Home > Kitchen", "HOME >  Kitchen > Mugs", "Homely", "Clothing")[n % 6],
        brand=("", "Acme", "ACME", "Béla")[n % 4],
        price=(None, Price(Decimal("4.99"), "EUR"), Price(Decimal(20), "EUR"), Price(Decimal("19.99"), "USD"))[n % 4],
        sale_price=Price(Decimal(n), "EUR") if n % 7 == 3 else None,
        availability=("in_stock", "out_of_stock", "preorder")[n % 3],
        attributes=({}, {"color": "Navy/Red"}, {"Color": "burgundy"}, {"colour": "unheard of"})[n % 4]
        | ({"custom_label_0": "Summer", "material": "wool|silk"} if n % 5 == 0 else {}),
        tags=((), ("New", "新款"), ("new ",))[n % 3],
    )
    for n in range(60)
]
LABELS = {"p00": "green", "p04": "green", "p03": "pink", "p01": "green"}
FAMILIES = {"Navy/Red": {"navy", "red"}, "burgundy": {"red"}}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(Path(tmp_path_factory.mktemp("shop")), create=True) as opened:
        with opened.batch() as batch:
            for product in PRODUCTS:
                batch.put_product(product)
        opened.put_labels([Label(name, "color", color, 0.9, "palette") for name, color in LABELS.items()])
        with opened.batch() as batch:
            batch.retire(["p59"])
        yield opened


def path_of(product: Product) -> list[str]:
    return [part.strip().lower() for part in product.category.split(">") if part.strip()]


def colors_of(product: Product) -> set[str]:
    named = {key.lower(): value for key, value in product.attributes.items()}
    said = FAMILIES.get(named.get("color", ""), set())
    return said or ({LABELS[product.id]} if product.id in LABELS else set())


def fits(product: Product, where: Filter) -> bool:
    wanted = [part.strip().lower() for part in where.category.split(">") if part.strip()]
    pays = product.sale_price or product.price
    attributes = {name.lower(): value.lower() for name, value in product.attributes.items()}
    colors = {"red": "red", "酒红": "red", "navy": "navy", "绿色": "green", "pink": "pink"}
    return (
        product.id != "p59"
        and path_of(product)[: len(wanted)] == wanted
        and (not where.brand or product.brand.lower() == where.brand.lower())
        and (where.min_price is None or (pays is not None and pays.amount >= where.min_price))
        and (where.max_price is None or (pays is not None and pays.amount <= where.max_price))
        and (not where.currency or (pays is not None and pays.currency == where.currency))
        and (not where.availability or product.availability in where.availability)
        and (not where.colors or bool({colors[word] for word in where.colors} & colors_of(product)))
        and all(tag in {other.strip().lower() for other in product.tags} for tag in where.tags)
        and all(value in attributes.get(name, "").split("|") for name, value in where.attributes.items())
    )


prices = st.sampled_from([None, Decimal(0), Decimal("4.99"), Decimal("19.99"), Decimal(20)])
filters = st.builds(
    Filter,
    category=st.sampled_from(["", "home", "Home > kitchen", "Clothing", "Nowhere"]),
    brand=st.sampled_from(["", "acme", "béla"]),
    min_price=prices,
    max_price=prices,
    currency=st.sampled_from(["", "EUR", "USD"]),
    availability=st.frozensets(st.sampled_from(["in_stock", "out_of_stock"])),
    colors=st.frozensets(st.sampled_from(["red", "酒红", "navy", "绿色", "pink"]), max_size=2),
    tags=st.frozensets(st.sampled_from(["new", "新款"]), max_size=2),
    attributes=st.sampled_from([{}, {"custom_label_0": "summer"}, {"material": "silk"}]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=filters)
def test_a_filter_keeps_what_brute_force_keeps(catalog: Catalog, where: Filter) -> None:
    assert catalog.product_ids(where) == [product.id for product in PRODUCTS if fits(product, where)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=filters, text=st.sampled_from(["", "scarf", "T恤", "mug nonsense"]))
def test_every_count_is_that_of_the_filter_by_its_value(catalog: Catalog, where: Filter, text: str) -> None:
    facets = catalog.facets([*FACETS, "custom_label_0", "material"], where, text=text)

    def count(narrowed: Filter) -> int:
        kept = set(catalog.product_ids(narrowed))
        if text:
            kept &= {found for found, _ in catalog.search_text(text, where, 1000)}
        return len(kept)

    both = replace(where)
    for value in facets["category"]:
        narrowed = replace(both, category=value.value)
        if where.category == "" or value.value.lower().startswith(where.category.lower()):
            assert value.products == count(narrowed), value
    if not where.brand:
        assert all(value.products == count(replace(both, brand=value.value)) for value in facets["brand"])
    if not where.colors:
        assert all(v.products == count(replace(both, colors=frozenset([v.value]))) for v in facets["color"])
    for value in facets["tag"]:
        assert value.products == count(replace(both, tags=where.tags | {value.value}))
    if not where.availability:
        assert sum(value.products for value in facets["availability"]) == count(both)
    if not where.attributes:
        for name in ("custom_label_0", "material"):
            for value in facets[name]:
                if "|" not in value.value:
                    assert value.products == count(replace(both, attributes={name: value.value}))
    if where.min_price is None and where.max_price is None:
        for value in facets["price"]:
            band = replace(both, min_price=value.min_price, max_price=value.max_price, currency=value.currency)
            assert value.products == count(band)


def test_categories_count_their_children_and_bands_hold_every_price(catalog: Catalog) -> None:
    facets = catalog.facets(["category", "price"])
    counts = {value.value.lower(): value.products for value in facets["category"]}
    assert counts["home"] == sum(path_of(p)[:1] == ["home"] for p in PRODUCTS[:59])
    assert counts["home > kitchen > mugs"] == sum(path_of(p)[-1:] == ["mugs"] for p in PRODUCTS[:59])
    euros = [p for p in PRODUCTS[:59] if (pays := p.sale_price or p.price) and pays.currency == "EUR"]
    assert sum(value.products for value in facets["price"]) == len(euros)
    assert [value.min_price for value in facets["price"]] == sorted(value.min_price for value in facets["price"])


def test_a_colour_that_is_none_lists_those_there_are(catalog: Catalog) -> None:
    with pytest.raises(UnknownName, match="beige"):
        catalog.product_ids(Filter(colors=frozenset({"loud"})))


def test_a_label_changes_the_colour_at_once_and_a_retired_product_counts_nowhere(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            batch.put_product(Product("a", "Mug", tags=("x",)))
        assert catalog.facets(["color"])["color"] == []
        catalog.put_labels([Label("a", "color", "red", 0.6, "m"), Label("a", "color", "blue", 0.4, "m")])
        assert [(v.value, v.products) for v in catalog.facets(["color"])["color"]] == [("red", 1)]
        with catalog.batch() as batch:
            batch.retire(["a"])
        assert catalog.facets() == {name: [] for name in FACETS}
