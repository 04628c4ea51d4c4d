"""Photos with their classes, from class folders."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.decoded_copies import DecodedCopies, Progress, Quarantined
from shoplens.models.split import FREE, TEST, VALIDATION
from shoplens.photos.recipe import Recipe
from shoplens.records import Pixels

SEPARATOR = " > "
"""Joins nested folders into a class, as category paths are written."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Photos that could be read, small and decoded, with what each is.

    Attributes:
        folder: the class folders that it came from.
        classes: names in order; a label is a position in it.
        paths: of the photos, absolute.
        labels: int64 `[n]`.
        sides: int8 `[n]`: `FREE` for photos of `folder`, `VALIDATION` or `TEST` for those of folders given as such.
        pixels: uint8 RGB `[n, side, side, 3]`, on disk.
        quarantined: files that were found and cannot be used.
    """

    folder: Path
    classes: tuple[str, ...]
    paths: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    sides: npt.NDArray[np.int8]
    pixels: Pixels
    quarantined: tuple[Quarantined, ...]

    @classmethod
    def open(
        cls,
        folder: Path,
        recipe: Recipe,
        side: int,
        cache: Path,
        *,
        validation: Path | None = None,
        test: Path | None = None,
        classes: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Dataset:
        """Read class folders: every sub-folder with files is a class, nested ones by their path ("Shoes > Boots").

        Hidden files and folders are passed over. Any other file is tried; what cannot be read, lies outside a class
        folder or belongs to a class that is not known is quarantined and never stops the rest.

        Args:
            folder: holds the class folders.
            recipe: makes `[side, side, 3]` of each photo.
            side: of the copies, in pixels.
            cache: folder for the decoded copies.
            validation: class folders that are to be the validation side.
            test: class folders that are to be the test side.
            classes: the only classes, in order, instead of those found in `folder`.
            progress: told how many photos are decoded.

        Raises:
            BadInput: a folder does not exist, or fewer than two classes have a readable photo in `folder`.
        """
        found = [(path, name, FREE) for path, name in _files(folder)]
        known = tuple(classes) if classes is not None else tuple(sorted({name for _, name, _ in found if name}))
        for other, place in ((validation, VALIDATION), (test, TEST)):
            found += [(path, name, place) for path, name in _files(other)] if other is not None else []
        usable = [row for row in found if row[1] in known]
        key = hashlib.sha256(repr((folder.resolve(), validation, test, recipe.digest, side)).encode()).hexdigest()[:16]
        copies = DecodedCopies.of([row[0] for row in usable], recipe, side, cache / key, progress)
        rows = [usable[i] for i in copies.kept]
        stray = tuple(_stray(path, name) for path, name, _ in found if name not in known)
        dataset = cls(
            folder=folder,
            classes=known,
            paths=tuple(str(path) for path, _, _ in rows),
            labels=np.array([known.index(name) for _, name, _ in rows], np.int64),
            sides=np.array([place for _, _, place in rows], np.int8),
            pixels=copies.pixels,
            quarantined=copies.quarantined + stray,
        )
        if classes is not None:
            return dataset._judgeable()
        learnable = dataset._learnable()
        if learnable == known:
            return dataset
        # the copies are on disk by now, so that opening once more without the empty classes costs little
        again = cls.open(folder, recipe, side, cache, validation=validation, test=test, classes=learnable)
        told = {file.path for file in dataset.quarantined}
        late = tuple(file for file in again.quarantined if file.path not in told)
        return replace(again, quarantined=dataset.quarantined + late)

    def _judgeable(self) -> Dataset:
        if not len(self.paths):
            raise BadInput(
                "No readable photo in the folder belongs to a class of the model.",
                received=self.folder,
                remedy=f"Name the sub-folders by its classes: {', '.join(self.classes)}.",
            )
        return self

    def _learnable(self) -> tuple[str, ...]:
        """Return the classes that have a photo to learn from."""
        counts = np.bincount(self.labels[self.sides == FREE], minlength=len(self.classes))
        classes = tuple(name for name, count in zip(self.classes, counts, strict=True) if count)
        if len(classes) < 2:
            raise BadInput(
                "Training needs two classes or more, each a sub-folder with readable photos.",
                received=f"{self.folder}: {len(classes)} such classes, {len(self.quarantined)} unusable files",
                remedy="Put the photos of each class into a folder of its own.",
            )
        return classes


def _files(folder: Path) -> list[tuple[Path, str]]:
    """Return every file under `folder` with its class, "" for files outside class folders, in order of their paths."""
    if not folder.is_dir():
        raise BadInput(
            "There is no such folder.", received=folder, remedy="Give the folder that holds the class folders."
        )
    root = folder.resolve()
    found = []
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and not any(part.startswith(".") for part in parts):
            found.append((path, SEPARATOR.join(parts[:-1])))
    return found


def _stray(path: Path, name: str) -> Quarantined:
    if not name:
        return Quarantined(str(path), "no_class", "The file lies outside the class folders.")
    return Quarantined(str(path), "unknown_class", f"There is no class of that name to learn or to judge: {name}.")
