"""The photos that a model is judged by, with the label of each: class folders or a CSV manifest."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shoplens.errors import BadInput
from shoplens.models.decoded_copies import Quarantined

_SEPARATOR = " > "
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "path": ("path", "photo", "image", "file", "filename"),
    "label": ("label", "class", "category"),
    "split": ("split", "side"),
    "group": ("group", "product", "sender"),
}
_MAX_CELL = 10_000


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A file and what it shows; `group` tells which photos belong together, "" where nothing says so."""

    path: Path
    label: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class LabelledPhotos:
    """Files that exist with their labels; none has been decoded yet.

    Attributes:
        source: the folder or the manifest.
        photos: in order.
        quarantined: files or rows that cannot be used, each with its reason.
    """

    source: Path
    photos: tuple[LabelledPhoto, ...]
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def read(cls, source: Path, *, split: str = "") -> LabelledPhotos:
        """Read class folders, or a CSV manifest with a row for each photo.

        In class folders every sub-folder is a class, nested ones by their path ("Shoes > Boots"); hidden files are
        passed over. A manifest has the columns path and label, and perhaps split and group; paths start at its own
        folder and must not leave it. Names that such files usually have instead are known too (image, category, ...).

        Args:
            source: a folder, or a file whose name ends in .csv.
            split: take only the manifest's rows of this split, such as "test".

        Raises:
            BadInput: the source does not exist, is no table of that kind, or holds no labelled photo.
        """
        if source.is_dir():
            if split:
                raise BadInput(
                    "Class folders have no splits.",
                    received=split,
                    remedy="Give the folder of that part, or a CSV manifest with a column 'split'.",
                )
            rows = list(_of_folder(source))
        elif source.is_file():
            rows = list(_of_manifest(source, split))
        else:
            raise BadInput(
                "There is no such folder or manifest.",
                received=source,
                remedy="Give a folder with one folder for each class, or a CSV file with the columns path and label.",
            )
        photos = tuple(row for row in rows if isinstance(row, LabelledPhoto))
        bad = tuple(row for row in rows if isinstance(row, Quarantined))
        if not photos:
            raise BadInput(
                "There is no labelled photo.",
                received=f"{source}: {len(bad)} files or rows without use",
                remedy="Put photos into a folder for each class, or name them in a CSV file with path and label.",
            )
        return cls(source, photos, bad)


def _of_folder(source: Path) -> Iterator[LabelledPhoto | Quarantined]:
    root = source.resolve()
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if not path.is_file() or any(part.startswith(".") for part in parts):
            continue
        if len(parts) == 1:
            yield Quarantined(str(path), "no_class", "The file lies outside the class folders.")
        else:
            yield LabelledPhoto(path, _SEPARATOR.join(parts[:-1]))


def _of_manifest(source: Path, split: str) -> Iterator[LabelledPhoto | Quarantined]:
    root = source.resolve().parent
    try:
        # utf-8-sig: spreadsheets put a mark before the first column's name
        with source.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = _columns(source, reader.fieldnames or [], split)
            for row in reader:
                cells = {name: (row.get(column) or "").strip()[:_MAX_CELL] for name, column in columns.items()}
                if split and cells["split"].casefold() != split.casefold():
                    continue
                yield _row(root, cells, reader.line_num)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(
            f"The manifest cannot be read: {error}.", received=source, remedy="Save it as CSV in UTF-8."
        ) from error


def _columns(source: Path, names: Sequence[str], split: str) -> dict[str, str]:
    """Return for each thing that a manifest may tell the column that tells it."""
    plain = {name.strip().casefold(): name for name in reversed(names) if name}
    found = {}
    for what, spellings in _COLUMNS.items():
        column = next((plain[spelling] for spelling in spellings if spelling in plain), None)
        if column is not None:
            found[what] = column
    needed = {"path", "label"} | ({"split"} if split else set())
    if missing := sorted(needed - found.keys()):
        raise BadInput(
            f"The manifest has no column for: {', '.join(missing)}.",
            received=f"{source}: {', '.join(names)}",
            remedy="Name the columns path, label and, where there are any, split and group.",
        )
    return found


def _row(root: Path, cells: Mapping[str, str], line: int) -> LabelledPhoto | Quarantined:
    name = cells["path"]
    if not name or "\0" in name:
        return Quarantined(f"line {line}", "no_path", "The row names no file.")
    path = root / name
    if not path.resolve().is_relative_to(root):
        return Quarantined(name, "outside", "The path leaves the manifest's folder.")
    if not cells["label"]:
        return Quarantined(str(path), "no_class", "The row has no label.")
    return LabelledPhoto(path, cells["label"], cells.get("group", ""))
