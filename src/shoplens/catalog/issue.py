"""An issue: a finding and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shoplens.catalog.findings import from_row
from shoplens.records import Finding

IssueState = Literal["open", "waived", "fixed"]
"""Still there; still there and accepted by someone; gone when it was last looked for."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding and what became of it. Times are ISO 8601 in UTC.

    Attributes:
        finding: as it was last seen.
        state: see `IssueState`.
        first_seen: when an inspection first found it.
        fixed_at: when an inspection first missed it; "" while it is there.
        waived_at: when it was waived; "" where it was not.
        waived_by: who did so.
        waived_why: the reason given.
    """

    finding: Finding
    state: IssueState
    first_seen: str
    fixed_at: str = ""
    waived_at: str = ""
    waived_by: str = ""
    waived_why: str = ""


def issue_of(row: Mapping[Any, Any]) -> Issue:
    """Return the issue of a row of the ledger."""
    state: IssueState = "fixed" if row["fixed_at"] else "waived" if row["waived_at"] else "open"
    history = {n: row[n] for n in ("first_seen", "fixed_at", "waived_at", "waived_by", "waived_why")}
    return Issue(from_row(row), state, **history)
