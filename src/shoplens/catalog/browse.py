"""The catalogue as a merchant looks through it: pages that begin behind a place, and what there is to mend."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.findings import GRAVITY, channel_part
from shoplens.catalog.held_categories import MERCHANT
from shoplens.catalog.ledger import open_findings
from shoplens.catalog.part import Opened
from shoplens.catalog.rows import from_row
from shoplens.catalog.tables import findings, labels, product_photos, products
from shoplens.catalog.text_index import text_condition
from shoplens.catalog.where import conditions
from shoplens.errors import BadInput, UnknownName
from shoplens.records import Label, Product, Severity

# Every order ends with the id, so that no two products have the same place.
_ORDERS = {
    "id": (products.c.id,),
    "title": (products.c.title, products.c.id),
    "category": (products.c.category_key, products.c.id),
    "brand": (products.c.brand_key, products.c.id),
}
ORDERS = tuple(_ORDERS)
GAPS = ("no_photo", "no_category", "no_price", "corrected", "error", "warning")
"""What a merchant can look for beside the filters of shoppers."""


@dataclass(frozen=True, slots=True)
class View:
    """Which products, in which order.

    Attributes:
        where: filters.
        text: words that they are found by; "" for all.
        gap: one of `GAPS`, or "".
        channels: rule packs by which a finding is an error or a warning; () for all of them.
        order: one of `ORDERS`.
    """

    where: Filter = EVERYTHING
    text: str = ""
    gap: str = ""
    channels: tuple[str, ...] = ()
    order: str = "id"


@dataclass(frozen=True, slots=True)
class FindingCount:
    """How many findings of one code and severity there are, and of how many products."""

    code: str
    severity: str
    findings: int
    products: int


class Browse:
    """Reads for the merchant's table; `Catalog.browse` is one. Every method raises `StoreError` as the catalogue's do.

    Args:
        read: opens a connection to read with.
    """

    def __init__(self, read: Opened) -> None:
        self._read = read

    def page(self, view: View, after: str = "", limit: int = 100) -> tuple[list[Product], str]:
        """Return the products behind a place, and the place behind the last of them; "" where there are no more.

        Args:
            view: which products.
            after: a place that `page` or `places` returned; "" for the beginning.
            limit: how many at most.

        Raises:
            UnknownName: there is no such order or gap.
            BadInput: `after` is no place of this order.
        """
        columns = _columns(view.order)
        with self._read() as connection:
            statement = select(products).where(*_conditions(connection, view))
            if after:
                statement = statement.where(tuple_(*columns) > tuple_(*_values(after, len(columns))))
            rows = connection.execute(statement.order_by(*columns).limit(limit + 1)).mappings().all()
        shown = rows[:limit]
        place = json.dumps([shown[-1][column.name] for column in columns]) if len(rows) > limit else ""
        return [from_row(row) for row in shown], place

    def places(self, view: View, every: int) -> tuple[int, list[str]]:
        """Return how many products there are, and the place before each `every`-th one, from the first on.

        With them a table can begin anywhere without passing over what comes before.

        Raises:
            UnknownName: there is no such order or gap.
        """
        columns = _columns(view.order)
        with self._read() as connection:
            chosen = _conditions(connection, view)
            # Counted off in the database: a hundred thousand rows in Python hold up everything else that goes on.
            number = func.row_number().over(order_by=columns).label("place_number")
            rows = select(*columns, number).where(*chosen).cte()
            place = rows.c.place_number
            last = select(func.max(place)).scalar_subquery()
            key = [rows.c[column.name] for column in columns]
            ends = select(place, *key).where(or_(place % every == 0, place == last))
            found = connection.execute(ends.order_by(place)).all()
        if not found:
            return 0, []
        total = int(found[-1][0])
        return total, ["", *(json.dumps(values) for at, *values in found if at < total)]

    def ids(self, view: View, limit: int) -> list[str]:
        """Return the ids of the first products of a view."""
        with self._read() as connection:
            chosen: Select[tuple[str]] = select(products.c.id).where(*_conditions(connection, view))
            return list(connection.scalars(chosen.order_by(*_columns(view.order)).limit(limit)))

    def labels_of(self, ids: Sequence[str]) -> dict[str, list[Label]]:
        """Return the labels of some products, each by kind and falling confidence."""
        column = labels.c
        statement = select(labels).where(column.product_id.in_(ids))
        found: dict[str, list[Label]] = defaultdict(list)
        with self._read() as connection:
            ordered = statement.order_by(column.product_id, column.kind, column.confidence.desc(), column.value)
            for row in connection.execute(ordered):
                found[row.product_id].append(Label(row.product_id, row.kind, row.value, row.confidence, row.source))
        return dict(found)

    def finding_counts(self, channels: Sequence[str] = ()) -> list[FindingCount]:
        """Return the open findings by code and severity, the commonest first.

        Args:
            channels: rule packs that ask for them; () for all. The severity is the gravest that one of them gives.
        """
        column, number = findings.c, func.count()
        found = []
        with self._read() as connection:
            for severity in GRAVITY:
                statement = select(column.code, number, func.count(column.product_id.distinct()))
                chosen = statement.where(*open_findings(None, None), _is(severity, channels)).group_by(column.code)
                found += [FindingCount(code, severity, n, shown) for code, n, shown in connection.execute(chosen)]
        return sorted(found, key=lambda one: (-one.findings, one.code))

    def gaps(self, channels: Sequence[str] = ()) -> dict[str, int]:
        """Return how many active products have each of `GAPS`, by these rule packs or by all."""
        with self._read() as connection:
            return {name: _count(connection, _gap(name, channels)) for name in GAPS}

    def sound(self, channels: Sequence[str] = ()) -> int:
        """Return how many active products have a photo and no open finding that is an error for these rule packs."""
        with self._read() as connection:
            return _count(connection, and_(~_gap("no_photo"), ~_gap("error", channels)))


def _count(connection: Connection, condition: ColumnElement[bool]) -> int:
    statement = select(func.count()).select_from(products).where(products.c.retired == 0, condition)
    return int(connection.execute(statement).scalar_one())


def _columns(order: str) -> tuple[ColumnElement[str], ...]:
    if order not in _ORDERS:
        raise UnknownName("order of products", order, _ORDERS)
    return _ORDERS[order]


def _values(place: str, length: int) -> list[str]:
    try:
        values = json.loads(place)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != length or not all(isinstance(v, str) for v in values):
        raise BadInput("That is no place in this order.", received=place, remedy="Send a place as it was answered.")
    try:
        "".join(values).encode()
    except UnicodeEncodeError as error:
        raise BadInput("That is no place in this order.", received=ascii(place)) from error
    return values


def _conditions(connection: Connection, view: View) -> list[ColumnElement[bool]]:
    kept = conditions(view.where)
    if view.gap:
        kept.append(_gap(view.gap, view.channels))
    if view.text.strip():
        kept.append(text_condition(connection, view.text, kept))
    return kept


def _is(severity: Severity, channels: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that this is the gravest severity that one of the rule packs gives a finding."""
    if not channels:
        return findings.c.severity == severity

    def given(one: Severity) -> ColumnElement[bool]:
        parts = (channel_part(channel, one) for channel in channels)
        return or_(*(findings.c.channels.contains(part, autoescape=True) for part in parts))

    graver = [one for one, rank in GRAVITY.items() if rank < GRAVITY[severity]]
    return and_(given(severity), *(~given(one) for one in graver))


def _gap(name: str, channels: Sequence[str] = ()) -> ColumnElement[bool]:
    row = products.c
    if name == "no_photo":
        return ~exists().where(product_photos.c.product_id == row.id).correlate(products)
    if name == "no_category":
        return row.category == ""
    if name == "no_price":
        return row.pays_micros.is_(None)
    if name == "corrected":
        mine = and_(labels.c.product_id == row.id, labels.c.source == MERCHANT)
        return exists().where(mine).correlate(products)
    severities: dict[str, Severity] = {"error": "error", "warning": "warning"}
    if name in severities:
        grave = and_(findings.c.product_id == row.id, _is(severities[name], channels), *open_findings(None, None))
        return exists().where(grave).correlate(products)
    raise UnknownName("gap", name, GAPS)
