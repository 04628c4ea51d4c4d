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
    """Write the report; one that was there before stays until the new one is whole."""
    import json

    from shoplens.quality.html_report import html_report
    from shoplens.replace_file import replace_file

    match report.suffix.lower():
        case ".html":
            text, encoding = html_report(result), "utf-8"
        case ".csv":
            # The mark tells spreadsheets that the text is UTF-8.
            text, encoding = result.to_csv(), "utf-8-sig"
        case _:
            text, encoding = json.dumps(result.to_dict(), ensure_ascii=False, indent=2), "utf-8"
    # The name of a folder may be no UTF-8.
    data = text.encode(encoding, "backslashreplace")
    report.parent.mkdir(parents=True, exist_ok=True)
    replace_file(report, data)
