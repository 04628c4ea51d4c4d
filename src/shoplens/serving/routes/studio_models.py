"""Training and models from the browser. No model comes in over HTTP: only those of the shop's own shelf are used."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
import subprocess
import sys
from collections import Counter
from importlib.util import find_spec
from typing import Any

from fastapi import APIRouter
from fastapi.responses import FileResponse

from shoplens.errors import BadInput, NotFound, ShopLensError
from shoplens.feeds.summary import Progress
from shoplens.serving.jobs import Job
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import JobsDep, job_out
from shoplens.serving.routes.studio_imports import SourcesDep
from shoplens.serving.schemas.studio import JobOut, TrainIn, TrainingDataOut
from shoplens.shop import Shop

router = APIRouter(prefix="/v1/studio", tags=["studio"])
_REPORT = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")
# The report holds its own styles and pictures, and no script: it may do nothing else.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
_ERROR_LINES = 20


@router.get("/training-data")
def training_data(shop: ShopDep) -> TrainingDataOut:
    """Say what a training would learn from: the shop's photos by category, corrections included."""
    photos = shop.training_photos()
    counts = Counter(photo.label for photo in photos.photos)
    return TrainingDataOut(
        photos=len(photos.photos),
        categories=sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])),
        unusable=dict(Counter(bad.code for bad in photos.quarantined)),
        corrected=shop.catalog.browse.gaps()["corrected"],
        available=find_spec("keras") is not None,
    )


@router.post("/trainings", status_code=202)
def start_training(shop: ShopDep, jobs: JobsDep, sources: SourcesDep, wish: TrainIn) -> JobOut:
    """Train in a process of its own, so that the shop's server stays quick; `events` of the job tell each pass."""
    if wish.name in (shop.settings.model, "base", "none"):
        raise BadInput("The bundle of that name searches in this shop.", received=wish.name, remedy="Choose another.")
    command = [sys.executable, "-m", "shoplens", "train", "--shop", str(shop.folder), "--name", wish.name]
    command += ["--preset", wish.preset, "--events", "--json"]
    command += ["--budget", f"{wish.minutes:g}m"] if wish.minutes and wish.preset != "fast" else []
    if wish.source:
        source = sources.one(wish.source)
        command.insert(4, str(source.path))
    return job_out(jobs.start("training", wish.name, lambda job: _train(shop, job, command)))


def _train(shop: Shop, job: Job, command: list[str]) -> dict[str, Any]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        job.stop = lambda: child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        assert child.stdout is not None
        said: list[str] = []
        for line in child.stderr:
            event = _event(line)
            if event is None:
                said = [*said, line.rstrip()][-_ERROR_LINES:]
            elif event["event"] == "EpochDone":
                job.add_point(event)
            else:
                job.tell(**event)
        answer = child.stdout.read()
    if child.returncode:
        text = " ".join(said).replace(f"{shop.folder}/", "").replace(str(shop.folder), shop.settings.name)
        raise ShopLensError(text or "The training ended without a word.", code="training_failed")
    result: dict[str, Any] = json.loads(answer)
    return {**result, "bundle": job.title, "report": f"train-{job.title}"}


def _event(line: str) -> dict[str, Any] | None:
    """Return the event that a line states; None for what is none, such as a warning of a library."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "event" in event else None


@router.post("/models/{name}/compare", status_code=202)
def start_comparison(shop: ShopDep, jobs: JobsDep, name: str) -> JobOut:
    """Index the photos with a model beside the one in use, in the background, and compare the two; nothing changes."""
    shop.bundle(name)

    def work(job: Job) -> dict[str, object]:
        summary, found = shop.models.prepare(name, progress=lambda p: _tell(job, p))
        cards: dict[str, object] = {}
        if shop.settings.model != "none":
            sides = shop.models.compare(shop.settings.model, name)
            cards = {"first": dataclasses.asdict(sides.first), "second": dataclasses.asdict(sides.second)}
        return {
            "model": name,
            "in_use": shop.settings.model,
            "embedded": summary.filled,
            "index": dataclasses.asdict(found) if found else None,
            **json.loads(json.dumps(cards, default=dict)),
        }

    return job_out(jobs.start("comparison", name, work))


@router.post("/models/{name}/promote", status_code=202)
def start_promotion(shop: ShopDep, jobs: JobsDep, name: str) -> JobOut:
    """Search with another model from now on, in the background; until it is ready the old one goes on."""
    if name != "none":
        shop.bundle(name)

    def work(job: Job) -> dict[str, object]:
        summary = shop.models.promote(name, progress=lambda p: _tell(job, p))
        return {"model": name, "embedded": summary.filled}

    return job_out(jobs.start("promotion", name, work))


@router.post("/rollback", status_code=202)
def start_rollback(shop: ShopDep, jobs: JobsDep) -> JobOut:
    """Search with the model before the last promotion, in the background."""

    def work(job: Job) -> dict[str, object]:
        state = shop.models.rollback(progress=lambda p: _tell(job, p))
        return {"model": state.name}

    return job_out(jobs.start("promotion", "rollback", work))


@router.get("/reports/{name}", responses={200: {"content": {"text/html": {}}}})
def report(shop: ShopDep, name: str) -> FileResponse:
    """Show the HTML report of a training, such as `train-catalog`."""
    path = shop.folder / "reports" / f"{name}.html"
    if not _REPORT.fullmatch(name) or not path.is_file():
        raise NotFound("There is no such report.", received=name)
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": _REPORT_POLICY})


def _tell(job: Job, progress: Progress) -> None:
    job.tell(
        done=progress.photos,
        total=progress.total_rows,
        photos_per_second=progress.photos_per_second,
        seconds_left=progress.seconds_left,
    )
