"""Products read from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from shoplens.catalog.filter import Filter
from shoplens.catalog.photo_rows import links
from shoplens.catalog.rows import from_row
from shoplens.catalog.tables import product_photos, products
from shoplens.catalog.where import conditions
from shoplens.errors import UnknownName
from shoplens.records import Product

_ORDERS = {
    "id": (products.c.id,),
    "title": (products.c.title, products.c.id),
    "price": (products.c.pays_micros, products.c.id),
    "price_desc": (products.c.pays_micros.desc(), products.c.id),
    "newest": (products.c.revision.desc(), products.c.id),
}


@dataclass(frozen=True, slots=True)
class Totals:
    """How much an active catalogue holds."""

    products: int
    listings: int
    photos: int


@dataclass(frozen=True, slots=True)
class Stored:
    """What an import compares a row with: the product's digest, whether it is retired, and its photos in order."""

    digest: str
    retired: bool
    photos: tuple[str, ...]


def read_by_ids(connection: Connection, wanted: list[str], *, include_retired: bool) -> dict[str, Product]:
    """Return the products that exist, in the order of `wanted`."""
    found: dict[str, Product] = {}
    for some in _portions(wanted):
        statement = select(products).where(products.c.id.in_(some))
        if not include_retired:
            statement = statement.where(products.c.retired == 0)
        found.update({row["id"]: from_row(row) for row in connection.execute(statement).mappings()})
    return {product_id: found[product_id] for product_id in wanted if product_id in found}


def read_page(connection: Connection, where: Filter, offset: int, limit: int | None, order: str) -> list[Product]:
    """Return one page of products, or raise `UnknownName` for the order."""
    if order not in _ORDERS:
        raise UnknownName("order of products", order, _ORDERS)
    statement = select(products).where(*conditions(where)).order_by(*_ORDERS[order]).offset(offset).limit(limit)
    return [from_row(row) for row in connection.execute(statement).mappings()]


def read_ids(connection: Connection, where: Filter) -> list[str]:
    """Return the ids of all products that fit, sorted."""
    return list(connection.scalars(select(products.c.id).where(*conditions(where)).order_by(products.c.id)))


def count_products(connection: Connection, where: Filter) -> int:
    """Return how many products fit."""
    statement = select(func.count()).select_from(products).where(*conditions(where))
    return int(connection.execute(statement).scalar_one())


def count_changed(connection: Connection, since: int) -> int:
    """Return how many active products changed after a revision, with those that are new."""
    statement = select(func.count()).select_from(products)
    return int(connection.execute(statement.where(products.c.retired == 0, products.c.revision > since)).scalar_one())


def count_categories(connection: Connection) -> list[tuple[str, int]]:
    """Return the categories of active products with their number of products."""
    category = products.c.category
    statement = select(category, func.count()).where(products.c.retired == 0, category != "").group_by(category)
    return [(name, number) for name, number in connection.execute(statement.order_by(category))]


def read_stored(connection: Connection, wanted: Iterable[str]) -> dict[str, Stored]:
    """Return what an import compares rows with."""
    found: dict[str, Stored] = {}
    for some in _portions(list(wanted)):
        shown = links(connection, some, merchants=True)
        statement = select(products.c.id, products.c.digest, products.c.retired).where(products.c.id.in_(some))
        for row in connection.execute(statement):
            found[row.id] = Stored(row.digest, bool(row.retired), tuple(shown.get(row.id, ())))
    return found


def _portions(ids: list[str], size: int = 400) -> Iterator[list[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def count_all(connection: Connection) -> Totals:
    """Return how many active products, listings and different photos there are."""
    rows = select(func.count(), func.count(products.c.listing.distinct())).where(products.c.retired == 0)
    number, listings = connection.execute(rows).one()
    photos = (
        select(func.count(product_photos.c.sha256.distinct()))
        .join(products, products.c.id == product_photos.c.product_id)
        .where(products.c.retired == 0)
    )
    return Totals(number, listings, int(connection.execute(photos).scalar_one()))
