"""What a model says of labelled photos, ready to be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.bundle import Bundle
from shoplens.models.decoded_copies import Progress, Quarantined
from shoplens.models.label_names import LabelNames, UnmatchedLabel
from shoplens.models.photo_list import LabelledPhoto, PhotoList
from shoplens.models.photo_stream import stream
from shoplens.models.runtime import OnnxModel


@dataclass(frozen=True, slots=True, eq=False)
class JudgedPhotos:
    """Answers beside the truth.

    Attributes:
        classes: names in order, as people read them.
        probabilities: float32 or float64 `[n, classes]`.
        labels: int64 `[n]`, positions in `classes`.
        paths: of the photos.
        quarantined: files that could not be used.
        unmatched: labels of the data that are no category of the model.
    """

    classes: tuple[str, ...]
    probabilities: npt.NDArray[np.floating]
    labels: npt.NDArray[np.int64]
    paths: tuple[str, ...]
    quarantined: tuple[Quarantined, ...]
    unmatched: tuple[UnmatchedLabel, ...] = field(default=())

    @classmethod
    def of(
        cls,
        bundle: Bundle,
        photos: PhotoList,
        *,
        names: Mapping[str, str] | None = None,
        threads: int = 1,
        progress: Progress | None = None,
    ) -> JudgedPhotos:
        """Run a bundle, with its own recipe, on the photos whose label is one of its categories.

        Args:
            bundle: as it serves.
            photos: with their labels.
            names: label of the data to the name of a category, for labels that `LabelNames` does not find by itself.
            threads: threads inside one run of the network.
            progress: told how many photos are done.

        Raises:
            BadInput: no readable photo has a label that is a category of the bundle.
            UnknownName: `names` names a category that the bundle does not have.
        """
        known = LabelNames(bundle.categories, names)
        counts = Counter(photo.label for photo in photos.photos)
        found = {label: known.find(label) for label in counts}
        unmatched = tuple(
            known.unmatched(label, counts[label]) for label, place in sorted(found.items()) if place is None
        )
        asked = [photo for photo in photos.photos if found[photo.label] is not None]
        rows, probabilities, bad = _run(bundle, asked, threads, progress)
        if not rows:
            raise _nothing(bundle, photos, unmatched, len(bad))
        places = [found[asked[row].label] for row in rows]
        return cls(
            classes=bundle.labels,
            probabilities=probabilities,
            labels=np.array(places, np.int64),
            paths=tuple(str(asked[row].path) for row in rows),
            quarantined=(*photos.quarantined, *bad),
            unmatched=unmatched,
        )


def _run(
    bundle: Bundle, photos: list[LabelledPhoto], threads: int, progress: Progress | None
) -> tuple[list[int], npt.NDArray[np.float32], list[Quarantined]]:
    """Return which photos could be read, their probabilities, and the others."""
    model = OnnxModel(bundle, threads=threads)
    rows: list[int] = []
    bad: list[Quarantined] = []
    said = [np.zeros((0, len(bundle.categories)), np.float32)]
    paths = [photo.path for photo in photos]
    for batch in stream(paths, bundle.recipe, bundle.input_size, progress=progress):
        rows += batch.rows
        bad += batch.quarantined
        said.append(model.run(batch.pixels, ["probabilities"])["probabilities"])
    return rows, np.concatenate(said), bad


def _nothing(bundle: Bundle, photos: PhotoList, unmatched: tuple[UnmatchedLabel, ...], unreadable: int) -> BadInput:
    labels = ", ".join(label.label for label in unmatched[:10])
    return BadInput(
        "No readable photo of the data has a label that is a category of the bundle.",
        received=f"{photos.origin}: {unreadable} unreadable; unknown labels: {labels or 'none'}",
        remedy=(
            "Translate labels with --map 'label=category', or judge the labels alone with --out-of-fold. "
            f"Its categories: {', '.join(bundle.labels[:12])}{', ...' if len(bundle.labels) > 12 else ''}."
        ),
    )
