"""One part of the catalogue's database, and how it gets at it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Connection

Opened = Callable[[], AbstractContextManager[Connection]]


class Part:
    """What reads and writes some of the catalogue's tables. Every method raises `StoreError` as the catalogue's do.

    Args:
        read: opens a connection to read with.
        write: opens a transaction.
    """

    def __init__(self, read: Opened, write: Opened) -> None:
        self._read = read
        self._write = write
