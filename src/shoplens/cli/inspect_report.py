"""Writes the report of an inspection in the form that its file's ending names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoplens.quality.inspection_report import InspectionReport


def check_suffix(report: Path) -> None:
    """Refuse a file whose ending names no form, before anything is done."""
    from shoplens.errors import BadInput

    if report.suffix.lower() not in {".html", ".json", ".csv"}:
        raise BadInput("A report is a .html, .json or .csv file.", received=report, remedy="Change its ending.")


def write_report(result: InspectionReport, report: Path) -> None:
    """Write the report."""
    import json

    from shoplens.quality.html_report import html_report

    report.parent.mkdir(parents=True, exist_ok=True)
    match report.suffix.lower():
        case ".html":
            report.write_text(html_report(result), encoding="utf-8")
        case ".csv":
            # The mark tells spreadsheets that the text is UTF-8.
            report.write_text(result.to_csv(), encoding="utf-8-sig", newline="")
        case _:
            report.write_text(json.dumps(result.to_dict(), ensure_ascii=False, indent=2), encoding="utf-8")
