"""The shop's memory of what its visitors did."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import func, select

from shoplens.errors import BadInput
from shoplens.events.event_database import ALWAYS_US, EventDatabase, microseconds
from shoplens.events.event_log import EventLogReader
from shoplens.events.event_rows import read_events_of, write_events
from shoplens.events.event_rules import check
from shoplens.events.intake import Intake, Rejection, total
from shoplens.events.reading import EventRow
from shoplens.events.schema import TYPE_NAMES, events, state, visitors
from shoplens.events.sessions import sessions
from shoplens.records import Event, EventLog

_REVISION = select(state.c.revision)  # every answer asks this


class EventStore:
    """Events in the catalogue's own database: what `add` has returned as accepted survives a kill and a power loss.

    Args:
        database: the tables of events.
        keep: for how long events are kept: older ones are refused when they come and left out when they are read;
            `prune` of `shoplens.events.retention` deletes them. None keeps them for ever.

    Attributes:
        database: the tables of events.
    """

    def __init__(self, database: EventDatabase, keep: dt.timedelta | None = None) -> None:
        self.database = database
        self._keep = keep
        self._reader = EventLogReader()

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
        oldest = None if self._keep is None else now - self._keep
        good: dict[str, tuple[str, Event]] = {}
        rejected: list[Rejection] = []
        for number, event in enumerate(batch, start=1):
            try:
                check(event, now, oldest)
            except BadInput as error:
                rejected.append(Rejection(number, error.code, str(error)))
            else:
                visitor = self.database.visitor_key(event.visitor)
                good.setdefault(event.id or _derived_id(event, visitor), (visitor, event))
        accepted = 0
        if good:
            with self.database.writing() as connection:
                accepted = write_events(connection, good)
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
        key = self.database.visitor_key(visitor)
        with self.database.reading() as connection:
            return read_events_of(connection, key, visitor, limit, self._oldest_us())

    def sessions(self, visitor: str) -> list[list[Event]]:
        """Return the visitor's visits, each ended by 30 minutes of silence, the oldest first."""
        known = self.history(visitor)
        times = np.array([microseconds(event.time) for event in known], dtype=np.int64)
        numbers = sessions(np.zeros(len(known), dtype=np.int64), times)
        pairs = zip(numbers.tolist(), known, strict=True)
        return [[event for _, event in group] for _, group in itertools.groupby(pairs, key=lambda pair: pair[0])]

    def counts(self) -> dict[str, int]:
        """Return how many events there are of each kind."""
        query = select(events.c.type, func.count()).group_by(events.c.type).order_by(events.c.type)
        with self.database.reading() as connection:
            return {TYPE_NAMES[kind]: count for kind, count in connection.execute(query)}

    def visitors(self) -> int:
        """Return how many different visitors there are."""
        with self.database.reading() as connection:
            return connection.execute(select(func.count()).select_from(visitors)).scalar_one()

    def revision(self) -> int:
        """Return a number that grows with every batch that added something and every deletion."""
        with self.database.reading() as connection:
            return int(connection.execute(_REVISION).scalar_one())

    def log(self, since: dt.datetime | None = None) -> EventLog:
        """Return all events that name products, or those from `since` on, in columns for learning.

        The columns stay in memory, so that the next call reads only what came since.
        """
        since_us = max(self._oldest_us(), ALWAYS_US if since is None else microseconds(since))
        with self.database.reading() as connection:
            return self._reader.read(connection, since_us)

    def _oldest_us(self) -> int:
        return ALWAYS_US if self._keep is None else microseconds(dt.datetime.now(dt.UTC) - self._keep)


def _derived_id(event: Event, visitor: str) -> str:
    """Return an id made of the content; it begins with the time, so that new ids lie together in the index."""
    time_us = microseconds(event.time)
    products = [[product.id, product.quantity] for product in event.products]
    content = json.dumps([event.type, visitor, time_us, event.session, event.token, products])
    return f"content-{time_us % 2**64:016x}-{hashlib.sha256(content.encode()).hexdigest()[:32]}"
