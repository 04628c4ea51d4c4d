"""Events as rows: written under the lock, and read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, func, insert, select, update

from shoplens.events.event_database import ALWAYS_US, EPOCH, MICROSECOND, microseconds
from shoplens.events.schema import TYPE_CODES, TYPE_NAMES, event_products, events, product_ids, state, visitors
from shoplens.records import Event, EventProduct

# A shopper waits for these: made once, they take half the time of statements that are made for each question.
_OF_VISITOR = (
    select(events)
    .join(visitors, visitors.c.number == events.c.visitor)
    .where(visitors.c.key == bindparam("key"), events.c.time_us >= bindparam("since_us"))
    .order_by(events.c.time_us.desc(), events.c.number.desc())
)
_NEWEST_OF_VISITOR = _OF_VISITOR.limit(bindparam("newest"))
_PRODUCTS_OF = (
    select(event_products.c.event, product_ids.c.id, event_products.c.quantity)
    .select_from(event_products.join(product_ids, product_ids.c.number == event_products.c.product))
    .where(event_products.c.event.in_(bindparam("numbers", expanding=True)))
    .order_by(event_products.c.event, event_products.c.position)
)

_CHUNK = 500  # identifiers asked for at once; SQLite's oldest limit on parameters is 999


def write_events(connection: Connection, batch: Mapping[str, tuple[str, Event]]) -> int:
    """Store the events that are not known yet and return how many these are.

    Args:
        connection: one that holds the write lock.
        batch: id to the visitor's key and the event.
    """
    known = numbers_of(connection, events, events.c.id, batch)
    new = {key: pair for key, pair in batch.items() if key not in known}
    if not new:
        return 0
    first = connection.execute(select(state.c.sequence)).scalar_one() + 1
    connection.execute(update(state).values(sequence=state.c.sequence + len(new), revision=state.c.revision + 1))
    who = _numbered(connection, visitors, visitors.c.key, (visitor for visitor, _ in new.values()))
    what = _numbered(
        connection, product_ids, product_ids.c.id, (p.id for _, event in new.values() for p in event.products)
    )
    rows = [
        {
            "number": number,
            "id": key,
            "type": TYPE_CODES[event.type],
            "visitor": who[visitor],
            "time_us": microseconds(event.time),
            "session": event.session,
            "token": event.token,
        }
        for number, (key, (visitor, event)) in enumerate(new.items(), first)
    ]
    connection.execute(insert(events), rows)
    products = [
        {"event": number, "position": position, "product": what[product.id], "quantity": product.quantity}
        for number, (_, event) in enumerate(new.values(), first)
        for position, product in enumerate(event.products)
    ]
    if products:
        connection.execute(insert(event_products), products)
    return len(new)


def read_events_of(
    connection: Connection, key: str, visitor: str, limit: int | None = None, since_us: int | None = None
) -> list[Event]:
    """Return the newest `limit` events of the visitor kept under `key`, or all of them, the oldest of them first.

    Args:
        connection: any.
        key: the hash under which the visitor is kept.
        visitor: how the visitor is called in the events returned.
        limit: at most so many.
        since_us: none before this, in microseconds since 1970, UTC.
    """
    asked = {"key": key, "since_us": ALWAYS_US if since_us is None else since_us}
    if limit is None:
        rows = connection.execute(_OF_VISITOR, asked).all()
    else:
        rows = connection.execute(_NEWEST_OF_VISITOR, {**asked, "newest": limit}).all()
    products = _products(connection, [row.number for row in rows])
    return [
        Event(
            row.id,
            TYPE_NAMES[row.type],
            visitor,
            EPOCH + row.time_us * MICROSECOND,
            tuple(products.get(row.number, ())),
            row.session,
            row.token,
        )
        for row in reversed(rows)
    ]


def chunks(keys: Collection[Any]) -> Iterator[list[Any]]:
    """Yield the keys, as many at a time as one statement may name."""
    listed = list(keys)
    return (listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK))


def numbers_of(
    connection: Connection, table: Table, name: ColumnElement[str], names: Collection[str]
) -> dict[str, int]:
    """Return the names that the table has, and their numbers."""
    found: dict[str, int] = {}
    for chunk in chunks(names):
        rows = connection.execute(select(name, table.c.number).where(name.in_(chunk)))
        found.update((known, number) for known, number in rows)
    return found


def _numbered(connection: Connection, table: Table, name: ColumnElement[str], names: Iterator[str]) -> dict[str, int]:
    """Return the number of each name, giving one to those that have none."""
    wanted = list(dict.fromkeys(names))
    found = numbers_of(connection, table, name, wanted)
    new = [each for each in wanted if each not in found]
    if new:
        last = connection.execute(select(func.coalesce(func.max(table.c.number), 0))).scalar_one()
        given = dict(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
        column = str(name.key)
        connection.execute(insert(table), [{"number": number, column: each} for each, number in given.items()])
        found |= given
    return found


def _products(connection: Connection, numbers: Sequence[int]) -> dict[int, list[EventProduct]]:
    found: dict[int, list[EventProduct]] = defaultdict(list)
    for chunk in chunks(numbers):
        for event, product, quantity in connection.execute(_PRODUCTS_OF, {"numbers": chunk}):
            found[event].append(EventProduct(product, quantity))
    return found
