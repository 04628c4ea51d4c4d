"""The report of a bundle on labelled photos."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.models import machine
from shoplens.models.bundle import Bundle
from shoplens.models.calibrate import abstention
from shoplens.models.comparison import Answers, Comparison, compare_answers
from shoplens.models.decoded_copies import Progress
from shoplens.models.evaluate import PRECISION, evaluate
from shoplens.models.judged_photos import JudgedPhotos
from shoplens.models.label_names import LabelNames
from shoplens.models.listed_photos import listed_photos
from shoplens.models.out_of_fold import judge_out_of_fold
from shoplens.models.progress import EpochDone, Listener, PhotosRead, unheard
from shoplens.models.report import Report, Side


def evaluate_bundle(
    bundle: Bundle,
    data: Path,
    *,
    against: Bundle | None = None,
    precision: float = PRECISION,
    split: str = "",
    names: Mapping[str, str] | None = None,
    listener: Listener = unheard,
) -> Report:
    """Judge a bundle, with its own recipe and threshold, by photos that it has not learned from.

    Photos are read in batches, so that memory stays flat. What cannot be read is listed; photos whose label is no
    category of the bundle are counted and not judged.

    Args:
        bundle: as it serves.
        data: class folders or a manifest; see `listed_photos`.
        against: another bundle, compared on the photos whose label both know.
        precision: for which the report seeks a threshold.
        split: take only the manifest's rows of this split.
        names: label of the data to the name of a category of either bundle; see `LabelNames`.
        listener: told how many photos are read.

    Raises:
        BadInput: there are no such data, or no readable photo of a category of the bundle in them.
        UnknownName: `names` names a category that neither bundle has, or the manifest has no such split.
        MissingExtra: the libraries of the extra "train" are not installed.
    """
    photos = listed_photos(data, split)
    mine, theirs = _names_of(names or {}, bundle, against)
    judged = JudgedPhotos.of(bundle, photos, names=mine, threads=_threads(), progress=_heard(listener))
    comparison = None
    if against is not None:
        other = JudgedPhotos.of(against, photos, names=theirs, threads=_threads())
        comparison = _compared(judged, other, against)
    history = _history(bundle.card)
    return Report(
        kind="evaluate",
        title=bundle.name,
        folder=str(data),
        evaluation=evaluate(
            judged.probabilities,
            judged.labels,
            judged.classes,
            judged.paths,
            threshold=bundle.threshold,
            precision=precision,
        ),
        sides=(_side(judged),),
        quarantined=judged.quarantined,
        ignored_columns=photos.ignored_columns,
        unmatched=judged.unmatched,
        history=history,
        stopped=_stopped(bundle.card) if history else "",
        wished=precision,
        comparison=comparison,
        settings=_table(bundle.card.get("settings")),
        model={"id": bundle.id, "temperature": bundle.calibration.temperature, **_table(bundle.card.get("export"))},
        machine=machine.facts(),
        bundle=bundle,
    )


def evaluate_labels(
    bundle: Bundle, data: Path, *, precision: float = PRECISION, split: str = "", listener: Listener = unheard
) -> Report:
    """Judge the data: each photo by a classifier on the bundle's embeddings that has not seen it (five folds).

    It tells how well the classes can be told apart before anything is trained, and which labels look wrong. The bundle
    need not know the classes, and should not have learned from these labels.

    Args:
        bundle: whose network describes the photos.
        data: class folders or a manifest; photos of one group of the manifest never judge one another.
        precision: for which the report seeks a threshold.
        split: take only the manifest's rows of this split.
        listener: told how many photos are read.

    Raises:
        BadInput: there are no such data, or readable photos of fewer than two labels in them.
        UnknownName: the manifest has no such split.
        MissingExtra: the libraries of the extra "train" are not installed.
    """
    photos = listed_photos(data, split)
    judged = judge_out_of_fold(bundle, photos, progress=_heard(listener))
    right = judged.probabilities.argmax(axis=1) == judged.labels
    threshold = abstention(judged.probabilities.max(axis=1), right, precision).threshold
    return Report(
        kind="out_of_fold",
        title=data.resolve().stem,
        folder=str(data),
        evaluation=evaluate(
            judged.probabilities,
            judged.labels,
            judged.classes,
            judged.paths,
            threshold=threshold,
            precision=precision,
        ),
        sides=(_side(judged),),
        quarantined=judged.quarantined,
        ignored_columns=photos.ignored_columns,
        wished=precision,
        model={"id": bundle.id},
        machine=machine.facts(),
    )


def _compared(first: JudgedPhotos, other: JudgedPhotos, bundle: Bundle) -> Comparison:
    rows = {path: row for row, path in enumerate(other.paths)}
    shared = [(row, rows[path]) for row, path in enumerate(first.paths) if path in rows]
    mine, theirs = (np.array([pair[side] for pair in shared], np.int64) for side in (0, 1))
    return compare_answers(
        _answers(first, mine),
        _answers(other, theirs),
        [first.classes[label] for label in first.labels[mine]],
        [first.paths[row] for row in mine],
        name=bundle.name,
        id=bundle.id,
    )


def _answers(judged: JudgedPhotos, rows: Any) -> Answers:  # noqa: ANN401 - positions
    probabilities = judged.probabilities[rows]
    said = probabilities.argmax(axis=1)
    return Answers([judged.classes[i] for i in said], probabilities.max(axis=1), said == judged.labels[rows])


def _side(judged: JudgedPhotos) -> Side:
    return Side("test", tuple(np.bincount(judged.labels, minlength=len(judged.classes)).tolist()))


def _heard(listener: Listener) -> Progress:
    tell: Callable[[int, int], None] = lambda done, total: listener(PhotosRead(done, total))  # noqa: E731
    return tell


def _threads() -> int:
    return os.cpu_count() or 1


def _names_of(
    names: Mapping[str, str], bundle: Bundle, against: Bundle | None
) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return what of `names` each bundle understands; what neither does goes to the first, which refuses it."""
    if against is None:
        return names, {}
    mine, theirs = (LabelNames(model.categories) for model in (bundle, against))
    for_other = {label: name for label, name in names.items() if theirs.find(name) is not None}
    for_first = {label: name for label, name in names.items() if mine.find(name) is not None or label not in for_other}
    return for_first, for_other


def _history(card: Mapping[str, Any]) -> tuple[EpochDone, ...]:
    """Return the passes that the card tells of; a card may be of another origin and tell anything."""
    passes = card.get("history")
    try:
        return tuple(EpochDone(**record) for record in passes) if isinstance(passes, list) else ()
    except TypeError:
        return ()


def _stopped(card: Mapping[str, Any]) -> str:
    said = card.get("stopped")
    return said if said in ("epochs", "budget", "patience", "interrupted") else ""


def _table(value: object) -> Mapping[str, Any]:
    """Return a part of the card where it is a table."""
    return value if isinstance(value, Mapping) else {}
