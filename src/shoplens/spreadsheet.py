"""Tables that a spreadsheet opens without running anything in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

_SIGNS = ("=", "+", "-", "@", "\0", "＝", "＋", "－", "＠")
"""First characters, after any blanks, that make a spreadsheet run a cell (OWASP, "CSV Injection")."""

_BLANKS = ("\t", "\r")
"""First characters that do so whatever follows."""


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return CSV with a head row; a text that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        columns: names in order; a row's other entries are left out.
        rows: None and what is missing become empty cells.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def safe_cell(value: object) -> object:
    """Return what to write into a cell, so that no spreadsheet takes it for a formula; `read_cell` is the way back."""
    if isinstance(value, str) and _guarded(value):
        return "'" + value
    return "" if value is None else value


def read_cell(text: str) -> str:
    """Return the text for which `safe_cell` gave this one."""
    return text[1:] if text.startswith("'") and _guarded(text) else text


def _guarded(text: str) -> bool:
    """Tell whether a text is a formula, or would be without the apostrophes before it, which must come back, too."""
    bare = text.lstrip("'")
    return bare.startswith(_BLANKS) or bare.lstrip().startswith(_SIGNS)
