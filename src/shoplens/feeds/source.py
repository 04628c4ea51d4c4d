"""A feed as a file: its encoding, its shape, its rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal, TextIO

from shoplens.errors import FeedError
from shoplens.feeds.delimited import read_delimited, read_header, sniff_delimiter
from shoplens.feeds.feed import Head
from shoplens.feeds.feed_limits import FeedLimits
from shoplens.feeds.json_items import Item, json_record, read_json_lines, read_json_objects
from shoplens.feeds.record import Record
from shoplens.feeds.text_encoding import mended, sniff_encoding
from shoplens.feeds.xml_items import XmlItem, read_xml_items, xml_record

Shape = Literal["delimited", "json lines", "json", "xml"]
_SNIFFED_BYTES = 1 << 18
_SAMPLE_CHARS = 1 << 16
_SHOWN_ITEMS = 20
_NOT_TEXT = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook", "Unpack it, or save the sheet as CSV (UTF-8)."),
    (b"\x1f\x8b", "compressed with gzip", "Unpack it first."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "Save the sheet as CSV (UTF-8)."),
    (b"%PDF", "a PDF", "Export the catalogue as CSV."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\xff\xd8\xff", "a photo", "Give the folder that it lies in."),
    (b"\x89PNG", "a photo", "Give the folder that it lies in."),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A text file of rows or items, whatever their meaning; `Source.open` finds out the rest.

    Attributes:
        path: the file.
        shape: how its rows are written.
        encoding: Python's name of the codec.
        delimiter: of a delimited file, else "".
        columns: the header, or the names that the first items have.
        sample: the beginning as text.
        limits: caps on size.
    """

    path: Path
    shape: Shape
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    sample: str
    limits: FeedLimits

    @classmethod
    def open(cls, path: Path, limits: FeedLimits | None = None) -> Source:
        """Look at the beginning of `path`.

        Raises:
            FeedError: no file, empty, too large, or no text.
        """
        limits = limits or FeedLimits()
        start = _start(path, limits)
        encoding = sniff_encoding(start)
        sample = mended(start.decode(encoding, "surrogateescape" if "utf-16" not in encoding else "replace"))[0]
        sample = sample[:_SAMPLE_CHARS].lstrip("\ufeff")
        shape = _shape(path, sample)
        delimiter = sniff_delimiter(sample) if shape == "delimited" else ""
        source = cls(path, shape, encoding, delimiter, (), sample, limits)
        return cls(path, shape, encoding, delimiter, source._first_columns(), sample, limits)

    @property
    def head(self) -> Head:
        """What detection and mapping need."""
        return Head(self.path, self.columns, self.sample)

    @property
    def open_ended(self) -> bool:
        """Whether later items may have columns that the first ones lack."""
        return self.shape != "delimited"

    def records(self) -> Iterator[Record]:
        """Yield every row or item, broken ones marked, in constant memory.

        Raises:
            FeedError: the file cannot be read.
        """
        if self.shape == "xml":
            yield from map(xml_record, self.xml_items())
        elif self.shape == "delimited":
            with self._text() as file:
                yield from read_delimited(file, self.delimiter, self.limits.max_row_chars)
        else:
            yield from map(json_record, self.json_items())

    def json_items(self) -> Iterator[Item]:
        """Yield the objects of a JSON source as they are."""
        with self._text() as file:
            if self.shape == "json lines":
                yield from read_json_lines(file, self.limits.max_row_chars)
            else:
                depth = 0 if self.sample.lstrip().startswith("[") else 1
                yield from read_json_objects(file, self.limits.max_row_chars, depth)

    def xml_items(self) -> Iterator[XmlItem]:
        """Yield the elements of an XML source as they are."""
        with self._text() as file:
            yield from read_xml_items(file, self.limits.max_row_chars)

    @contextmanager
    def _text(self) -> Iterator[TextIO]:
        errors = "replace" if "utf-16" in self.encoding or "utf-32" in self.encoding else "surrogateescape"
        try:
            with self.path.open(encoding=self.encoding, errors=errors, newline="") as file:
                yield file
        except OSError as error:
            raise FeedError(f"The file cannot be read: {error.strerror}.", received=self.path) from error

    def _first_columns(self) -> tuple[str, ...]:
        if self.shape == "delimited":
            with self._text() as file:
                return tuple(filter(None, read_header(file, self.delimiter, self.limits.max_row_chars)))
        names: dict[str, None] = {}
        for record in islice(self.records(), _SHOWN_ITEMS):
            names.update(dict.fromkeys(record.values))
        return tuple(names)


def _start(path: Path, limits: FeedLimits) -> bytes:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(_SNIFFED_BYTES)
    except OSError as error:
        raise FeedError(
            f"The file cannot be read: {error.strerror}.", received=path, remedy="Check the path."
        ) from error
    if size > limits.max_bytes:
        raise FeedError(
            f"The file is larger than {limits.max_bytes} bytes.", received=f"{path}, {size} bytes", remedy="Split it."
        )
    if not start.strip():
        raise FeedError("The file is empty.", received=path, remedy="Export the catalogue again.")
    for mark, what, remedy in _NOT_TEXT:
        if start.startswith(mark):
            raise FeedError(f"The file is {what}, no text.", received=path, remedy=remedy)
    return start


def _shape(path: Path, sample: str) -> Shape:
    text, suffix = sample.lstrip(), path.suffix.lower()
    if text.startswith("<"):
        return "xml"
    if suffix in (".jsonl", ".ndjson"):
        return "json lines"
    if text.startswith("[") and text[1:].lstrip()[:1] in ("{", "]"):
        return "json"
    if text.startswith("{"):
        first, _, rest = text.partition("\n")
        return "json lines" if _is_object(first) and (suffix != ".json" or rest.lstrip().startswith("{")) else "json"
    return "delimited"


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
