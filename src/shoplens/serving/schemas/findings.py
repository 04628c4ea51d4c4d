"""What the inspector found, as OpenAPI shows it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from shoplens.records import Box, Finding


class BoxModel(BaseModel):
    """A rectangle, each coordinate from 0 to 1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @classmethod
    def of(cls, box: Box | None) -> BoxModel | None:
        """Return the box's shape."""
        return None if box is None else cls(x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1)


class MeasureOut(BaseModel):
    """What was measured, beside its limit."""

    measured: float
    threshold: float
    unit: str


class FindingOut(BaseModel):
    """One problem of a photo or a product."""

    code: str
    severity: str
    attribute: str
    description: str
    detail: MeasureOut | None
    product_id: str
    photo: str
    box: BoxModel | None
    documentation: str
    id: str = Field(description="its name in the shop's ledger; empty outside one")
    channels: dict[str, str] = Field(description="rule packs that ask for it, and the severity that each gives it")

    @classmethod
    def of(cls, finding: Finding) -> FindingOut:
        """Return the finding's shape."""
        d = finding.detail
        return cls(
            code=finding.code,
            severity=finding.severity,
            attribute=finding.attribute,
            description=finding.description,
            detail=MeasureOut(measured=d.measured, threshold=d.threshold, unit=d.unit) if d else None,
            product_id=finding.product_id,
            photo=finding.photo,
            box=BoxModel.of(finding.box),
            documentation=finding.documentation,
            id=finding.id,
            channels=dict(finding.channels),
        )


class ProblemOut(BaseModel):
    """A finding in short."""

    code: str
    severity: str


class FindingText(BaseModel):
    """What a finding's code is called, and what to do about it."""

    title: str
    help: str
