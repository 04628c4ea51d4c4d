"""The shop's memory of what its visitors did."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from shoplens.errors import BadInput
from shoplens.events.event_database import EPOCH, MICROSECOND, EventDatabase, microseconds
from shoplens.events.event_log import read_log
from shoplens.events.event_rules import check
from shoplens.events.google import to_google
from shoplens.events.intake import Intake, Rejection, total
from shoplens.events.reading import EventRow
from shoplens.events.schema import event_products, events, state
from shoplens.events.sessions import sessions
from shoplens.records import Event, EventLog, EventProduct

_CHUNK = 500  # identifiers asked for at once; SQLite's oldest limit on parameters is 999


class EventStore:
    """Events in the catalogue's own database: what `add` has returned as accepted survives a kill and a power loss.

    Args:
        database: the tables of events.
    """

    def __init__(self, database: EventDatabase) -> None:
        self._database = database

    def add(self, batch: Sequence[Event], *, now: dt.datetime | None = None) -> Intake:
        """Store a batch in one transaction; a bad event is refused alone, a known one is left as it is.

        Events may be late and in any order, and may name products that the catalogue does not know yet. An event
        without an id gets one from its content, so that the same event sent twice counts once.

        Args:
            batch: the events; their numbers in the answer count from 1.
            now: the time against which an event is in the future; the clock's by default.

        Raises:
            StoreError: nothing of the batch was stored.
        """
        now = now or dt.datetime.now(dt.UTC)
        good: dict[str, Event] = {}
        rejected: list[Rejection] = []
        for number, event in enumerate(batch, start=1):
            try:
                check(event, now)
            except BadInput as error:
                rejected.append(Rejection(number, error.code, str(error)))
            else:
                good.setdefault(event.id or self._derived_id(event), event)
        accepted = self._insert(good) if good else 0
        return Intake(accepted, len(batch) - len(rejected) - accepted, tuple(rejected))

    def add_rows(self, rows: Iterable[EventRow], *, size: int = 1_000) -> Intake:
        """Store what `read_events` yields, `size` events in each transaction, in constant memory.

        Numbers in the answer are those of the rows. When it breaks off, what went before is stored, and the whole can
        be sent again without harm.

        Raises:
            StoreError: the batch at hand was not stored.
        """
        parts: list[Intake] = []
        stream = iter(rows)
        while portion := list(itertools.islice(stream, size)):
            good = [(row.number, row.event) for row in portion if row.event is not None]
            bad = tuple(Rejection(row.number, row.code, row.message) for row in portion if row.event is None)
            stored = self.add([event for _, event in good])
            renumbered = tuple(replace(each, number=good[each.number - 1][0]) for each in stored.rejected)
            parts.append(Intake(stored.accepted, stored.repeated, (*bad, *renumbered)))
        return total(parts)

    def history(self, visitor: str, limit: int = 1_000) -> list[Event]:
        """Return the visitor's newest `limit` events, the oldest of them first."""
        newest = (
            select(events)
            .where(events.c.visitor == self._database.visitor_key(visitor))
            .order_by(events.c.time_us.desc(), events.c.number.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            rows = connection.execute(newest).mappings().all()
            products = _products(connection, [row["number"] for row in rows])
        return [_event(row, visitor, products.get(row["number"], ())) for row in reversed(rows)]

    def sessions(self, visitor: str) -> list[list[Event]]:
        """Return the visitor's visits, each ended by 30 minutes of silence, the oldest first."""
        known = self.history(visitor)
        times = np.array([microseconds(event.time) for event in known], dtype=np.int64)
        numbers = sessions(np.zeros(len(known), dtype=np.int64), times)
        pairs = zip(numbers.tolist(), known, strict=True)
        return [[event for _, event in group] for _, group in itertools.groupby(pairs, key=lambda pair: pair[0])]

    def export(self, visitor: str) -> dict[str, Any]:
        """Return all that is kept of a visitor as JSON objects in Google's retail schema, which can be read back."""
        return {"visitorId": visitor, "userEvents": [to_google(event) for event in self.history(visitor, 10**9)]}

    def erase(self, visitor: str) -> int:
        """Delete all that is kept of a visitor, overwriting it on disk, and return how many events that were."""
        whose = events.c.visitor == self._database.visitor_key(visitor)
        with self._database.writing() as connection:
            number_of = select(events.c.number).where(whose)
            connection.execute(delete(event_products).where(event_products.c.event.in_(number_of)))
            erased = int(connection.execute(delete(events).where(whose)).rowcount)
            if erased:
                connection.execute(update(state).values(revision=state.c.revision + 1))
        self._database.fold()
        return erased

    def counts(self) -> dict[str, int]:
        """Return how many events there are of each kind."""
        query = select(events.c.type, func.count()).group_by(events.c.type).order_by(events.c.type)
        with self._database.reading() as connection:
            return {kind: count for kind, count in connection.execute(query)}

    def visitors(self) -> int:
        """Return how many different visitors there are."""
        with self._database.reading() as connection:
            return connection.execute(select(func.count(events.c.visitor.distinct()))).scalar_one()

    def revision(self) -> int:
        """Return a number that grows with every batch that added something and every erasure."""
        with self._database.reading() as connection:
            return int(connection.execute(select(state.c.revision)).scalar_one())

    def log(self, since: dt.datetime | None = None) -> EventLog:
        """Return all events that name products, or those from `since` on, in columns for learning."""
        with self._database.reading() as connection:
            return read_log(connection, None if since is None else microseconds(since))

    def _derived_id(self, event: Event) -> str:
        content = [
            event.type,
            self._database.visitor_key(event.visitor),
            microseconds(event.time),
            event.session,
            event.token,
            [[product.id, product.quantity] for product in event.products],
        ]
        return "content-" + hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]

    def _insert(self, good: dict[str, Event]) -> int:
        with self._database.writing() as connection:
            known: set[str] = set()
            for chunk in _chunks(list(good)):
                known.update(connection.execute(select(events.c.id).where(events.c.id.in_(chunk))).scalars())
            new = {key: event for key, event in good.items() if key not in known}
            if not new:
                return 0
            first = connection.execute(select(state.c.sequence)).scalar_one() + 1
            connection.execute(
                update(state).values(sequence=state.c.sequence + len(new), revision=state.c.revision + 1)
            )
            connection.execute(insert(events), [self._row(n, k, e) for n, (k, e) in enumerate(new.items(), first)])
            products = [row for n, event in enumerate(new.values(), first) for row in _product_rows(n, event)]
            if products:
                connection.execute(insert(event_products), products)
        return len(new)

    def _row(self, number: int, key: str, event: Event) -> dict[str, Any]:
        return {
            "number": number,
            "id": key,
            "type": str(event.type),
            "visitor": self._database.visitor_key(event.visitor),
            "time_us": microseconds(event.time),
            "session": event.session,
            "token": event.token,
        }


def _chunks(keys: list[Any]) -> Iterator[list[Any]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


def _product_rows(number: int, event: Event) -> Iterator[dict[str, Any]]:
    for position, product in enumerate(event.products):
        yield {"event": number, "position": position, "product_id": product.id, "quantity": product.quantity}


def _products(connection: Connection, numbers: list[int]) -> dict[int, tuple[EventProduct, ...]]:
    found: dict[int, tuple[EventProduct, ...]] = {}
    for chunk in _chunks(numbers):
        query = select(event_products).where(event_products.c.event.in_(chunk))
        for row in connection.execute(query.order_by(event_products.c.event, event_products.c.position)):
            found[row.event] = (*found.get(row.event, ()), EventProduct(row.product_id, row.quantity))
    return found


def _event(row: RowMapping, visitor: str, products: tuple[EventProduct, ...]) -> Event:
    time = EPOCH + row["time_us"] * MICROSECOND
    return Event(row["id"], row["type"], visitor, time, products, row["session"], row["token"])
