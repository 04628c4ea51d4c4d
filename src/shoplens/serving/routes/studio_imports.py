"""Imports from the browser: bring files, look how they are read, import them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse

from shoplens import plugins
from shoplens.errors import FeedError, NotFound
from shoplens.feeds.detect import read_head
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.field_map import LIST_FIELDS, TEXT_FIELDS
from shoplens.feeds.preview import Preview
from shoplens.serving.import_progress import telling
from shoplens.serving.jobs import Job
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import JobsDep, job_out, past_import
from shoplens.serving.schemas.imports import SourceForm
from shoplens.serving.schemas.products import ProductOut
from shoplens.serving.schemas.studio import (
    ImportIn,
    JobOut,
    PastImportOut,
    PreviewIn,
    PreviewOut,
    PreviewRowOut,
    SourceOut,
)
from shoplens.serving.sources import Source, Sources
from shoplens.shop import Shop

router = APIRouter(prefix="/v1/studio", tags=["studio"])
_COMMON = ("color", "size", "material", "gender", "pattern", "gtin")


def the_sources(request: Request) -> Sources:
    """Return what was brought to be imported."""
    sources: Sources = request.app.state.sources
    return sources


SourcesDep = Annotated[Sources, Depends(the_sources)]


@router.post("/sources", status_code=201, openapi_extra=SourceForm.shown())
def bring(sources: SourcesDep, form: Annotated[SourceForm, Depends(SourceForm.read)]) -> SourceOut:
    """Bring a feed, a .zip of feed and photos, or a folder's files under their paths; nothing is imported yet."""
    source = sources.add([(file.filename or "", file.file) for file in form.files], form.to)
    return SourceOut(id=source.id, name=source.name, photos=source.photos)


@router.post("/sources/{source_id}/preview")
def preview(shop: ShopDep, sources: SourcesDep, source_id: str, wish: PreviewIn) -> PreviewOut:
    """Show what a source was taken for, and its first rows as they would be imported by this mapping."""
    source = sources.one(source_id)
    try:
        seen = shop.preview(source.path, origin=wish.origin or None, mapping=wish.mapping)
    except FeedError as error:
        # How the columns are called is what it takes to correct the mapping.
        try:
            columns = read_head(source.path).columns
        except FeedError:
            columns = ()
        said = str(error).replace(f"{shop.folder}/", "")
        return _preview_out(None, wish, columns, said, error.code)
    return _preview_out(seen, wish, seen.detection.head.columns)


@router.post("/sources/{source_id}/import", status_code=202)
def start_import(shop: ShopDep, sources: SourcesDep, jobs: JobsDep, source_id: str, wish: ImportIn) -> JobOut:
    """Import what was brought, in the background."""
    source = sources.one(source_id)
    if wish.origin and wish.origin not in plugins.names("feed"):
        plugins.load("feed", wish.origin)

    def work(job: Job) -> dict[str, Any]:
        sources.begin(source)
        told = import_source(shop, job, source, wish)
        sources.done(source)
        return told

    return job_out(jobs.start("import", source.name, work))


@router.get("/imports")
def past_imports(shop: ShopDep) -> list[PastImportOut]:
    """List the imports that the catalogue remembers, the newest first."""
    return [past_import(shop, record) for record in shop.catalog.imports(limit=50)]


@router.get("/imports/{number}/report", responses={200: {"content": {"text/csv": {}}}})
def report(shop: ShopDep, number: int) -> FileResponse:
    """Give the report of an import as CSV: every row that is not as it was, and every problem."""
    path = shop.folder / "reports" / f"import-{number}.csv"
    if not 0 < number < 10**9 or not path.is_file():
        raise NotFound("There is no report of that import.", received=number)
    return FileResponse(path, media_type="text/csv", filename=path.name)


def import_source(shop: Shop, job: Job, source: Source, wish: ImportIn) -> dict[str, Any]:
    """Import what was brought, say on the way how far it is, and return what came of it."""
    photos = source.root if source.photos and source.path.is_file() else None
    summary = shop.import_catalog(
        source.path,
        origin=wish.origin or None,
        mapping=wish.mapping,
        photos=photos,
        sync=wish.sync,
        progress=telling(job),
    )
    return summary.to_dict()


def _preview_out(
    seen: Preview | None, wish: PreviewIn, columns: tuple[str, ...], problem: str = "", code: str = ""
) -> PreviewOut:
    detection = seen.detection if seen else None
    return PreviewOut(
        origin=detection.origin if detection else wish.origin,
        confidence=detection.confidence if detection else 0.0,
        reason=detection.reason if detection else "",
        candidates=list(detection.candidates) if detection else [],
        origins=plugins.names("feed"),
        fields=[*TEXT_FIELDS, *LIST_FIELDS, *_COMMON],
        columns=list(columns),
        mapping=dict(seen.mapping) if seen else dict(wish.mapping),
        unmapped=list(seen.unmapped) if seen else [],
        rows=[_row_out(row) for row in seen.rows] if seen else [],
        problem=problem,
        problem_code=code,
    )


def _row_out(row: FeedRow) -> PreviewRowOut:
    return PreviewRowOut(
        number=row.number,
        product=ProductOut.of(row.product, "") if row.product else None,
        photos=list(row.product.photos) if row.product else [],
        problems=[{"code": p.code, "field": p.field, "message": p.message} for p in row.problems],
    )
