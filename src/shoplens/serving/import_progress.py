"""How far an import is, told to its job."""

from __future__ import annotations

from collections.abc import Callable

from shoplens.feeds.summary import Progress
from shoplens.serving.jobs import Job


def telling(job: Job) -> Callable[[Progress], None]:
    """Return what an import calls after each commit."""

    def tell(progress: Progress) -> None:
        job.tell(
            done=progress.rows,
            total=progress.total_rows,
            photos=progress.photos,
            photos_per_second=progress.photos_per_second,
            seconds_left=progress.seconds_left,
        )

    return tell
