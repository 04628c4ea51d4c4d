"""The import of what was imported last: told by its fingerprint, done by looking at the photos alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoplens.catalog.store import Catalog
from shoplens.feeds.photo_work import PhotoWork
from shoplens.feeds.report import Report
from shoplens.feeds.tally import Tally

_AT_ONCE = 4096


def find_repeated(catalog: Catalog, fingerprint: str) -> dict[str, Any] | None:
    """Return the summary of the newest import, if it was complete, read the same, and its report is still there."""
    newest = catalog.imports(limit=1)
    if not (fingerprint and newest and newest[0].fingerprint == fingerprint and newest[0].summary):
        return None
    summary: dict[str, Any] = json.loads(newest[0].summary)
    return summary if "error" not in summary and Path(summary["report"]).is_file() else None


def repeat_import(catalog: Catalog, summary: Mapping[str, Any], work: PhotoWork, tally: Tally, report: Report) -> bool:
    """Count and list what that import did, now with nothing left to do; or say that some photo has changed since."""
    if not _photos_unchanged(catalog, work):
        return False
    tally.repeat(summary)
    report.repeat(Path(summary["report"]))
    return True


def _photos_unchanged(catalog: Catalog, work: PhotoWork) -> bool:
    references = catalog.references()
    if any(state.location.startswith(("http:", "https:")) for state in references.values()):
        return False  # they have to be asked for, and then the rows cost little
    names = list(references)
    return all(
        resolved.as_before and resolved.status != "embedded"
        for start in range(0, len(names), _AT_ONCE)
        for resolved in work.resolve(names[start : start + _AT_ONCE]).references.values()
    )
