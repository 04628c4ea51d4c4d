"""The ledger of issues, inspections of the shop and safe fixes, as OpenAPI shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, Field

from shoplens.catalog.issue import Issue
from shoplens.quality.inspection_report import InspectionReport, Readiness
from shoplens.serving.schemas.findings import FindingOut
from shoplens.serving.schemas.photo_form import PhotoForm
from shoplens.serving.strict_model import StrictModel
from shoplens.shop_inspection import Mending

ProductIds = Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=1000)]


class InspectForm(PhotoForm):
    """A photo to inspect, by which rules."""

    rules: str = Field("", description="rule packs, separated by commas; empty for the shop's own")


class IssueOut(BaseModel):
    """A finding and what became of it; times are ISO 8601 in UTC, empty where there is none."""

    finding: FindingOut
    state: str = Field(description='"open", "waived" or "fixed"')
    first_seen: str
    fixed_at: str
    waived_at: str
    waived_by: str
    waived_why: str

    @classmethod
    def of(cls, issue: Issue) -> IssueOut:
        """Return the issue's shape."""
        history = {name: value for name, value in asdict(issue).items() if name != "finding"}
        return cls(finding=FindingOut.of(issue.finding), **history)


class IssueList(BaseModel):
    """A page of the ledger."""

    total: int
    findings: list[IssueOut]


class WaiverIn(StrictModel):
    """Who accepts a finding, and why."""

    by: str = Field(min_length=1, max_length=200)
    why: str = Field(min_length=1, max_length=1000)


class ReadinessOut(BaseModel):
    """How many products may be listed by the rules of one pack."""

    title: str
    ready: int
    total: int
    share: float

    @classmethod
    def of(cls, readiness: Mapping[str, Readiness]) -> dict[str, ReadinessOut]:
        """Return the shape of each."""
        return {
            name: cls(title=one.title, ready=one.ready, total=one.total, share=round(one.share, 4))
            for name, one in readiness.items()
        }


class StatusOut(BaseModel):
    """What the ledger says at this moment."""

    ready: dict[str, ReadinessOut] = Field(description="as far as the last inspection by each rule pack goes")
    changed: dict[str, int] = Field(description="by rule pack: how many products changed since, or are new")
    judged_at: dict[str, str] = Field(description="by rule pack: when the whole shop was last judged")
    issues: dict[str, int]
    codes: dict[str, int]
    mended: int
    inspected_at: str = Field(description="when the last inspection ended; empty before the first")


class InspectIn(StrictModel):
    """What to inspect, by which rules."""

    products: ProductIds = Field(
        default=[], description="these only, without the checks of the whole catalogue; none: all"
    )
    rules: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=20, description="rule packs; none: the shop's own"
    )


class InspectionOut(BaseModel):
    """How an inspection of the shop went; `/v1/findings` lists what it found."""

    photos: int
    looked_at: int = Field(description="photos that had changed; the others were known")
    products: int
    seconds: float
    counts: dict[str, int]
    ready: dict[str, ReadinessOut]

    @classmethod
    def of(cls, report: InspectionReport) -> InspectionOut:
        """Return the report's shape."""
        return cls(
            photos=report.photos,
            looked_at=report.looked,
            products=report.products,
            seconds=round(report.seconds, 2),
            counts=report.counts(),
            ready=ReadinessOut.of(report.ready()),
        )


class FixIn(StrictModel):
    """What to mend."""

    products: ProductIds = Field(default=[], description="photos of these only; none: all")
    rules: list[Annotated[str, Field(max_length=100)]] = Field(
        default=[], max_length=20, description="rule packs; none: all that the shop was inspected by lately"
    )
    code: str = Field(default="", max_length=100, description="findings of this code only")
    dry_run: bool = Field(default=False, description="inspect, and only tell what would be mended")


class RefusalOut(BaseModel):
    """A fix that was not made, and why."""

    fix: str
    code: str
    reason: str


class FixedPhotoOut(BaseModel):
    """A mended photo; `/v1/photos/{sha256}` shows both."""

    original: str
    fixed: str = Field(description="the photo that stands in for it; empty where nothing could be mended")
    products: list[str]
    steps: list[tuple[str, str]] = Field(description="fix and code of the finding, in the order made")


class PhotoFixOut(FixedPhotoOut):
    """What became of one photo that had findings with a fix."""

    size: tuple[int, int] = Field(description="width and height of the original, in pixels")
    fixed_size: tuple[int, int] = Field(description="those of the photo that stands in for it; else of the original")
    refused: list[RefusalOut]
    changed: bool = Field(description="whether this run made `fixed`, or would have but for the dry run")


class FixOut(BaseModel):
    """What was mended, or could be."""

    dry_run: bool
    photos: list[PhotoFixOut]
    not_judged: list[str] = Field(description="rule packs of one's own that could not be asked: inspect by them again")

    @classmethod
    def of(cls, mending: Mending) -> FixOut:
        """Return the mending's shape."""
        photos = [PhotoFixOut.model_validate(asdict(photo)) for photo in mending.photos]
        return cls(dry_run=mending.report is None, photos=photos, not_judged=list(mending.not_judged))


class UndoIn(StrictModel):
    """Whose photos to show as the merchant gave them."""

    products: ProductIds = Field(default=[], description="none: every mended photo")
