"""Real photos to compress a network by and to judge the result on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, PhotoError
from shoplens.models.bundle import Bundle
from shoplens.models.class_folders import SEPARATOR
from shoplens.models.label_names import LabelNames
from shoplens.photos.decode import decode_file
from shoplens.records import Pixels

UNKNOWN = -1
"""The label of a photo whose class is not known, or is none of the bundle's."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoSample:
    """Photos as a bundle's recipe makes them.

    Attributes:
        pixels: uint8 RGB `[n, s, s, 3]`.
        labels: `[n]`, positions among the bundle's categories; `UNKNOWN` where there is none.
        groups: `[n]`, positions among all class folders, those of other names too; `UNKNOWN` outside of one.
    """

    pixels: Pixels
    labels: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]

    def __len__(self) -> int:
        """Return how many photos there are."""
        return len(self.pixels)

    @classmethod
    def of_folder(cls, folder: Path, bundle: Bundle, *, limit: int, seed: int = 0) -> PhotoSample:
        """Read at most `limit` photos under a folder, drawn by `seed`; a folder's path is the class of its photos.

        `LabelNames` finds the category that it means.

        Raises:
            BadInput: there is no such folder, or no readable photo in it.
        """
        if not folder.is_dir():
            raise BadInput("There is no such folder of photos.", received=folder, remedy="Check the path.")
        root = folder.resolve()
        files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith(".")]
        named = [(path, SEPARATOR.join(path.relative_to(root).parts[:-1])) for path in files]
        return cls._read(named, bundle, limit, seed)

    @classmethod
    def of_files(cls, files: Iterable[Path], bundle: Bundle, *, limit: int, seed: int = 0) -> PhotoSample:
        """Read at most `limit` of these files, drawn by `seed`; nothing is known of their classes.

        Raises:
            BadInput: none of them can be read.
        """
        return cls._read([(path, "") for path in files], bundle, limit, seed)

    @classmethod
    def _read(cls, files: Sequence[tuple[Path, str]], bundle: Bundle, limit: int, seed: int) -> PhotoSample:
        known = LabelNames(bundle.categories)
        groups = {name: place for place, name in enumerate(sorted({name for _, name in files if name}))}
        places = {name: known.find(name) for name in groups}
        pixels, labels, classes = [], [], []
        for position in np.random.default_rng(seed).permutation(len(files)):
            path, name = files[position]
            try:
                photo = decode_file(path, min_side=bundle.input_size).pixels
            except PhotoError:
                continue  # a sample needs no particular photo
            pixels.append(bundle.recipe.apply(photo))
            place = places.get(name)
            labels.append(UNKNOWN if place is None else place)
            classes.append(groups.get(name, UNKNOWN))
            if len(pixels) == limit:
                break
        if not pixels:
            raise BadInput(
                "There is no readable photo.", received=f"{len(files)} files", remedy="Give a folder that holds photos."
            )
        return cls(np.stack(pixels), np.array(labels, np.int64), np.array(classes, np.int64))

    def halves(self) -> tuple[PhotoSample, PhotoSample]:
        """Return every other photo, and the rest.

        Raises:
            BadInput: there are fewer than two photos.
        """
        if len(self) < 2:
            raise BadInput("Two photos or more are needed.", received=len(self), remedy="Give a few hundred photos.")
        return self.part(slice(0, None, 2)), self.part(slice(1, None, 2))

    def part(self, rows: slice) -> PhotoSample:
        """Return some of the photos."""
        return PhotoSample(self.pixels[rows], self.labels[rows], self.groups[rows])
