"""What was read of one revision of the catalogue, kept until there is another."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")

# 20,000 products take some 60 MB. A larger shop keeps those that answers show again and again.
_AT_MOST = 20_000


class Remembered(Generic[T]):
    """Values by key. Any number of threads may ask; what was used the longest time ago goes first.

    Args:
        read: reads the values of keys, without those that do not exist.
        at_most: how many are kept.
    """

    def __init__(self, read: Callable[[list[str]], Mapping[str, T]], at_most: int = _AT_MOST) -> None:
        self._read = read
        self._at_most = at_most
        self._revision = -1
        self._known: OrderedDict[str, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, revision: int, keys: Iterable[str]) -> dict[str, T]:
        """Return the values that exist, in the order of the keys, as they are in this revision or a later one.

        Args:
            revision: that the catalogue has; it was read before this call.
            keys: whose values are wanted.
        """
        wanted = list(dict.fromkeys(keys))
        found: dict[str, T] = {}
        with self._lock:
            if revision > self._revision:
                self._known.clear()
                self._revision = revision
            # Who read the revision before another thread saw a newer one may still take what that one keeps.
            for key in wanted:
                if key in self._known:
                    found[key] = self._known[key]
                    self._known.move_to_end(key)
        missing = [key for key in wanted if key not in found]
        if missing:
            read = self._read(missing)
            found.update(read)
            self._keep(revision, read)
        return {key: found[key] for key in wanted if key in found}

    def _keep(self, revision: int, read: Mapping[str, T]) -> None:
        with self._lock:
            if revision != self._revision:
                return  # these may be older than what is kept by now
            self._known.update(read)
            while len(self._known) > self._at_most:
                self._known.popitem(last=False)
