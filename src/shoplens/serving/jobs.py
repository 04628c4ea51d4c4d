"""Long work in the background of the server, one of each kind at a time, and how far it is."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import itertools
import json
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Literal

from shoplens.errors import BadInput, NotFound, ShopLensError

_LOG = logging.getLogger(__name__)
State = Literal["running", "done", "failed"]

_KEPT = 100
"""Jobs of one kind that are remembered."""

_POINTS = 2_000
_LOOK_S = 0.2
_HEARTBEAT_S = 10.0
# A browser opens the stream again by itself.
_STREAM_S = 60.0


@dataclasses.dataclass(slots=True)
class Job:
    """One piece of work.

    Attributes:
        id: its number, from 1 on.
        kind: "import", "training", "promotion", ...
        title: what it is about, such as the file's name.
        state: how it stands.
        started_at: ISO 8601, UTC.
        finished_at: "" while it runs.
        progress: how far it is, by names of its kind.
        points: what it measured on the way, the oldest first, such as a pass of a training.
        result: what came of it; of a failure `code` and `error`.
        version: grows with every change.
    """

    id: int
    kind: str
    title: str
    state: State = "running"
    started_at: str = ""
    finished_at: str = ""
    progress: dict[str, Any] = dataclasses.field(default_factory=dict)
    points: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    result: dict[str, Any] = dataclasses.field(default_factory=dict)
    version: int = 0
    stop: Callable[[], None] | None = None

    def tell(self, **progress: Any) -> None:  # noqa: ANN401 - JSON values
        """Say how far it is."""
        self.progress = progress
        self.version += 1

    def add_point(self, point: dict[str, Any]) -> None:
        """Add what was measured."""
        if len(self.points) < _POINTS:
            self.points.append(point)
        self.version += 1

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can write it."""
        hidden = {"stop", "version"}
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self) if f.name not in hidden}
        return {**plain, "points": list(self.points), "stoppable": self.stop is not None}


class Jobs:
    """The work of one server since its start; what it did to the shop is in the shop.

    Args:
        folder: of the shop. What a job says of its files leaves it out: where it lies on the server's disk is nobody's
            business beyond it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._closed = False
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(
        self, kind: str, title: str, work: Callable[[Job], dict[str, Any]], *, beside_others: bool = False
    ) -> Job:
        """Do the work on a thread of its own; what it returns is the result.

        Args:
            kind: of the work.
            title: what it is about.
            work: what is done; it is given its job.
            beside_others: one of this kind may run, where its title is another one.

        Raises:
            BadInput: one of this kind is running.
        """
        with self._lock:
            alike = [job for job in self._jobs.values() if job.kind == kind]
            if any(job.state == "running" and (job.title == title or not beside_others) for job in alike):
                raise BadInput(
                    "Work of this kind is running.",
                    received=kind,
                    code="job_running",
                    remedy="Wait until it has ended.",
                )
            # Feeds are imported again and again for as long as the server runs.
            for old in [job for job in alike if job.state != "running"][: -_KEPT + 1]:
                del self._jobs[old.id]
            job = Job(next(self._numbers), kind, title, started_at=_now())
            self._jobs[job.id] = job
        threading.Thread(target=self._run, args=(job, work), name=f"{kind}-{job.id}", daemon=True).start()
        return job

    def all(self) -> list[Job]:
        """Return the newest jobs of each kind, the newest first."""
        return list(self._jobs.values())[::-1]

    def one(self, number: int) -> Job:
        """Return a job.

        Raises:
            NotFound: there is none of that number, or it is long past.
        """
        if (job := self._jobs.get(number)) is None:
            raise NotFound("There is no such job.", received=number)
        return job

    def stop(self, number: int) -> Job:
        """Ask a job to come to its end.

        Raises:
            NotFound: there is none of that number.
            BadInput: it cannot be stopped, or has ended.
        """
        job = self.one(number)
        if job.state != "running" or job.stop is None:
            raise BadInput("This job cannot be stopped.", received=job.state)
        job.stop()
        return job

    def close(self) -> None:
        """End the streams, so that a server that is told to stop need not wait for them."""
        self._closed = True

    async def stream(self, number: int) -> AsyncIterator[str]:
        """Yield the job as server-sent events: now, at every change, and at its end, which the event "end" tells.

        Raises:
            NotFound: there is none of that number.
        """
        job, seen, ends, beat = self.one(number), -1, time.monotonic() + _STREAM_S, time.monotonic()
        while time.monotonic() < ends and not self._closed:
            if job.version != seen:
                seen, beat = job.version, time.monotonic()
                name = "progress" if job.state == "running" else "end"
                yield f"event: {name}\ndata: {json.dumps(job.plain())}\n\n"
            if job.state != "running":
                return
            if time.monotonic() - beat > _HEARTBEAT_S:
                beat = time.monotonic()
                yield ": still here\n\n"
            await asyncio.sleep(_LOOK_S)

    def _run(self, job: Job, work: Callable[[Job], dict[str, Any]]) -> None:
        state: State = "failed"
        result: dict[str, Any] = {"code": "internal_error", "error": "It failed; the server's log says why."}
        try:
            result, state = without_folder(work(job), self._folder), "done"
        except ShopLensError as error:
            result = without_folder({"code": error.code, "error": str(error)}, self._folder)
        except Exception:
            _LOG.exception("%s %s failed", job.kind, job.id)
        finally:
            job.result, job.finished_at, job.state, job.stop = result, _now(), state, None
            job.version += 1


def without_folder(said: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what is said with the paths in it as seen from the folder."""
    told: dict[str, Any] = json.loads(json.dumps(said, ensure_ascii=False).replace(f"{folder}/", ""))
    return told


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
