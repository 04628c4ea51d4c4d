"""Reads the stored events as columns."""

from __future__ import annotations

import itertools
import threading
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Select, select

from shoplens.events.schema import TYPE_NAMES, event_products, events, product_ids, state
from shoplens.events.sessions import sessions
from shoplens.records import EventLog

_AT_ONCE = 10_000  # rows


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """The events that name products, up to one number, one row for each product, in order of commit.

    The arrays belong together; `products` and `visitors` hold the numbers of their tables.
    """

    events: npt.NDArray[np.int64]
    types: npt.NDArray[np.int8]
    visitors: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    products: npt.NDArray[np.int32]
    quantities: npt.NDArray[np.int32]

    @classmethod
    def read(cls, connection: Connection, after: int) -> Self:
        """Read the events with a number above `after`; two scans in order of the disk, joined here."""
        columns = (events.c.number, events.c.type, events.c.visitor, events.c.time_us)
        number, kind, visitor, time = _scan(
            connection, select(*columns).where(events.c.number > after).order_by(events.c.number)
        )
        of = (event_products.c.event, event_products.c.product, event_products.c.quantity)
        event, product, quantity = _scan(
            connection,
            select(*of)
            .where(event_products.c.event > after)
            .order_by(event_products.c.event, event_products.c.position),
        )
        row = np.searchsorted(number, event)
        return cls(
            events=event,
            types=kind[row].astype(np.int8),
            visitors=visitor[row],
            times=time[row],
            products=product.astype(np.int32),
            quantities=quantity.astype(np.int32),
        )

    def joined(self, other: Self) -> Self:
        """Return both, this one first."""
        if not len(other.events):
            return self
        pairs = [(getattr(self, field.name), getattr(other, field.name)) for field in fields(self)]
        return type(self)(*(np.concatenate(pair) for pair in pairs))


class EventLogReader:
    """Reads the log again and again: what it read before it keeps, 37 bytes for each product of an event.

    Only what came since is read anew, unless something was deleted. Safe for many threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state = (-1, 0)
        self._columns: _Columns | None = None
        self._names: dict[int, str] = {}

    def read(self, connection: Connection, since_us: int) -> EventLog:
        """Return the events that name products from `since_us` (microseconds since 1970, UTC) on."""
        with self._lock:
            columns = self._up_to_date(connection)
            names = self._names
        chosen = np.flatnonzero(columns.times >= since_us)
        order = chosen[np.lexsort((columns.times[chosen], columns.visitors[chosen]))]
        visitors, times = columns.visitors[order], columns.times[order]
        used, products = np.unique(columns.products[order], return_inverse=True)
        return EventLog(
            product_ids=tuple(names[number] for number in used.tolist()),
            products=products.astype(np.int32),
            types=_type_names()[columns.types[order]],
            events=columns.events[order],
            visitors=visitors,
            sessions=sessions(visitors, times),
            times=times,
            quantities=columns.quantities[order].astype(np.int64),
        )

    def _up_to_date(self, connection: Connection) -> _Columns:
        deletions, last = connection.execute(select(state.c.deletions, state.c.sequence)).one()
        known = self._columns if self._state[0] == deletions else None
        if known is None:
            self._names = {}
            known = _Columns.read(connection, 0)
        elif self._state[1] < last:
            known = known.joined(_Columns.read(connection, self._state[1]))
        newest = product_ids.c.number > max(self._names, default=0)
        rows = connection.execute(select(product_ids.c.number, product_ids.c.id).where(newest)).all()
        self._names = self._names | {number: name for number, name in rows} if rows else self._names
        self._columns, self._state = known, (deletions, last)
        return known


def _scan(connection: Connection, query: Select[Any]) -> list[npt.NDArray[np.int64]]:
    """Return the whole numbers of a query, a column each."""
    width = len(query.selected_columns)
    statement = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    # straight from the driver: rows of SQLAlchemy take three times as long
    with closing(connection.connection.cursor()) as cursor:
        cursor.execute(statement)
        rows = itertools.chain.from_iterable(iter(lambda: cursor.fetchmany(_AT_ONCE), []))
        table = np.fromiter(itertools.chain.from_iterable(rows), dtype=np.int64).reshape(-1, width)
    return [np.ascontiguousarray(table[:, at]) for at in range(width)]


def _type_names() -> npt.NDArray[np.str_]:
    """Return the names of the kinds of event, each at its code."""
    return np.array([TYPE_NAMES.get(code, "") for code in range(max(TYPE_NAMES) + 1)], dtype=np.str_)
