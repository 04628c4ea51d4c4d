"""Addresses of feeds that are imported again and again, and how the last time went."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update

from shoplens.catalog.part import Part
from shoplens.catalog.tables import feed_addresses
from shoplens.errors import BadInput, NotFound

_MOST = 200


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """One feed; every moment is ISO 8601 in UTC, and "" before there was one.

    Attributes:
        url: http or https.
        every_s: seconds from the end of one import to the next.
        origin: the feed's kind; "" detects it.
        mapping: field to column, where the feed's own mapping errs.
        sync: retire products that the feed no longer has.
        paused: it is not imported by itself.
        id: its number; 0 before it is stored.
        etag: of the version that was imported in full; "" where there is none, or where it is to be read again.
        last_modified: likewise.
        added_at: when it was added.
        tried_at: when it was last asked for.
        read_at: when it was last imported, or found to be as before.
        next_at: when it is asked for next.
        failures: how often in a row it failed.
        problem_code: why the last try failed; "" where it did not.
        problem: likewise, for people.
    """

    url: str
    every_s: int
    origin: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    sync: bool = False
    paused: bool = False
    id: int = 0
    etag: str = ""
    last_modified: str = ""
    added_at: str = ""
    tried_at: str = ""
    read_at: str = ""
    next_at: str = ""
    failures: int = 0
    problem_code: str = ""
    problem: str = ""


class FeedAddresses(Part):
    """The addresses of one shop; `Catalog.feed_addresses` is one."""

    def add(self, feed: FeedAddress) -> FeedAddress:
        """Store a new one, which is due at once, and return it with its number.

        Raises:
            BadInput: the address is there already, or there are two hundred.
        """
        now = moment(dt.datetime.now(dt.UTC))
        row = _row(feed) | {"added_at": now, "next_at": now}
        with self._write() as connection:
            known = set(connection.scalars(select(feed_addresses.c.url)))
            if feed.url in known:
                raise BadInput("This address is imported already.", received=feed.url, remedy="Change that one.")
            if len(known) >= _MOST:
                raise BadInput("There are too many feed addresses.", received=_MOST, remedy="Remove some.")
            insertion = insert(feed_addresses).values(row).returning(feed_addresses)
            return _feed(connection.execute(insertion).mappings().one())

    def all(self) -> list[FeedAddress]:
        """Return them, the oldest first."""
        with self._read() as connection:
            rows = connection.execute(select(feed_addresses).order_by(feed_addresses.c.id)).mappings().all()
        return [_feed(row) for row in rows]

    def one(self, number: int) -> FeedAddress:
        """Return the one of that number.

        Raises:
            NotFound: there is none.
        """
        with self._read() as connection:
            found = select(feed_addresses).where(feed_addresses.c.id == number)
            row = connection.execute(found).mappings().first()
        if row is None:
            raise _unknown(number)
        return _feed(row)

    def change(self, number: int, **values: Any) -> FeedAddress:  # noqa: ANN401 - fields of `FeedAddress`
        """Set fields of the one of that number, and return it.

        Raises:
            NotFound: there is none.
        """
        if "mapping" in values:
            values["mapping"] = json.dumps(dict(values["mapping"]), ensure_ascii=False)
        with self._write() as connection:
            change = update(feed_addresses).where(feed_addresses.c.id == number).values(values)
            row = connection.execute(change.returning(feed_addresses)).mappings().first()
            if row is None:
                raise _unknown(number)
            return _feed(row)

    def remove(self, number: int) -> FeedAddress:
        """Forget the one of that number, and return it.

        Raises:
            NotFound: there is none.
        """
        with self._write() as connection:
            removal = delete(feed_addresses).where(feed_addresses.c.id == number).returning(feed_addresses)
            row = connection.execute(removal).mappings().first()
            if row is None:
                raise _unknown(number)
            return _feed(row)


def moment(when: dt.datetime) -> str:
    """Return a moment as it is stored: such texts are in the order of their moments."""
    return when.astimezone(dt.UTC).isoformat(timespec="milliseconds")


def _row(feed: FeedAddress) -> dict[str, Any]:
    row = asdict(feed) | {"mapping": json.dumps(dict(feed.mapping), ensure_ascii=False)}
    del row["id"]
    return row


def _feed(row: RowMapping) -> FeedAddress:
    plain = dict(row)
    plain |= {"mapping": json.loads(row["mapping"]), "sync": bool(row["sync"]), "paused": bool(row["paused"])}
    return FeedAddress(**plain)


def _unknown(number: int) -> NotFound:
    return NotFound(
        "There is no feed address of that number.", received=number, remedy="List them with: shoplens feed list"
    )
