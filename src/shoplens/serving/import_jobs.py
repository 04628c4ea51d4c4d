"""Imports in the background of the server, one at a time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
import threading
import uuid
from pathlib import Path, PurePath
from typing import IO

from shoplens.errors import BadInput, NotFound, ShopLensError
from shoplens.shop import Shop

_SUFFIXES = {".csv", ".tsv", ".txt", ".xml", ".json", ".jsonl"}


@dataclasses.dataclass(slots=True)
class ImportJob:
    """One import that the server was asked for; `state` is "running", "done" or "failed"."""

    id: int
    source: str
    origin: str
    started_at: str
    state: str = "running"
    finished_at: str = ""
    summary: dict[str, object] = dataclasses.field(default_factory=dict)


class ImportJobs:
    """Starts imports and remembers how they went while the server runs; what they wrote is in the catalogue.

    Args:
        shop: where to import to.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._jobs: list[ImportJob] = []
        self._lock = threading.Lock()

    def start(self, feed: IO[bytes], name: str, *, origin: str = "", sync: bool = False) -> ImportJob:
        """Keep the feed and import it in the background.

        Raises:
            BadInput: the file is of no kind that a feed can be, or an import is running.
        """
        suffix = _suffix(name)
        with self._lock:
            if any(job.state == "running" for job in self._jobs):
                raise BadInput("An import is running.", code="import_running", remedy="Wait until it has ended.")
            path = self._keep(feed, suffix)
            job = ImportJob(len(self._jobs) + 1, PurePath(name).name, origin, _now())
            self._jobs.append(job)
        threading.Thread(target=self._run, args=(job, path, sync), name=f"import-{job.id}", daemon=True).start()
        return job

    def all(self) -> list[ImportJob]:
        """Return the jobs, the newest first."""
        return self._jobs[::-1]

    def one(self, number: int) -> ImportJob:
        """Return the job.

        Raises:
            NotFound: there is none of that number.
        """
        if not 1 <= number <= len(self._jobs):
            raise NotFound("There is no such import.", received=number)
        return self._jobs[number - 1]

    def _keep(self, feed: IO[bytes], suffix: str) -> Path:
        folder = self._shop.folder / "uploads"
        folder.mkdir(exist_ok=True)
        path = folder / f"{uuid.uuid4().hex}{suffix}"
        with path.open("wb") as file:
            shutil.copyfileobj(feed, file)
        return path

    def _run(self, job: ImportJob, path: Path, sync: bool) -> None:
        try:
            summary = self._shop.import_catalog(path, origin=job.origin or None, sync=sync)
            job.origin, job.summary, job.state = summary.origin, self._told(summary.to_dict()), "done"
        except ShopLensError as error:
            job.summary, job.state = self._told({"code": error.code, "error": str(error)}), "failed"
        except BaseException:
            job.summary, job.state = {"code": "internal_error", "error": "The import failed; see the log."}, "failed"
            raise
        finally:
            job.finished_at = _now()
            path.unlink(missing_ok=True)

    def _told(self, summary: dict[str, object]) -> dict[str, object]:
        # Where the shop lies on the server's disk is nobody's business beyond it.
        told: dict[str, object] = json.loads(json.dumps(summary).replace(f"{self._shop.folder}/", ""))
        return told


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise BadInput(
            "A feed is a CSV, TSV, JSON, JSONL or XML file.", received=name, remedy="Name the file accordingly."
        )
    return suffix


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
