"""The merchant's desk: overview, the table of all products, corrections, and work in the background."""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from dataclasses import asdict, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from shoplens.catalog.browse import View
from shoplens.catalog.corrections import Correction
from shoplens.catalog.filter import Filter
from shoplens.catalog.imports import ImportRecord
from shoplens.catalog.issue_filter import IssueFilter
from shoplens.errors import UnknownName
from shoplens.quality.rule_pack import RulePack
from shoplens.serving.filter_fields import where
from shoplens.serving.jobs import Job, Jobs, without_folder
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.schemas.findings import ProblemOut
from shoplens.serving.schemas.inspection import FixedPhotoOut, ReadinessOut
from shoplens.serving.schemas.products import LabelOut, ProductOut
from shoplens.serving.schemas.studio import (
    CorrectedOut,
    CorrectIn,
    CorrectionModel,
    FindingCountOut,
    JobOut,
    OverviewOut,
    PastImportOut,
    PlacesOut,
    RestoreIn,
    RowOut,
    RowPage,
    RulesIn,
)
from shoplens.shop import Shop

router = APIRouter(prefix="/v1/studio", tags=["studio"])


def the_jobs(request: Request) -> Jobs:
    """Return the server's work in the background."""
    jobs: Jobs = request.app.state.jobs
    return jobs


JobsDep = Annotated[Jobs, Depends(the_jobs)]


def the_view(
    shop: ShopDep,
    filters: Annotated[Filter, Depends(where)],
    finding: str = "",
    gap: Annotated[str, Query(description="no_photo, no_category, no_price, corrected, error or warning")] = "",
    q: str = "",
    order: Annotated[str, Query(description="id, title, category or brand")] = "id",
) -> View:
    """Read which products a table shows."""
    shop.inspection.refuse_unknown(code=finding)
    return View(replace(filters, finding=finding), q, gap, shop.studio.channels(), order)


ViewDep = Annotated[View, Depends(the_view)]


def known_packs(shop: Shop, names: list[str]) -> list[str]:
    """Return the names of rule packs, of which a file of one's own is known where it is in use already.

    Another path would open any file of the server.

    Raises:
        UnknownName: there is no such pack.
    """
    for name in names:
        if name not in (*RulePack.names(), *shop.settings.rules):
            raise UnknownName("rule pack", name, RulePack.names())
    return names


def job_out(job: Job) -> JobOut:
    """Return a job's shape."""
    return JobOut.model_validate(job.plain())


@router.get("/overview")
def overview(shop: ShopDep, jobs: JobsDep) -> OverviewOut:
    """Show the state of the shop: findings, gaps, imports, work in the background."""
    seen, status = shop.studio.overview(), shop.inspection.status()
    return OverviewOut(
        products=seen.totals.products,
        listings=seen.totals.listings,
        photos=seen.totals.photos,
        findings=[
            FindingCountOut(code=f.code, severity=f.severity, findings=f.findings, products=f.products)
            for f in seen.findings
        ],
        gaps=seen.gaps,
        sound=seen.sound,
        ready=ReadinessOut.of(status.ready),
        changed=status.changed,
        rules=list(seen.rules),
        inspected=seen.inspected,
        answers=seen.answers,
        open_questions=shop.studio.open_questions(),
        model=shop.settings.model,
        imports=[past_import(shop, record) for record in shop.catalog.imports(limit=5)],
        jobs=[job_out(job) for job in jobs.all()[:10]],
    )


def past_import(shop: Shop, record: ImportRecord) -> PastImportOut:
    """Return the shape of an import, without where the shop lies on the server's disk."""
    return PastImportOut(
        id=record.id,
        source=record.source.rstrip("/").rpartition("/")[2],
        origin=record.origin,
        started_at=record.started_at,
        finished_at=record.finished_at,
        summary=without_folder(json.loads(record.summary or "{}"), shop.folder),
    )


@router.get("/rows")
def rows(shop: ShopDep, view: ViewDep, after: str = "", limit: Annotated[int, Query(ge=1, le=200)] = 100) -> RowPage:
    """Show the products behind a place of the table, each with its findings and labels."""
    found, place = shop.catalog.browse.page(view, after, limit)
    ids = [product.id for product in found]
    photos = shop.catalog.main_photos(ids)
    findings: dict[str, dict[str, str]] = defaultdict(dict)
    for issue in shop.catalog.ledger.issues(IssueFilter(products=tuple(ids)), 0, None) if ids else []:
        findings[issue.finding.product_id].setdefault(issue.finding.code, issue.finding.severity)
    labels = shop.catalog.browse.labels_of(ids)
    return RowPage(
        rows=[
            RowOut(
                product=ProductOut.of(product, photos.get(product.id, "")),
                findings=[ProblemOut(code=code, severity=grave) for code, grave in findings[product.id].items()],
                labels=[LabelOut.of(label) for label in labels.get(product.id, ())],
            )
            for product in found
        ],
        next=place,
    )


@router.get("/places")
def places(shop: ShopDep, view: ViewDep, every: Annotated[int, Query(ge=1, le=1_000)] = 100) -> PlacesOut:
    """Count the products of the table, and tell where each page of it begins, so that it can be entered anywhere."""
    total, found = shop.catalog.browse.places(view, every)
    return PlacesOut(total=total, every=every, places=found)


@router.get("/ids")
def ids(shop: ShopDep, view: ViewDep, limit: Annotated[int, Query(ge=1, le=5_000)] = 5_000) -> list[str]:
    """List the ids of the table's products, to change them all at once."""
    return shop.catalog.browse.ids(view, limit)


@router.post("/corrections")
def correct(shop: ShopDep, wish: CorrectIn) -> CorrectedOut:
    """Set the category or tags of products by hand; no import overwrites them. A category is for the whole listing."""
    before = shop.catalog.corrections.change(
        wish.products, category=wish.category, add_tags=wish.add_tags, remove_tags=wish.remove_tags
    )
    return CorrectedOut(
        changed=len(before),
        before=[
            CorrectionModel(product_id=one.product_id, category=one.category, tags=list(one.tags)) for one in before
        ],
    )


@router.post("/corrections/restore")
def restore(shop: ShopDep, wish: RestoreIn) -> CorrectedOut:
    """Undo: put corrections back as they were answered before."""
    corrections = [Correction(one.product_id, one.category, tuple(one.tags)) for one in wish.before]
    return CorrectedOut(changed=shop.catalog.corrections.restore(corrections), before=[])


@router.post("/inspections", status_code=202)
def start_inspection(shop: ShopDep, jobs: JobsDep, request: Request, wish: RulesIn | None = None) -> JobOut:
    """Inspect every photo by the shop's rule packs, or by these, in the background; only what changed is looked at."""
    packs = known_packs(shop, wish.packs) if wish else list(shop.settings.rules)
    lock: threading.Lock = request.app.state.inspecting

    def work(job: Job) -> dict[str, object]:
        # Mending inspects too: the two wait for each other.
        with lock:
            report = shop.inspect(rules=packs, progress=lambda done, total: job.tell(done=done, total=total))
        return {"photos": report.photos, "products": report.products, "findings": len(report.findings)}

    return job_out(jobs.start("inspection", ", ".join(packs), work))


@router.get("/fixes")
def fixes(shop: ShopDep, product: Annotated[str, Query(max_length=500)]) -> list[FixedPhotoOut]:
    """List the mended photos of a product with what they stand in for; `/v1/photos/{sha256}` shows both."""
    return [FixedPhotoOut.model_validate(asdict(fix)) for fix in shop.catalog.fixes.all([product])]


@router.post("/classifications", status_code=202)
def start_classification(shop: ShopDep, jobs: JobsDep) -> JobOut:
    """Name categories, colours and tags of every product, in the background; only what is sure is kept as labels."""

    def work(job: Job) -> dict[str, object]:
        said = shop.classify_catalog(apply=True, progress=lambda done, total: job.tell(done=done, total=total))
        return {"products": len(said), "named": sum(one.category.label is not None for _, one in said)}

    return job_out(jobs.start("classification", shop.settings.name, work))


@router.get("/jobs")
def list_jobs(jobs: JobsDep) -> list[JobOut]:
    """List the newest work of each kind since the server's start, the newest first."""
    return [job_out(job) for job in jobs.all()]


@router.get("/jobs/{job_id}")
def show_job(jobs: JobsDep, job_id: int) -> JobOut:
    """Tell how far a job is, or how it ended."""
    return job_out(jobs.one(job_id))


@router.get("/jobs/{job_id}/events", responses={200: {"content": {"text/event-stream": {}}}})
async def job_events(jobs: JobsDep, job_id: int) -> StreamingResponse:
    """Follow a job by server-sent events: "progress" with the job at every change, "end" once it has ended."""
    jobs.one(job_id)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(jobs.stream(job_id), media_type="text/event-stream", headers=headers)


@router.post("/jobs/{job_id}/stop")
def stop_job(jobs: JobsDep, job_id: int) -> JobOut:
    """Ask a job to come to its end; a training keeps its best pass."""
    return job_out(jobs.stop(job_id))
