"""Values made from the catalogue that are made anew once the catalogue has changed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from shoplens.errors import ShopLensError

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
_AFTER_FAILURE_S = 10.0

# Rebuilding takes at most this share of the time while an import changes the catalogue again and again.
_SHARE = 0.2


class Fresh(Generic[T]):
    """One value for one revision; readers go on with the old value while a new one is made.

    Args:
        revision: tells the catalogue's revision; called on every `get`.
        make: makes the value; called by one thread at a time.
        patience: seconds of one core; a value whose making took more is made anew in a thread of its own, while every
            reader goes on with the old one. None for never.
    """

    def __init__(
        self, revision: Callable[[], Hashable], make: Callable[[], T], *, patience: float | None = None
    ) -> None:
        self._revision = revision
        self._make = make
        self._patience = patience
        self._spent = 0.0
        self._lock = threading.Lock()
        self._made: tuple[Hashable, T] | None = None
        self._again_at = 0.0
        self._expiries = 0

    def get(self) -> T:
        """Return the value, at most `5 x` the time of its making behind the catalogue."""
        made = self._made
        if made is not None and (made[0] == self._revision() or time.monotonic() < self._again_at):
            return made[1]
        if not self._lock.acquire(blocking=made is None):
            assert made is not None  # only the first call waits
            return made[1]
        if made is not None and self._patience is not None and self._spent > self._patience:
            threading.Thread(target=self._refresh_and_release, name="shoplens-refresh", daemon=True).start()
            return made[1]
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def expire(self) -> None:
        """Make the next `get` look at the revision whatever the time."""
        self._expiries += 1
        self._again_at = 0.0

    def _refresh_and_release(self) -> None:
        try:
            self._refresh()
        except ShopLensError as error:
            _LOG.warning("A refresh in the background failed, so what was made before goes on: %s", error)
            self._again_at = time.monotonic() + _AFTER_FAILURE_S
        finally:
            self._lock.release()

    def _refresh(self) -> T:
        revision = self._revision()
        if self._made is not None and self._made[0] == revision:
            return self._made[1]
        started, worked, expiries = time.monotonic(), time.thread_time(), self._expiries
        value = self._make()
        spent = time.monotonic() - started
        self._spent = time.thread_time() - worked
        self._made = (revision, value)
        if expiries == self._expiries:  # else what was made may be of before
            self._again_at = time.monotonic() + spent * (1 - _SHARE) / _SHARE
        return value
