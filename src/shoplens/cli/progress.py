"""The progress bar of long commands: on stderr, with the time left; where stderr is no terminal, one line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tick = Callable[[int, int | None], None]


@contextmanager
def progress_bar(title: str) -> Iterator[Tick]:
    """Yield a function to call with `(done, total)`; a total of None is not known."""
    if not sys.stderr.isatty():
        print(f"{title} ...", file=sys.stderr)
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
