"""Imports as jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, UploadFile

from shoplens.serving.import_jobs import ImportJobs
from shoplens.serving.schemas.imports import ImportOut

router = APIRouter(prefix="/v1/imports", tags=["imports"])


def the_jobs(request: Request) -> ImportJobs:
    """Return the server's import jobs."""
    jobs: ImportJobs = request.app.state.imports
    return jobs


Jobs = Annotated[ImportJobs, Depends(the_jobs)]


@router.post("", status_code=202)
def start_import(
    jobs: Jobs, feed: UploadFile, origin: Annotated[str, Form()] = "", sync: Annotated[bool, Form()] = False
) -> ImportOut:
    """Import an uploaded feed whose photos are URLs; the answer names the job to ask for."""
    return ImportOut.model_validate(jobs.start(feed.file, feed.filename or "", origin=origin, sync=sync))


@router.get("")
def list_imports(jobs: Jobs) -> list[ImportOut]:
    """List the imports since the server's start, the newest first."""
    return [ImportOut.model_validate(job) for job in jobs.all()]


@router.get("/{job_id}")
def show_import(jobs: Jobs, job_id: int) -> ImportOut:
    """Tell how far an import is, or how it ended."""
    return ImportOut.model_validate(jobs.one(job_id))
