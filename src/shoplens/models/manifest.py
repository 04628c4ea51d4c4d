"""A table of photos: path, label, and where there is one, split and groups."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from shoplens.errors import BadInput, UnknownName
from shoplens.models.decoded_copies import Quarantined
from shoplens.models.photo_list import LabelledPhoto, PhotoList
from shoplens.models.split import FREE, TEST, TRAIN, VALIDATION

SUFFIXES = (".csv", ".tsv", ".txt")

_PATH = ("path", "image", "imagepath", "file", "filename", "filepath", "photo", "photopath", "img", "picture", "图片")
_LABEL = ("label", "class", "classname", "category", "target", "categorypath", "标签", "类别")
_SPLIT = ("split", "subset", "set", "side", "partition", "fold")
_GROUP = ("group", "groupid", "product", "productid", "sku", "itemgroupid", "listing", "sender", "senderid", "user",
          "neardupgroup", "nearduplicategroup", "duplicategroup")  # fmt: skip

_SIDES = {
    "": FREE,
    "train": TRAIN,
    "training": TRAIN,
    "val": VALIDATION,
    "valid": VALIDATION,
    "validation": VALIDATION,
    "dev": VALIDATION,
    "test": TEST,
    "testing": TEST,
    "holdout": TEST,
}
_GROUPED = "group by "
_MAX_BYTES = 256 * 1024 * 1024
_MOST_CHOICES = 20


def read_manifest(path: Path, split: str | None = None) -> PhotoList:
    """Return the photos of a CSV, TSV or semicolon-separated table with a header.

    Columns are found by their usual names, whatever their case, blanks and underscores: a path (`path`, `image`,
    `filename`, ...), a label (`label`, `class`, `category`, ...), a split (`split`, `subset`, ...: train, validation,
    test, or empty for any) and any number of groups (`group`, `product`, `sender`, ...), whose photos stay on one side.
    Where no row names validation or none names test, that side is dealt out of the rows of train. Paths start from the
    manifest's folder.

    A row that cannot be used is quarantined with its number, counted as an editor counts lines of one-line rows: the
    header is row 1.

    Args:
        path: of the table.
        split: None to put photos on the sides that their rows name. A text takes only the rows of that split, whatever
            it is called, and "" takes all; their sides are then `FREE`.

    Raises:
        BadInput: the file is missing, too large, no table, or lacks a column that is needed.
        UnknownName: its rows name splits, but not this one.
    """
    header, rows = _table(path)
    columns = _columns(path, header, ("path", "label", "split") if split else ("path", "label"))
    if split:
        rows = _of_split(rows, columns, split)
    photos: list[LabelledPhoto] = []
    quarantined: list[Quarantined] = []
    seen: dict[Path, int] = {}
    for number, row in rows:
        found = _photo(path.parent, columns, row, number, sides=split is None)
        if isinstance(found, LabelledPhoto) and found.path in seen:
            reason = f"Row {number}: the photo was listed in row {seen[found.path]} already."
            found = Quarantined(str(found.path), "listed_twice", reason)
        if isinstance(found, Quarantined):
            quarantined.append(found)
        else:
            seen[found.path] = number
            photos.append(found)
    known = {place for places in columns.values() for place in places}
    ignored = tuple(name for place, name in enumerate(header) if place not in known)
    return PhotoList(path, _dealt(photos), tuple(quarantined), ignored)


def _table(path: Path) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """Return the header and the numbered rows that are not empty."""
    if not path.is_file():
        raise BadInput("There is no such manifest.", received=path, remedy="Give a CSV file with path and label.")
    if path.stat().st_size > _MAX_BYTES:
        raise BadInput("The manifest is larger than 256 MiB.", received=path, remedy="Split it.")
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("The manifest is no UTF-8 text.", received=path, remedy="Save it as UTF-8.") from error
    first = text.partition("\n")[0]
    separator = max("\t;,", key=first.count)
    lines = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    try:
        table = list(lines)
    except csv.Error as error:
        raise BadInput("The manifest is no table.", received=f"{path}, row {lines.line_num}: {error}") from error
    numbered = [(number, row) for number, row in enumerate(table, start=1) if any(cell.strip() for cell in row)]
    if not numbered:
        raise BadInput("The manifest is empty.", received=path, remedy="Its first row names the columns.")
    return [cell.strip() for cell in numbered[0][1]], iter(numbered[1:])


def _columns(path: Path, header: list[str], needed: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of each kind of column; of paths, labels and splits the one whose name comes first counts."""
    plain = [re.sub(r"\(.*?\)|[\s_\-.]+", "", name.lower()) for name in header]
    columns: dict[str, list[int]] = {}
    for kind, names in (("path", _PATH), ("label", _LABEL), ("split", _SPLIT)):
        columns[kind] = [plain.index(name) for name in names if name in plain][:1]
    for kind in needed:
        if not columns[kind]:
            raise BadInput(
                f"The manifest has no column of {kind}s.",
                received=f"{path}: {', '.join(header)}",
                remedy=f"Name one of its columns '{kind}'.",
            )
    groups = {f"{_GROUPED}{header[place]}": [place] for place, name in enumerate(plain) if name in _GROUP}
    return {**columns, **groups}


def _cell(columns: dict[str, list[int]], kind: str, row: list[str]) -> str:
    places = columns[kind]
    return row[places[0]].strip() if places and places[0] < len(row) else ""


def _of_split(
    rows: Iterable[tuple[int, list[str]]], columns: dict[str, list[int]], split: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a split; "val" and "validation" are one."""
    wished, others, count = _meaning(split), set(), 0
    for number, row in rows:
        said = _cell(columns, "split", row)
        if _meaning(said) == wished:
            count += 1
            yield number, row
        elif said:
            others.add(said)
    if others and not count:
        raise UnknownName("split in the manifest", split, sorted(others)[:_MOST_CHOICES])


def _meaning(split: str) -> int | str:
    plain = split.strip().lower()
    return _SIDES.get(plain, plain)


def _photo(
    folder: Path, columns: dict[str, list[int]], row: list[str], number: int, *, sides: bool
) -> LabelledPhoto | Quarantined:
    def cell(kind: str) -> str:
        return _cell(columns, kind, row)

    where, label, split = cell("path"), cell("label"), cell("split").lower() if sides else ""
    if not where or "\0" in where:
        return Quarantined("", "no_path", f"Row {number} has no path.")
    try:
        path = (folder / where).resolve()
    except (OSError, RuntimeError) as error:  # a ring of links, for which Python has both
        return Quarantined(where, "no_path", f"Row {number}: the path leads nowhere: {error}.")
    if not label:
        return Quarantined(str(path), "no_class", f"Row {number} has no label.")
    if split not in _SIDES:
        known = "train, validation, test or nothing"
        return Quarantined(str(path), "unknown_split", f"Row {number}: the split is '{split}', not {known}.")
    grouped = [kind for kind in columns if kind.startswith(_GROUPED) and cell(kind)]
    groups = tuple(f"{kind.removeprefix(_GROUPED)}:{cell(kind)}" for kind in grouped)
    return LabelledPhoto(path, label, _SIDES[split], groups)


def _dealt(photos: list[LabelledPhoto]) -> tuple[LabelledPhoto, ...]:
    """Free the rows of train where a side that they leave room for is not named by any row."""
    named = {photo.side for photo in photos}
    if {VALIDATION, TEST} <= named:
        return tuple(photos)
    return tuple(replace(photo, side=FREE) if photo.side == TRAIN else photo for photo in photos)
