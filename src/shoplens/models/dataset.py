"""Photos with their classes, decoded and ready to be learned or judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.decoded_copies import DecodedCopies, Progress, Quarantined
from shoplens.models.listed_photos import listed_photos
from shoplens.models.photo_list import LabelledPhoto, PhotoList
from shoplens.models.pixel_rows import PixelRows
from shoplens.models.split import FREE, TEST, TRAIN, VALIDATION
from shoplens.photos.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Photos that could be read, small and decoded, with what each is.

    Attributes:
        folder: the class folders, manifest or shop that it came from.
        classes: names in order; a label is a position in it.
        paths: of the photos, absolute.
        labels: int64 `[n]`.
        sides: int8 `[n]`: `FREE`, or the side that a photo has to lie on.
        groups: names of what each photo has in common with others, such as its product.
        pixels: uint8 RGB `[n, side, side, 3]`, on disk.
        quarantined: files that were found and cannot be used.
        ignored_columns: of a manifest, those whose meaning is not known.
    """

    folder: Path
    classes: tuple[str, ...]
    paths: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    sides: npt.NDArray[np.int8]
    groups: tuple[tuple[str, ...], ...]
    pixels: PixelRows
    quarantined: tuple[Quarantined, ...]
    ignored_columns: tuple[str, ...] = ()

    @classmethod
    def open(
        cls,
        source: Path | PhotoList,
        recipe: Recipe,
        side: int,
        cache: Path,
        *,
        validation: Path | None = None,
        test: Path | None = None,
        classes: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> Dataset:
        """Decode photos and number their classes.

        Any listed file is tried; what cannot be read, has no class or belongs to a class that is not known is
        quarantined and never stops the rest.

        Args:
            source: class folders, a manifest, or photos listed in another way.
            recipe: makes `[side, side, 3]` of each photo.
            side: of the copies, in pixels.
            cache: folder for the decoded copies.
            validation: class folders or a manifest whose photos are to be the validation side.
            test: class folders or a manifest whose photos are to be the test side.
            classes: the only classes, in order, instead of those found in `source`.
            progress: told how many photos are decoded.

        Raises:
            BadInput: a source does not exist, or fewer than two classes have a readable photo to learn from.
        """
        listed = source if isinstance(source, PhotoList) else listed_photos(source)
        found = _without_named_sides(listed.photos, validation is not None, test is not None)
        bad = list(listed.quarantined)
        for other, place in ((validation, VALIDATION), (test, TEST)):
            if other is not None:
                more = listed_photos(other)
                found += [replace(photo, side=place) for photo in more.photos]
                bad += more.quarantined
        known = tuple(classes) if classes is not None else _to_learn(found)
        number = {name: place for place, name in enumerate(known)}
        usable = [photo for photo in found if photo.label in number]
        key = repr((listed.origin.resolve(), validation, test, recipe.digest, side)).encode()
        folder = cache / hashlib.sha256(key).hexdigest()[:16]
        copies = DecodedCopies.of([photo.path for photo in usable], recipe, side, folder, progress)
        rows = [usable[i] for i in copies.kept]
        stray = tuple(_stray(photo) for photo in found if photo.label not in number)
        dataset = cls(
            folder=listed.origin,
            classes=known,
            paths=tuple(str(photo.path) for photo in rows),
            labels=np.array([number[photo.label] for photo in rows], np.int64),
            sides=np.array([photo.side for photo in rows], np.int8),
            groups=tuple(photo.groups for photo in rows),
            pixels=copies.pixels,
            quarantined=(*bad, *copies.quarantined, *stray),
            ignored_columns=listed.ignored_columns,
        )
        if classes is not None:
            return dataset._judgeable()
        learnable = dataset._learnable()
        if learnable == known:
            return dataset
        # the copies are on disk by now, so that opening once more without the empty classes costs little
        again = cls.open(source, recipe, side, cache, validation=validation, test=test, classes=learnable)
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
        counts = np.bincount(self.labels[self.sides <= TRAIN], minlength=len(self.classes))
        classes = tuple(name for name, count in zip(self.classes, counts, strict=True) if count)
        if len(classes) < 2:
            raise BadInput(
                "Training needs two classes or more, each a sub-folder with readable photos.",
                received=f"{self.folder}: {len(classes)} such classes, {len(self.quarantined)} unusable files",
                remedy="Put the photos of each class into a folder of its own, or name its class in a manifest.",
            )
        return classes


def _without_named_sides(photos: Iterable[LabelledPhoto], validation: bool, test: bool) -> list[LabelledPhoto]:
    """Leave out photos of a side for which others were given, so that only those judge."""
    taken = {side for side, given in ((VALIDATION, validation), (TEST, test)) if given}
    return [photo for photo in photos if photo.side not in taken]


def _to_learn(photos: Sequence[LabelledPhoto]) -> tuple[str, ...]:
    return tuple(sorted({photo.label for photo in photos if photo.side in (FREE, TRAIN)}))


def _stray(photo: LabelledPhoto) -> Quarantined:
    reason = f"There is no class of that name to learn or to judge: {photo.label}."
    return Quarantined(str(photo.path), "unknown_class", reason)
