"""What is wrong with photos and products: one upload, the shop, its ledger, and what can be mended safely."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request

from shoplens.catalog.issue_filter import IssueFilter
from shoplens.errors import BadInput, PhotoError
from shoplens.photos.decode import Limits, read_facts
from shoplens.quality.messages import messages
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import known_packs
from shoplens.serving.schemas.findings import FindingOut, FindingText
from shoplens.serving.schemas.inspection import (
    FixedPhotoOut,
    FixIn,
    FixOut,
    InspectForm,
    InspectIn,
    InspectionOut,
    IssueList,
    IssueOut,
    ReadinessOut,
    StatusOut,
    UndoIn,
    WaiverIn,
)

router = APIRouter(prefix="/v1", tags=["inspect"])
FindingId = Annotated[str, Path(min_length=4, max_length=40)]


@router.post("/inspect", openapi_extra=InspectForm.shown())
def inspect(shop: ShopDep, form: Annotated[InspectForm, Depends(InspectForm.read)]) -> list[FindingOut]:
    """Find what is wrong with a photo; one that cannot be read is a finding too. It is not kept."""
    data = form.photo.file.read(Limits.upload().max_bytes + 1)
    _refuse_beyond(Limits.upload(), data, form.photo.filename or "")
    packs = known_packs(shop, [name.strip() for name in form.rules.split(",") if name.strip()])
    return [FindingOut.of(f) for f in shop.inspection.photo(data, name=form.photo.filename or "", rules=packs)]


@router.post("/inspect/shop")
def inspect_shop(shop: ShopDep, request: Request, wanted: InspectIn) -> InspectionOut:
    """Inspect the shop, or some products, and bring the ledger up; only what changed is looked at again.

    The answer comes when it is done: a first inspection takes some ten seconds for each thousand photos.
    """
    packs = known_packs(shop, wanted.rules)
    with _alone(request):
        report = shop.inspection.run(rules=packs, products=wanted.products)
    return InspectionOut.of(report)


@router.get("/inspect/status")
def inspection_status(shop: ShopDep) -> StatusOut:
    """Say what is ready to list by which rules, and what the ledger holds, without looking at any photo."""
    found = shop.inspection.status()
    return StatusOut(
        ready=ReadinessOut.of(found.ready),
        changed=found.changed,
        judged_at=found.judged_at,
        issues=found.issues,
        codes=found.codes,
        mended=found.mended,
        inspected_at=found.inspections[0].finished_at if found.inspections else "",
    )


@router.post("/inspect/fix")
def fix(shop: ShopDep, request: Request, wanted: FixIn) -> FixOut:
    """Mend what can be mended safely; `/v1/inspect/undo` shows the merchant's own photos again."""
    packs = known_packs(shop, wanted.rules)
    with _alone(request):
        done = shop.inspection.fix(wanted.products, code=wanted.code, rules=packs, dry_run=wanted.dry_run)
    return FixOut.of(done)


@router.post("/inspect/undo")
def undo(shop: ShopDep, request: Request, wanted: UndoIn) -> list[FixedPhotoOut]:
    """Show the merchant's own photos again and delete the mended ones; the answer says which they were."""
    with _alone(request):
        undone = shop.inspection.undo(wanted.products)
    return [FixedPhotoOut.model_validate(asdict(one)) for one in undone]


@router.get("/findings/texts")
def finding_texts(lang: Literal["en", "zh"] = "en") -> dict[str, FindingText]:
    """Say what every finding's code is called, and what to do about it."""
    return {
        code: FindingText(title=text.title_en, help=text.help_en)
        if lang == "en"
        else FindingText(title=text.title_zh, help=text.help_zh)
        for code, text in messages().items()
    }


@router.get("/findings")
def findings(
    shop: ShopDep,
    product: Annotated[str, Query(max_length=500)] = "",
    code: Annotated[str, Query(max_length=100)] = "",
    severity: Literal["", "error", "warning", "info"] = "",
    channel: Annotated[str, Query(max_length=100, description="asked for by this rule pack")] = "",
    category: Annotated[str, Query(max_length=500)] = "",
    state: Literal["open", "waived", "fixed", "all"] = "open",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> IssueList:
    """List the ledger, the gravest first: what is still there, what was fixed, what was waived by whom and why."""
    states = () if state == "all" else (state,)
    where = IssueFilter((product,) if product else (), code, severity, channel, category, states)
    found, total = shop.inspection.issues(where, offset=offset, limit=limit)
    return IssueList(total=total, findings=[IssueOut.of(issue) for issue in found])


@router.post("/findings/{finding_id}/waive")
def waive(shop: ShopDep, finding_id: FindingId, waiver: WaiverIn) -> IssueOut:
    """Accept a finding: it is reported no more, and stays in the ledger with who and why."""
    return IssueOut.of(shop.inspection.waive([finding_id], by=waiver.by, why=waiver.why)[0])


@router.post("/findings/{finding_id}/unwaive")
def unwaive(shop: ShopDep, finding_id: FindingId) -> IssueOut:
    """Take a waiver back."""
    return IssueOut.of(shop.inspection.unwaive([finding_id])[0])


def _refuse_beyond(limits: Limits, data: bytes, name: str) -> None:
    """Refuse what the server does not take: that is no finding, which a channel would have against the photo."""
    try:
        read_facts(data, name=name, limits=limits)
    except PhotoError as error:
        if error.code in ("photo_too_large", "photo_too_many_pixels"):
            raise


@contextmanager
def _alone(request: Request) -> Iterator[None]:
    """Let one inspection of the shop run at a time.

    Raises:
        BadInput: one is running.
    """
    lock: threading.Lock = request.app.state.inspecting
    if not lock.acquire(blocking=False):
        raise BadInput("An inspection is running.", code="inspection_running", remedy="Wait until it has ended.")
    try:
        yield
    finally:
        lock.release()
