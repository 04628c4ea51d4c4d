"""Takes photos as examples of a category: reads them, leaves repeats out, keeps small copies in the catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shoplens.catalog.rows import category_key
from shoplens.catalog.store import Catalog
from shoplens.catalog.taught import TaughtPhoto
from shoplens.errors import BadInput, PhotoError
from shoplens.models.near_duplicates import near_duplicate_groups
from shoplens.photos.decode import Limits, decode, decode_file
from shoplens.photos.encode import encode
from shoplens.photos.geometry import resize
from shoplens.records import Photo, Pixels

ENOUGH = 3
"""Fewer different photos than this say too little of a category; more are asked for."""

KEPT_SIDE = 320
"""Short side in pixels of the copies that are kept: more than any embedder asks for, about 30 KB each."""

_QUALITY = 92
_COMPARED_SIDE = 64
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Refused:
    """A photo that taught nothing: its name, a stable code and a sentence."""

    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lesson:
    """What teaching came to.

    Attributes:
        category: the path as it is kept: in the shop's own spelling where the shop has the category.
        added: photos that are examples now and were not before.
        repeated: names of those that are, or nearly are, a picture that the category has.
        refused: those that cannot be read.
        photos: how many examples the category has now.
    """

    category: str
    added: int
    repeated: tuple[str, ...]
    refused: tuple[Refused, ...]
    photos: int

    @property
    def enough(self) -> bool:
        """Whether the category has as many examples as it needs to be told well."""
        return self.photos >= ENOUGH


class Teacher:
    """Adds examples to a catalogue.

    Args:
        catalog: keeps them.
        known: categories that the shop or its model names already; a category that differs from one of them in capitals
            and spaces only is taken to be that one.
    """

    def __init__(self, catalog: Catalog, known: Iterable[str] = ()) -> None:
        self._catalog = catalog
        self._known = {category_key(path): path for path in known}

    def teach(self, category: str, photos: Sequence[tuple[str, bytes | Path | Photo]]) -> Lesson:
        """Make the photos examples of the category, beside those that it has.

        What cannot be read is left out and told. Of near-identical pictures the first counts: a second view from the
        same burst says nothing new.

        Args:
            category: path such as "Bags > Backpacks".
            photos: names, for messages, and the photos.

        Raises:
            BadInput: the category is no path, or there is no photo.
            PhotoError: none of the photos can be read.
            StoreError: the catalogue cannot be written.
        """
        path = self.path(category)
        if not photos:
            raise BadInput("A category is taught by photos.", received=category, remedy="Give five or more.")
        read, refused, first = [], [], None
        for name, photo in photos:
            try:
                read.append((name, _decoded(name, photo)))
            except PhotoError as error:
                first = first or error
                refused.append(Refused(name, error.code, str(error)))
        if not read and first is not None:
            raise first
        had = [kept for kept in self._catalog.taught.photos() if kept.category == path]
        new = _different([decode(kept.picture).pixels for kept in had], [photo.pixels for _, photo in read])
        known = {kept.sha256 for kept in had}
        chosen = [read[row][1] for row in new if read[row][1].facts.sha256 not in known]
        self._catalog.taught.add([TaughtPhoto(path, photo.facts.sha256, _copy(photo.pixels)) for photo in chosen])
        repeated = tuple(name for name, photo in read if not any(photo is kept for kept in chosen))
        return Lesson(path, len(chosen), repeated, tuple(refused), len(had) + len(chosen))

    def path(self, category: str) -> str:
        """Return the path as it is kept.

        Raises:
            BadInput: it has an empty level or none at all, or is too long.
        """
        levels = [" ".join(level.split()) for level in category.split(">")]
        if not all(levels) or len(category) > _LONGEST or not category.isprintable():
            raise BadInput(
                "A category is a path of names.",
                received=category,
                remedy='Write for example "Backpacks" or "Bags > Backpacks".',
            )
        path = " > ".join(levels)
        return self._known.get(category_key(path), path)


def _decoded(name: str, photo: bytes | Path | Photo) -> Photo:
    if isinstance(photo, Photo):
        return photo
    if isinstance(photo, bytes):
        return decode(photo, name=name, min_side=KEPT_SIDE, limits=Limits.upload())
    return decode_file(photo, min_side=KEPT_SIDE)


def _different(had: Sequence[Pixels], new: Sequence[Pixels]) -> list[int]:
    """Return the positions of new pictures that are near no picture before them."""
    squares = [resize(pixels, _COMPARED_SIDE, _COMPARED_SIDE) for pixels in (*had, *new)]
    groups = near_duplicate_groups(np.stack(squares))
    _, first = np.unique(groups, return_index=True)
    return [int(row) - len(had) for row in np.sort(first) if row >= len(had)]


def _copy(pixels: Pixels) -> bytes:
    small = resize(pixels, short=KEPT_SIDE) if min(pixels.shape[:2]) > KEPT_SIDE else pixels
    return encode(small, "jpeg", _QUALITY)


def named(
    photos: Iterable[bytes | Path | Photo | tuple[str, bytes]],
) -> list[tuple[str, bytes | Path | Photo]]:
    """Return the photos with names for messages: their own, their path's, or else the beginning of their SHA-256."""
    found: list[tuple[str, bytes | Path | Photo]] = []
    for photo in photos:
        if isinstance(photo, tuple):
            found.append(photo)
        elif isinstance(photo, Path):
            found.append((str(photo), photo))
        elif isinstance(photo, Photo):
            found.append((photo.facts.sha256[:12], photo))
        else:
            found.append((hashlib.sha256(photo).hexdigest()[:12], photo))
    return found
