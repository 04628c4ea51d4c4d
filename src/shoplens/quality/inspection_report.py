"""The outcome of an inspection, as records, JSON and CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shoplens.records import Finding, Severity
from shoplens.spreadsheet import csv_table

_GRAVITY = ("error", "warning", "info")
_COLUMNS = (
    "code", "severity", "attribute", "product_id", "photo", "name", "description", "measured", "threshold", "unit",
    "x0", "y0", "x1", "y1", "documentation",
)  # fmt: skip


@dataclass(frozen=True)
class InspectionReport:
    """What was inspected and what was found.

    Attributes:
        source: what was inspected, for the heading.
        rules: titles of the rule packs.
        photos: how many photos were looked at, the unreadable ones included.
        products: how many products; 0 for files outside products.
        findings: one per problem and product, the gravest first.
        names: photo (sha256 or path) to the name that people know it by.
        paths: photo to the file on this disk, for pictures in the report.
        seconds: how long it took.
    """

    source: str
    rules: tuple[str, ...]
    photos: int
    products: int
    findings: tuple[Finding, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    seconds: float = 0.0

    def counts(self) -> dict[str, int]:
        """Return code to number of photos (or of products, where no photo is concerned), the commonest first."""
        concerned = {(finding.code, finding.photo or finding.product_id) for finding in self.findings}
        return dict(Counter(code for code, _ in sorted(concerned)).most_common())

    def at_least(self, severity: Severity) -> list[Finding]:
        """Return the findings of this severity and of graver ones."""
        wanted = _GRAVITY[: _GRAVITY.index(severity) + 1]
        return [finding for finding in self.findings if finding.severity in wanted]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: the counts, and every finding with the photo's name."""
        return {
            "source": self.source,
            "rules": list(self.rules),
            "photos": self.photos,
            "products": self.products,
            "seconds": round(self.seconds, 2),
            "counts": self.counts(),
            "findings": [{**asdict(finding), "name": self.names.get(finding.photo, "")} for finding in self.findings],
        }

    def to_csv(self) -> str:
        """Return a table for spreadsheets, one finding a row; no cell can be taken for a formula."""
        rows = []
        for finding in self.findings:
            row = {column: getattr(finding, column, None) for column in _COLUMNS}
            row["name"] = self.names.get(finding.photo, "")
            for record in (finding.detail, finding.box):
                row.update(asdict(record) if record else {})
            rows.append(row)
        return csv_table(_COLUMNS, rows)
