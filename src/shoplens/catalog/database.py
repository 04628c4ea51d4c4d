"""The SQLite file behind a shop: how it is opened, made durable, and how its failures are worded."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shoplens.errors import StoreError

BUSY_TIMEOUT_MS = 15_000


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Say whether this SQLite is free of the WAL-reset bug (https://sqlite.org/wal.html, fixed in 3.51.3).

    The fix was also published for the lines 3.50 (from 3.50.7) and 3.44 (from 3.44.6).
    """
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)


def open_engine(path: Path) -> Engine:
    """Return an engine on the SQLite file at `path`; a commit that returns has reached the disk."""
    engine = create_engine(f"sqlite+pysqlite:///{path}", pool_size=8, max_overflow=56)
    journal = "WAL" if wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"

    def on_connect(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's private type
        # The driver's own transaction handling begins too late for reads and cannot begin IMMEDIATE.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        # A batch that spilled would lock readers out from then on and not only while it commits.
        connection.execute("PRAGMA cache_spill=OFF")
        connection.execute("PRAGMA cache_size=-16384")

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


@contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn the database's failures inside the block into `StoreError` with a remedy."""
    try:
        yield
    except PoolTimeout as error:
        raise StoreError(
            "Too many requests hold the catalogue at once.", received=path, remedy="Try again.", code="store_busy"
        ) from error
    except DBAPIError as error:
        raise _worded(str(error.orig), path) from error
    except sqlite3.Error as error:  # of the driver, asked without SQLAlchemy
        raise _worded(str(error), path) from error


def _worded(message: str, path: Path) -> StoreError:
    known = {
        "disk is full": ("store_full", "The disk is full.", "Free some space and repeat; nothing was half written."),
        "locked": ("store_busy", "Another process is writing to the catalogue.", "Let it finish, then repeat."),
        "readonly": ("store_readonly", "The catalogue may not be written.", "Check the permissions of the folder."),
        "unable to open": ("store_failed", "The catalogue cannot be opened.", "Check the folder and its permissions."),
        "malformed": ("store_damaged", "The catalogue's file is damaged.", "Restore it from a backup."),
        "not a database": ("store_damaged", "The catalogue's file is no database.", "Restore it from a backup."),
        "fts5": ("store_failed", "SQLite has no full text here.", "Import shoplens before TensorFlow or Keras."),
        "disk I/O": ("store_failed", "The disk reports an error.", "Check the disk; the last batch was not written."),
    }
    for part, (code, what, remedy) in known.items():
        if part in message:
            return StoreError(f"{what} ({message})", received=path, remedy=remedy, code=code)
    return StoreError(f"The catalogue refused: {message}.", received=path)
