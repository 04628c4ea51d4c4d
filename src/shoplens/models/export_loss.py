"""What a network file is worth beside the one that it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.models.photo_sample import UNKNOWN, PhotoSample

Answers = Mapping[str, npt.NDArray[np.float32]]
"""What a network said of the photos, by the name of its output."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One file: its size, its time on one thread, and how good it is where that is known.

    Attributes:
        bytes: of the file.
        milliseconds: median for one photo alone.
        accuracy: share of the labelled photos named right; None without labelled photos.
        neighbours: share of the photos whose nearest other photo lies in the same class folder; None without folders.
    """

    bytes: int
    milliseconds: float
    accuracy: float | None
    neighbours: float | None


@dataclass(frozen=True, slots=True)
class Loss:
    """What an export differs in from its source, on photos that it was not calibrated with.

    Attributes:
        photos: how many were compared.
        labelled: how many of them have a known label.
        cosine_mean: mean cosine between the two embeddings of a photo; 1 without embeddings.
        cosine_min: the smallest of them.
        same_label: share of photos with the same likeliest label; 1 without categories.
        accuracy: accuracy lost, below 0 where the export is better. Without labelled photos what the source is sure of
            (at or above its threshold) counts as the truth; without categories it is the loss of `neighbours`, and
            without class folders `1 - cosine_mean`.
        basis: what `accuracy` rests on: "labels", "sure answers", "neighbours" or "cosine".
    """

    photos: int
    labelled: int
    cosine_mean: float
    cosine_min: float
    same_label: float
    accuracy: float
    basis: str


def accuracy(answers: Answers, photos: PhotoSample) -> float | None:
    """Return the share of the labelled photos that are named right, None where there is none or nothing is named."""
    known = photos.labels != UNKNOWN
    return _right(answers, photos.labels, known) if "probabilities" in answers and known.any() else None


def neighbours(answers: Answers, photos: PhotoSample) -> float | None:
    """Return the share of the photos in class folders whose nearest other photo lies in the same one."""
    inside = photos.groups != UNKNOWN
    if "embedding" not in answers or len(set(photos.groups[inside].tolist())) < 2:
        return None
    vectors = answers["embedding"]
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    return float((photos.groups[alike.argmax(axis=1)] == photos.groups)[inside].mean())


def loss(want: Answers, found: Answers, photos: PhotoSample, threshold: float) -> Loss:
    """Compare what two networks said of the same photos.

    Args:
        want: the source's answers; rows of "embedding" have unit length.
        found: the export's.
        photos: whose labels and folders may be known.
        threshold: probability from which the source is sure.
    """
    cosine = (want["embedding"] * found["embedding"]).sum(axis=1) if "embedding" in want else np.ones(1)
    known = photos.labels != UNKNOWN
    same = 1.0
    if "probabilities" in want:
        labels = want["probabilities"].argmax(axis=1)
        same = float((labels == found["probabilities"].argmax(axis=1)).mean())
    lost, basis = _lost(want, found, photos, threshold)
    return Loss(len(photos), int(known.sum()), float(cosine.mean()), float(cosine.min()), same, round(lost, 5), basis)


def _lost(want: Answers, found: Answers, photos: PhotoSample, threshold: float) -> tuple[float, str]:
    if "probabilities" not in want:
        before, after = neighbours(want, photos), neighbours(found, photos)
        if before is not None and after is not None:
            return before - after, "neighbours"
        return 1 - float((want["embedding"] * found["embedding"]).sum(axis=1).mean()), "cosine"
    known = photos.labels != UNKNOWN
    if known.any():
        return _right(want, photos.labels, known) - _right(found, photos.labels, known), "labels"
    labels = want["probabilities"].argmax(axis=1)
    sure = want["probabilities"].max(axis=1) >= threshold
    counted = sure if sure.any() else np.ones(len(photos), bool)
    return 1 - _right(found, labels, counted), "sure answers"


def _right(answers: Answers, truth: npt.NDArray[np.int64], counted: npt.NDArray[np.bool_]) -> float:
    return float((answers["probabilities"].argmax(axis=1) == truth)[counted].mean())
