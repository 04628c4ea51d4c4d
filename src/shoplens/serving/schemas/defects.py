"""What is said of product defects, as OpenAPI shows it."""

from __future__ import annotations

from pydantic import BaseModel

from shoplens.quality.defects.defect_line import DefectLine
from shoplens.quality.defects.defect_verdict import DefectVerdict, Outcome
from shoplens.serving.schemas.findings import BoxModel


class LineOut(BaseModel):
    """A product line that was learned from good samples."""

    line: str
    samples: int
    defects: int
    false_alarms: float
    threshold: float
    defects_found: float | None

    @classmethod
    def of(cls, line: DefectLine) -> LineOut:
        """Return the line's shape."""
        return cls(
            line=line.name,
            samples=line.samples,
            defects=line.defects,
            false_alarms=line.rate,
            threshold=line.threshold,
            defects_found=line.found,
        )


class DefectOut(BaseModel):
    """A photo against a line: `picture` is a WebP file in base64 that glows where the photo departs from the normal.

    "other_product" means that the photo is not of this line, and that nothing is said of defects.
    """

    line: str
    outcome: Outcome
    score: float
    threshold: float
    similarity: float
    box: BoxModel | None
    width: int
    height: int
    picture: str

    @classmethod
    def of(cls, verdict: DefectVerdict, picture: str, size: tuple[int, int]) -> DefectOut:
        """Return the verdict's shape with the heat map's picture and its width and height."""
        return cls(
            line=verdict.line,
            outcome=verdict.outcome,
            score=verdict.score,
            threshold=verdict.threshold,
            similarity=verdict.similarity,
            box=BoxModel.of(verdict.box),
            width=size[0],
            height=size[1],
            picture=picture,
        )
