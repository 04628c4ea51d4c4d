"""CSV and TSV files, row by row, with every broken row named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from shoplens.feeds.feed import RowProblem
from shoplens.feeds.record import Record
from shoplens.feeds.text_encoding import mended

DELIMITERS = (",", "\t", ";", "|")
# Each unclosed quote costs reading one row's maximum again; a file full of them is read line by line instead.
_MOST_REREADS = 32


class _RowTooLong(Exception):
    """A line beyond the longest row, or a quote that is not closed within it."""


class _Lines:
    """Hands lines to `csv.reader` and remembers those of the current row, so that they can be read again."""

    def __init__(self, file: TextIO, max_chars: int) -> None:
        self._file = file
        self._max = max_chars
        self._again: list[str] = []
        self._chars = 0
        self.row: list[str] = []
        self.number = 0
        self.ended_inside = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._read()
        if not line:
            self.ended_inside = bool(self.row)
            raise StopIteration
        self.row.append(line)
        self._chars += len(line)
        if self._chars > self._max:
            raise _RowTooLong
        return line

    def start_row(self) -> None:
        self.number += len(self.row)
        self.row, self._chars, self.ended_inside = [], 0, False

    def give_back_all_but_first(self) -> None:
        self._again.extend(reversed(self.row[1:]))
        del self.row[1:]

    def _read(self) -> str:
        line = self._file.readline(self._max + 1)
        rest = line
        while len(rest) > self._max and not rest.endswith(("\n", "\r")):
            rest = self._file.readline(self._max + 1)
        return line


def sniff_delimiter(sample: str) -> str:
    """Return the delimiter that cuts the first rows of `sample` into the most columns, alike in number."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in islice(csv.reader(sample.splitlines(True), delimiter=delimiter), 20) if row]
        # the sample may end inside its last row
        widths = widths[:-1] if len(widths) > 2 else widths
        if not widths or widths[0] < 2:
            return 0.0, 0
        return round(sum(width == widths[0] for width in widths) / len(widths), 1), widths[0]

    return max(DELIMITERS, key=fit)


def read_delimited(file: TextIO, delimiter: str, max_row_chars: int) -> Iterator[Record]:
    """Yield the rows below the header, broken ones marked.

    A row with another number of values than the header is broken: a lost or added delimiter has shifted its values, or
    the file was cut. A quote that is never closed breaks only the row that it stands in. A row's number is the line
    that it starts on. Columns of the same name are read together.

    Args:
        file: opened with `newline=""` and `errors="surrogateescape"`.
        delimiter: one character.
        max_row_chars: a longer row is rejected.
    """
    rows = _rows(file, delimiter, max_row_chars)
    columns = _header(rows)
    for number, row, problem in rows:
        if problem is None and (len(row) < len(columns) or any(value.strip() for value in row[len(columns) :])):
            text = f"The row has {len(row)} values, the header {len(columns)} columns. Received: {_start(row)}"
            problem = RowProblem("columns_wrong", "", text)
        if problem is not None:
            yield Record(number, {}, (problem,), broken=True)
        else:
            yield _record(number, columns, row)


def read_header(file: TextIO, delimiter: str, max_row_chars: int) -> tuple[str, ...]:
    """Return the names in the first row that is not blank; a name may occur twice."""
    return tuple(_header(_rows(file, delimiter, max_row_chars)))


def _header(rows: Iterator[tuple[int, list[str], RowProblem | None]]) -> list[str]:
    _, header, _ = next(rows, (0, [], None))
    return [mended(name)[0].strip().lstrip("\ufeff") for name in header]


def _start(row: list[str]) -> str:
    return repr(mended(" | ".join(row))[0][:80])


def _record(number: int, columns: list[str], row: list[str]) -> Record:
    values: dict[str, tuple[str, ...]] = {}
    damaged: list[RowProblem] = []
    for column, raw in zip(columns, row, strict=False):
        value, bad = mended(raw)
        if bad:
            text = f"Bytes that the file's encoding does not have. Received: {value[:80]!r}"
            damaged.append(RowProblem("bytes_undecodable", column, text))
        if value:
            values[column] = (*values.get(column, ()), value)
    return Record(number, values, tuple(damaged))


def _rows(file: TextIO, delimiter: str, max_chars: int) -> Iterator[tuple[int, list[str], RowProblem | None]]:
    """Yield the line number, the values, and what is wrong of each row that is not blank."""
    lines = _Lines(file, max_chars)
    # The limit is the process's own; it is only ever raised, and `_Lines` keeps the stricter one.
    csv.field_size_limit(max(csv.field_size_limit(), max_chars + 1))
    reader, rereads = csv.reader(lines, delimiter=delimiter), 0
    while True:
        lines.start_row()
        row: list[str] = []
        reason = ""
        try:
            row = next(reader)
        except StopIteration:
            return
        except _RowTooLong:
            reason = "too long"
        except csv.Error as error:
            reason = str(error)
        if lines.ended_inside:
            reason = "unclosed"
        problem = _problem(lines.row[0], reason, max_chars) if reason else None
        if problem:
            lines.give_back_all_but_first()
            rereads += 1
            if rereads < _MOST_REREADS:
                reader = csv.reader(lines, delimiter=delimiter)
            else:
                reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        if row or problem:
            yield lines.number + 1, row, problem


def _problem(first_line: str, reason: str, max_chars: int) -> RowProblem:
    received = f"Received: {mended(first_line)[0].strip()[:80]!r}"
    if len(first_line) > max_chars:
        return RowProblem("row_too_large", "", f"The row is longer than {max_chars} characters. {received}")
    if reason in ("too long", "unclosed"):
        return RowProblem("quote_unclosed", "", f"A quote is opened and not closed. {received}")
    return RowProblem("row_malformed", "", f"The row is no CSV ({reason}). {received}")
