"""Work of the processor, some at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class Turns:
    """Lets as many requests compute at once as pays; the others wait in the order of their coming, without a thread.

    More threads than processors make each search slower and none sooner: they take the interpreter's lock and the
    processor's caches from each other. One more than there are processors covers the moments that one waits for a disk.

    Args:
        at_once: how many; None for one more than the processors that this process may use.
    """

    def __init__(self, at_once: int | None = None) -> None:
        self._limiter = CapacityLimiter(at_once or _processors() + 1)

    async def take(self, work: Callable[[], T]) -> T:
        """Do the work in a thread, once it is its turn, and return what it returns."""
        return await to_thread.run_sync(work, limiter=self._limiter)


def _processors() -> int:
    # Not every system can tell which processors a process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
