"""Values made from the catalogue that are made anew once the catalogue has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

# Rebuilding takes at most this share of the time while an import changes the catalogue again and again.
_SHARE = 0.2


class Fresh(Generic[T]):
    """One value for one revision; readers go on with the old value while a new one is made.

    Args:
        revision: tells the catalogue's revision; called on every `get`.
        make: makes the value; called by one thread at a time.
    """

    def __init__(self, revision: Callable[[], int], make: Callable[[], T]) -> None:
        self._revision = revision
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[int, T] | None = None
        self._again_at = 0.0

    def get(self) -> T:
        """Return the value, at most `5 x` the time of its making behind the catalogue."""
        made = self._made
        if made is not None and (made[0] == self._revision() or time.monotonic() < self._again_at):
            return made[1]
        if not self._lock.acquire(blocking=made is None):
            assert made is not None  # only the first call waits
            return made[1]
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def expire(self) -> None:
        """Make the next `get` look at the revision whatever the time."""
        self._again_at = 0.0

    def _refresh(self) -> T:
        revision = self._revision()
        if self._made is not None and self._made[0] == revision:
            return self._made[1]
        started = time.monotonic()
        value = self._make()
        spent = time.monotonic() - started
        self._made = (revision, value)
        self._again_at = time.monotonic() + spent * (1 - _SHARE) / _SHARE
        return value
