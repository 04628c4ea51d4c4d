"""Folders of photos, flat or one folder per class."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from shoplens.errors import FeedError
from shoplens.feeds.feed import FeedRow, Head, RowProblem
from shoplens.feeds.field_map import FieldMap
from shoplens.feeds.photo_names import is_photo_name, title_of
from shoplens.feeds.record import Record

COLUMNS: Final = ("path", "name", "folder")
_MAPPING = {"id": "path", "title": "name", "category": "folder", "photos": "path"}
# Litter of file managers, no business of the merchant.
_LITTER = frozenset({"thumbs.db", "desktop.ini"})
_DEEPEST = 40


class FolderFeed:
    """Every photo is a product: its path is the id, its file name the title, its folders the category.

    `shirts/kids/red_tee.jpg` is "red tee" in "shirts > kids". Hidden files are passed over, symbolic links refused.
    """

    name: Final = "folder"

    def confidence(self, head: Head) -> float:
        """A folder is a folder; nothing else is."""
        return 1.0 if head.path.is_dir() else 0.0

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the fields by what a path is made of: `path`, `name`, `folder`."""
        return dict(_MAPPING)

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield a row for every file, in the order of their names; see `Feed.read`.

        Raises:
            FeedError: `path` is no folder that can be listed.
        """
        if not path.is_dir():
            raise FeedError("This is no folder.", received=path, remedy="Give the folder that holds the photos.")
        return _rows(path, FieldMap(_MAPPING, mapping, COLUMNS))


def _rows(root: Path, fields: FieldMap) -> Iterator[FeedRow]:
    for number, entry in enumerate(_files(root, 0), start=1):
        relative = Path(entry.path).relative_to(root)
        reference = relative.as_posix()
        problem = _problem(entry, reference)
        if problem:
            yield FeedRow(number, None, (problem,))
            continue
        values = {"path": (reference,), "name": (title_of(reference),), "folder": (" > ".join(relative.parts[:-1]),)}
        draft = fields.draft(Record(number, values))
        # a file's name is taken whole, whatever it holds
        draft.photos = [reference] if fields.fields.get("photos") == "path" else draft.photos
        yield draft.finish(limits=False)


def _files(folder: Path, depth: int) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise FeedError(f"The folder cannot be listed: {error.strerror}.", received=folder) from error
    for entry in found:
        if entry.name.startswith(".") or entry.name.casefold() in _LITTER:
            continue
        if entry.is_dir(follow_symlinks=False) and depth < _DEEPEST:
            yield from _files(Path(entry.path), depth + 1)
        else:
            yield entry


def _problem(entry: os.DirEntry[str], reference: str) -> RowProblem | None:
    shown = ascii(reference)[:120]
    if entry.is_symlink():
        return RowProblem("photo_forbidden", "photos", f"Symbolic links are not followed. Received: {shown}")
    if not entry.is_file(follow_symlinks=False):
        return RowProblem("not_a_photo", "photos", f"This is no regular file, or too deep. Received: {shown}")
    if not reference.isprintable() or any("\ud800" <= sign <= "\udfff" for sign in reference):
        return RowProblem(
            "name_undecodable", "id", f"The file's name is no printable Unicode; rename it. Received: {shown}"
        )
    if not is_photo_name(entry.name):
        return RowProblem("not_a_photo", "photos", f"The file's suffix is not one of a photo. Received: {shown}")
    return None
