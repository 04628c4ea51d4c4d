"""Millions of lasting objects, made without looking through them again and again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()
_resting: list[bool] = []


@contextmanager
def without_collector() -> Iterator[None]:
    """Let Python's collector of cycles rest inside the block, for as many threads as are in one.

    It comes each time that so many more objects are there than before, looks through all, and finds nothing where they
    are to stay: half of the time of reading 100,000 photos. What else the process leaves in cycles waits meanwhile.
    """
    with _LOCK:
        _resting.append(gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _LOCK:
            # The first that came saw how it was before; it is as it was once the last goes.
            before = _resting[0]
            _resting.pop()
            if not _resting and before:
                gc.enable()
