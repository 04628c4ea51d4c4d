"""Imports as jobs."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from shoplens.errors import BadInput, NotFound
from shoplens.feeds.fetch_feed import FEED_ENDINGS
from shoplens.serving.jobs import Job
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import JobsDep
from shoplens.serving.routes.studio_imports import SourcesDep, import_source
from shoplens.serving.schemas.imports import FeedForm, ImportOut
from shoplens.serving.schemas.studio import ImportIn

router = APIRouter(prefix="/v1/imports", tags=["imports"])


@router.post("", status_code=202, openapi_extra=FeedForm.shown())
def start_import(
    shop: ShopDep, jobs: JobsDep, sources: SourcesDep, form: Annotated[FeedForm, Depends(FeedForm.read)]
) -> ImportOut:
    """Import an uploaded feed whose photos are URLs; the answer names the job to ask for."""
    name = PurePath(form.feed.filename or "").name
    if not name.lower().endswith(FEED_ENDINGS):
        raise BadInput(
            "A feed is a CSV, TSV, JSON, JSONL or XML file.", received=name, remedy="Name the file accordingly."
        )
    wish = ImportIn(origin=form.origin, sync=form.sync)
    source = sources.add([(name, form.feed.file)])

    def work(job: Job) -> dict[str, Any]:
        try:
            return import_source(shop, job, source, wish)
        finally:
            sources.done(source)

    try:
        return _import_out(jobs.start("import", source.name, work))
    except BadInput:
        sources.done(source)
        raise


@router.get("")
def list_imports(jobs: JobsDep) -> list[ImportOut]:
    """List the newest imports since the server's start, the newest first."""
    return [_import_out(job) for job in jobs.all() if job.kind == "import"]


@router.get("/{job_id}")
def show_import(jobs: JobsDep, job_id: int) -> ImportOut:
    """Tell how far an import is, or how it ended."""
    job = jobs.one(job_id)
    if job.kind != "import":
        raise NotFound("There is no such import.", received=job_id)
    return _import_out(job)


def _import_out(job: Job) -> ImportOut:
    return ImportOut(
        id=job.id,
        source=job.title,
        origin=job.result.get("origin", ""),
        state=job.state,
        started_at=job.started_at,
        finished_at=job.finished_at,
        summary=job.result,
    )
