"""Answers of a model that has never seen the photo in question, for photos that are themselves to train on."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.bundle import Bundle
from shoplens.models.decoded_copies import DecodedCopies, Progress
from shoplens.models.groups import joined_groups
from shoplens.models.head import describe
from shoplens.models.judged_photos import JudgedPhotos
from shoplens.models.linear_head import fit_head
from shoplens.models.near_duplicates import near_duplicate_groups
from shoplens.models.photo_list import PhotoList
from shoplens.records import Vectors

_BATCH = 64


def judge_out_of_fold(bundle: Bundle, photos: PhotoList, *, progress: Progress | None = None) -> JudgedPhotos:
    """Judge each photo by a classifier on the bundle's embeddings that was fitted on four fifths of the other photos.

    Near-duplicates, and photos of one group of the manifest, are never on both sides. The classes are the labels of the
    data, whatever the bundle knows. The embedding should come from a bundle that has not learned from these labels:
    one that has knows the errors by heart.

    Args:
        bundle: whose network describes the photos.
        photos: with their labels.
        progress: told how many photos are decoded.

    Raises:
        BadInput: fewer than two labels, or than two different photos, can be read.
    """
    with tempfile.TemporaryDirectory(prefix="shoplens-folds-") as scratch:
        files = [photo.path for photo in photos.photos]
        copies = DecodedCopies.of(files, bundle.recipe, bundle.input_size, Path(scratch), progress)
        kept = [photos.photos[row] for row in copies.kept]
        labels = [photo.label for photo in kept]
        if len(set(labels)) < 2:
            raise BadInput(
                "Judging out of fold needs readable photos of two labels or more.",
                received=f"{photos.origin}: {len(kept)} readable photos of {len(set(labels))} labels",
            )
        groups = joined_groups(near_duplicate_groups(copies.pixels), [photo.groups for photo in kept])
        batches = (copies.pixels[start : start + _BATCH] for start in range(0, len(kept), _BATCH))
        vectors = _standardised(np.concatenate(list(describe(bundle, batches))))
    fitted = fit_head(vectors, labels, [str(group) for group in groups])
    return JudgedPhotos(
        classes=fitted.head.labels,
        probabilities=fitted.out_of_fold,
        labels=np.searchsorted(np.array(fitted.head.labels), np.array(labels)).astype(np.int64),
        paths=tuple(str(photo.path) for photo in kept),
        quarantined=(*photos.quarantined, *copies.quarantined),
    )


def _standardised(described: npt.NDArray[np.float32]) -> Vectors:
    """Return rows of unit length whose columns weigh the same: an embedding and pooled features differ in scale."""
    spread = (described - described.mean(axis=0)) / (described.std(axis=0) + 1e-6)
    length = np.linalg.norm(spread, axis=1, keepdims=True)
    return np.asarray(spread / np.maximum(length, 1e-12), np.float32)
