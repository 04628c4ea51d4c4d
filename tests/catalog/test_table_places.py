"""Places of the merchant's table: pages that begin at them hold every product once, in order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event

from shoplens.catalog.browse import ORDERS, View
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.records import Product

CATEGORIES, BRANDS = ("Home > Mugs", "", "Clothing"), ("Nord", "", "alp", "ost")


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    with Catalog.open(tmp_path_factory.mktemp("places"), create=True) as opened:
        with opened.batch() as batch:
            for number in range(47):
                category, brand = CATEGORIES[number % 3], BRANDS[number % 4]
                batch.put_product(Product(f"P{number:02d}", f"Thing {number % 5}", category=category, brand=brand))
            batch.retire(["P07", "P46"])
        yield opened


@pytest.mark.parametrize("every", [1, 7, 45, 100])
@pytest.mark.parametrize("order", ORDERS)
def test_each_page_begins_where_the_one_before_ends(catalog: Catalog, order: str, every: int) -> None:
    view = View(order=order)
    total, places = catalog.browse.places(view, every)
    assert (total, len(places), places[0]) == (45, -(-45 // every), "")
    pages = [[product.id for product in catalog.browse.page(view, place, every)[0]] for place in places]
    assert [len(page) for page in pages[:-1]] == [every] * (len(pages) - 1)
    assert [name for page in pages for name in page] == catalog.browse.ids(view, 100)


def test_a_view_that_fits_no_product_has_no_places(catalog: Catalog) -> None:
    assert catalog.browse.places(View(where=Filter(category="Garden")), 10) == (0, [])
    assert catalog.browse.places(View(where=Filter(category="Home")), 8)[0] == 16


@pytest.mark.parametrize("order", ORDERS)
def test_the_table_is_entered_without_a_sort(catalog: Catalog, order: str) -> None:
    view, asked = View(order=order), []
    place = catalog.browse.places(view, 7)[1][1]

    def note(_: Connection, cursor: object, statement: str, parameters: tuple[object, ...], *rest: object) -> None:
        asked.append((statement, parameters))

    event.listen(catalog.engine, "before_cursor_execute", note)
    catalog.browse.page(view, place, 7)
    event.remove(catalog.engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in asked if "ORDER BY" in one[0])
    with catalog.engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        plan = " ".join(str(row[3]) for row in rows)
    assert "INDEX" in plan
    assert "TEMP B-TREE" not in plan
