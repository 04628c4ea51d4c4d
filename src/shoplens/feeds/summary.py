"""What an import did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

RowStatus = Literal["added", "updated", "unchanged", "rejected"]
PhotoStatus = Literal["embedded", "known", "failed"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a row or one of its photos.

    Attributes:
        row: line, item or file number as a person counts it; 0 where the problem is of the whole import.
        product_id: "" where the row has none.
        field: what is at fault: "price", "photos", ...
        reference: path or URL of the photo, "" where no photo is concerned.
        code: stable name.
        message: for people, with the value received.
    """

    row: int
    product_id: str
    field: str
    reference: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is; everything that it counts is committed.

    Attributes:
        rows: rows done.
        total_rows: rows of the source, None where nobody counted them.
        photos: photos of these rows, each counted once.
        photos_per_second: since the beginning.
        seconds_left: None where the total is not known.
    """

    rows: int
    total_rows: int | None
    photos: int
    photos_per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """The result of an import.

    Attributes:
        number: of the import, as in `Catalog.imports`.
        source: as given.
        origin: the feed that read it.
        rows: how many have each status; every row has one.
        photos: how many distinct references have each status: embedded (decoded now), known (nothing to do) or failed.
        filled: photos from before that got their vector of the embedder now in use.
        retired: products that the source no longer has; with `sync` only.
        kept: products that `sync` would have retired but kept, because they are more than half of the shop.
        seconds: duration.
        problem_counts: problems by code.
        problems: the first of them; the report holds all.
        report: the CSV file; its name with ".json" holds this summary.
    """

    number: int
    source: str
    origin: str
    rows: Mapping[RowStatus, int]
    photos: Mapping[PhotoStatus, int]
    filled: int
    retired: int
    kept: int
    seconds: float
    problem_counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    report: Path

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can write it."""
        plain = {**asdict(self), "rows": dict(self.rows), "photos": dict(self.photos), "report": str(self.report)}
        return {**plain, "seconds": round(self.seconds, 3), "problem_counts": dict(self.problem_counts)}
