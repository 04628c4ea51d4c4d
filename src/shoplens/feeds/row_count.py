"""How many rows a source has, counted beside an import that has begun already."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from shoplens.errors import FeedError
from shoplens.feeds.feed import FeedRow


class RowCount:
    """Reads the source a second time in a thread; a context manager that ends it.

    Args:
        again: gives the rows from the beginning; None never counts.
    """

    def __init__(self, again: Callable[[], Iterable[FeedRow]] | None) -> None:
        self._again = again
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.total: int | None = None

    def __enter__(self) -> RowCount:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def start(self) -> None:
        """Begin to count, unless that has begun; `total` stays None until the end of the source."""
        if self._again is not None and self._thread is None:
            self._thread = threading.Thread(target=self._count, args=(self._again,), name="row-count", daemon=True)
            self._thread.start()

    def _count(self, again: Callable[[], Iterable[FeedRow]]) -> None:
        rows = 0
        try:
            for _ in again():
                if self._stopped.is_set():
                    return
                rows += 1
        except FeedError:
            return  # the import itself says so
        self.total = rows
