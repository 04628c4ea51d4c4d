"""The report file of an import: every row that is not as it was, and every problem, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from shoplens.errors import StoreError
from shoplens.feeds.summary import ImportSummary, Problem, RowStatus
from shoplens.spreadsheet import safe_cell

COLUMNS = ("row", "status", "product", "field", "photo", "code", "message")


class Report:
    """`import-<number>.csv` while the import runs, and `import-<number>.json` at its end.

    Rows that are unchanged and have no problem are not listed. A context manager.

    Raises:
        StoreError: the file cannot be written.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.path = folder / f"import-{number}.csv"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Excel takes a CSV for UTF-8 only with the mark at its beginning.
            self._file = self.path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="")
        except OSError as error:
            raise _unwritable(error, self.path) from error
        self._rows = csv.writer(self._file)
        self._rows.writerow(COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
        except OSError as failure:
            # Of two errors the first one helps.
            if error is None:
                raise _unwritable(failure, self.path) from failure

    def write(self, row: int, status: RowStatus | str, product_id: str, problems: Iterable[Problem]) -> None:
        """List a row with its problems, one line for each, or one line where it has none."""
        begin = [str(row) if row else "", status, product_id]
        try:
            lines = [[*begin, p.field, p.reference, p.code, p.message] for p in problems]
            if lines or status != "unchanged":
                self._rows.writerows(map(safe_cell, line) for line in lines or [[*begin, "", "", "", ""]])
        except OSError as error:
            raise _unwritable(error, self.path) from error

    def repeat(self, before: Path) -> None:
        """List the problems of the report of an import that read the same; its rows are unchanged now."""
        try:
            with before.open(encoding="utf-8-sig", newline="") as file:
                for line in csv.DictReader(file):
                    if line["code"]:
                        status = line["status"] if line["status"] in ("rejected", "kept") else "unchanged"
                        self._rows.writerow({**line, "status": status}.values())
        except OSError as error:
            raise _unwritable(error, self.path) from error

    def finish(self, summary: ImportSummary) -> None:
        """Write the summary as JSON."""
        path = self.path.with_suffix(".json")
        try:
            self._file.flush()
            text = json.dumps(summary.to_dict(), ensure_ascii=False, indent=1)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise _unwritable(error, path) from error


def _unwritable(error: OSError, path: Path) -> StoreError:
    return StoreError(
        f"The report of the import cannot be written: {error.strerror}.",
        received=path,
        remedy="Free some space or mend the permissions; what was imported is safe, and a repeat goes on from there.",
    )
