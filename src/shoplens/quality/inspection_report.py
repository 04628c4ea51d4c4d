"""The outcome of an inspection, as records, JSON and CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from shoplens.catalog.fixes import FixedPhoto
from shoplens.catalog.issue import Issue
from shoplens.errors import UnknownName
from shoplens.records import Finding, Severity
from shoplens.spreadsheet import csv_table

_GRAVITY = ("error", "warning", "info")
_COLUMNS = (
    "id", "state", "code", "severity", "channels", "attribute", "product_id", "category", "photo", "name",
    "description", "measured", "threshold", "unit", "x0", "y0", "x1", "y1", "first_seen", "fixed_at", "waived_at",
    "waived_by", "waived_why", "documentation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Readiness:
    """How much of a shop may be listed by the rules of one pack.

    Attributes:
        title: the pack's.
        ready: products (outside a shop: photos) without an open error.
        total: of how many.
    """

    title: str
    ready: int
    total: int

    @property
    def share(self) -> float:
        """`ready` of `total`, 0 to 1; 1 where there is nothing."""
        return self.ready / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a row of a feed is no product, so that nothing of it was inspected; as the import's report says it.

    Attributes:
        row: line or item as a person counts it.
        product_id: "" where the row has none.
        field: what is at fault.
        code: stable name.
        message: for people, with the value received.
    """

    row: int
    product_id: str
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class InspectionReport:
    """What was inspected and what was found.

    Attributes:
        source: what was inspected, for the heading.
        rules: titles of the rule packs.
        photos: how many photos were judged, the unreadable ones included.
        products: how many products; 0 for files outside products.
        findings: one per problem and product, the gravest first; without those that were waived.
        names: product ("" for files outside products) and photo (sha256 or path) to the name that people know it by:
            the path in the folder, or the path or URL in the product's row of the feed.
        paths: photo to the file on this disk, for pictures in the report.
        seconds: how long it took.
        channels: names of the rule packs to their titles.
        looked: how many of the photos had to be looked at; the others had not changed.
        issues: everything found, by its id in the shop's ledger, with its history; empty outside a shop.
        fixed: the issues that are gone, the newest first, 200 at most; the ledger has all.
        mended: the photos that a fix stands in for.
        categories: product to category.
        rejected: how many rows of the feed are no products.
        rejections: why; a row may have several reasons.
    """

    source: str
    rules: tuple[str, ...]
    photos: int
    products: int
    findings: tuple[Finding, ...]
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)
    seconds: float = 0.0
    channels: Mapping[str, str] = field(default_factory=dict)
    looked: int = 0
    issues: Mapping[str, Issue] = field(default_factory=dict)
    fixed: tuple[Issue, ...] = ()
    mended: tuple[FixedPhoto, ...] = ()
    categories: Mapping[str, str] = field(default_factory=dict)
    rejected: int = 0
    rejections: tuple[Rejection, ...] = ()

    @property
    def waived(self) -> tuple[Issue, ...]:
        """What is still there and was accepted."""
        return tuple(issue for issue in self.issues.values() if issue.state == "waived")

    def name(self, finding: Finding) -> str:
        """Return the name that people know the finding's photo by, "" where none is known."""
        return self.names.get((finding.product_id, finding.photo), "")

    def counts(self) -> dict[str, int]:
        """Return code to number of photos (or of products, where no photo is concerned), the commonest first."""
        concerned = {(finding.code, finding.photo or finding.product_id) for finding in self.findings}
        return dict(Counter(code for code, _ in sorted(concerned)).most_common())

    def at_least(self, severity: Severity) -> list[Finding]:
        """Return the findings of this severity and of graver ones.

        Raises:
            UnknownName: there is no such severity.
        """
        if severity not in _GRAVITY:
            raise UnknownName("severity", severity, _GRAVITY)
        wanted = _GRAVITY[: _GRAVITY.index(severity) + 1]
        return [finding for finding in self.findings if finding.severity in wanted]

    def ready(self) -> dict[str, Readiness]:
        """Return for each rule pack how many products (outside a shop: photos) have no error by its rules."""
        total = self.products or self.photos
        found = {}
        for name, title in self.channels.items():
            blocked = {
                finding.product_id if self.products else finding.photo
                for finding in self.findings
                if (name, "error") in finding.channels
            }
            found[name] = Readiness(title, total - len(blocked), total)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON: the counts, and every finding with the photo's name and its history."""
        return {
            "source": self.source,
            "rules": list(self.rules),
            "photos": self.photos,
            "looked_at": self.looked,
            "products": self.products,
            "rejected": self.rejected,
            "rejections": [asdict(rejection) for rejection in self.rejections],
            "seconds": round(self.seconds, 2),
            "ready": {name: {**asdict(ready), "share": round(ready.share, 4)} for name, ready in self.ready().items()},
            "counts": self.counts(),
            "findings": [self._finding(finding) for finding in self.findings],
            "waived": [issue_dict(issue) for issue in self.waived],
            "fixed": [issue_dict(issue) for issue in self.fixed],
            "mended": [asdict(fix) for fix in self.mended],
        }

    def _finding(self, finding: Finding) -> dict[str, Any]:
        issue = self.issues.get(finding.id)
        since = {"first_seen": issue.first_seen} if issue else {}
        return {**asdict(finding), "channels": dict(finding.channels), "name": self.name(finding), **since}

    def to_csv(self) -> str:
        """Return a table for spreadsheets, one finding a row; no cell can be taken for a formula.

        Then come the waived ones, the fixed ones and the rejected rows of the feed.
        """
        rows = [self._row(self.issues.get(finding.id), finding) for finding in self.findings]
        rows += [self._row(issue, issue.finding) for issue in (*self.waived, *self.fixed)]
        rows += [_rejected_row(rejection) for rejection in self.rejections]
        return csv_table(_COLUMNS, rows)

    def _row(self, issue: Issue | None, finding: Finding) -> dict[str, object]:
        row = {column: getattr(finding, column, getattr(issue, column, None)) for column in _COLUMNS}
        row["channels"] = ", ".join(f"{name} ({severity})" for name, severity in finding.channels)
        row["category"] = self.categories.get(finding.product_id, "")
        row["name"] = self.name(finding)
        for record in (finding.detail, finding.box):
            row.update(asdict(record) if record else {})
        return row


def _rejected_row(rejection: Rejection) -> dict[str, object]:
    return {
        "state": "rejected",
        "code": rejection.code,
        "severity": "error",
        "attribute": rejection.field,
        "product_id": rejection.product_id,
        "name": f"row {rejection.row}",
        "description": rejection.message,
    }


def issue_dict(issue: Issue) -> dict[str, Any]:
    """Return an issue as JSON shows it: the finding, and its history beside it."""
    history = {name: value for name, value in asdict(issue).items() if name != "finding"}
    return {**asdict(issue.finding), "channels": dict(issue.finding.channels), **history}
