"""The connections of the events room, and the hash under which visitors are kept."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from shoplens.catalog.database import store_errors
from shoplens.catalog.schema import migrate
from shoplens.catalog.store import Catalog
from shoplens.events.schema import MIGRATIONS, state

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
ALWAYS_US = -(2**62)
"""Before any time that Python can write, in microseconds."""


class EventDatabase:
    """The tables of events in the catalogue's own database, made or brought up to date when it is opened.

    Visitors are kept as HMAC-SHA256 of their identifier under a salt that each shop draws for itself, so that the
    tables of two shops cannot be joined, and the identifier itself is nowhere on disk.

    Args:
        catalog: an open catalogue.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._engine = catalog.engine
        self._folder = catalog.folder
        # SQLite lets a second writer ask again and again; threads of this process had better wait for each other
        self._one_writer = threading.Lock()
        with store_errors(self._folder):
            migrate(self._engine, "events", MIGRATIONS)
        with self.reading() as connection:
            self._salt = bytes.fromhex(connection.execute(select(state.c.salt)).scalar_one())

    def visitor_key(self, visitor: str) -> str:
        """Return the hash under which the visitor is kept, 32 hexadecimal digits."""
        return hmac.digest(self._salt, visitor.encode(), hashlib.sha256).hex()[:32]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection within one transaction.

        Raises:
            StoreError: the file cannot be read.
        """
        with store_errors(self._folder), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection that holds the write lock from the start, so that what it reads first stays true.

        Raises:
            StoreError: nothing of the block was stored.
        """
        with store_errors(self._folder), self._one_writer, self._engine.connect() as plain:
            if plain.dialect.name == "sqlite":
                # deleted rows are overwritten with zeros; it must be said outside a transaction
                plain.connection.driver_connection.execute("PRAGMA secure_delete=ON")  # type: ignore[union-attr]
            connection = plain.execution_options(begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def fold(self) -> None:
        """Fold a write-ahead log into the file: it keeps the old pages of what was deleted until then."""
        if self._engine.dialect.name == "sqlite":
            with store_errors(self._folder), self._engine.connect() as plain:
                plain.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]


def microseconds(time: dt.datetime) -> int:
    """Return microseconds since 1970 in UTC."""
    return (time - EPOCH) // MICROSECOND
