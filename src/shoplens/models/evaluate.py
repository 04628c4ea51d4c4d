"""How good a classifier is on photos that it has not seen."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.bundle import Bundle
from shoplens.models.calibrate import (
    Abstention,
    Reliability,
    abstention,
    expected_calibration_error,
    log_loss,
    reliability,
)
from shoplens.models.intervals import Interval, macro_f1_interval, wilson_interval
from shoplens.models.label_errors import LabelError, suspected_label_errors
from shoplens.models.pixel_rows import PixelRows
from shoplens.models.recalibration import Recalibration, recalibrate
from shoplens.models.risk_coverage import RiskCoverage
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels

PRECISION = 0.95
"""How often an answer should be right, where nobody wishes otherwise."""

_BATCH = 64
_PRECISIONS = (0.8, 0.9, 0.95, 0.98, 0.99)


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """One class.

    Attributes:
        name: as people read it.
        precision: how often it was right when said.
        recall: how often it was found.
        f1: harmonic mean of the two.
        photos: how many there are of it.
        recall_interval: 95 % Wilson interval of the recall.
    """

    name: str
    precision: float
    recall: float
    f1: float
    photos: int
    recall_interval: Interval


@dataclass(frozen=True, slots=True)
class Mistake:
    """A photo that was named wrongly, and how sure the model was."""

    path: str
    truth: str
    said: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one classifier on one set of photos.

    Attributes:
        photos: how many were judged.
        accuracy: share named right.
        interval: 95 % Wilson interval of the accuracy.
        top5: share whose class is among the five likeliest.
        top5_interval: 95 % Wilson interval of it.
        macro_f1: mean of the F1 of the classes that have photos here.
        macro_f1_interval: its 95 % interval by the bootstrap.
        log_loss: mean of `-log p(class)`, in nats.
        calibration_error: expected calibration error over ten bins of equal width.
        threshold: confidence below which the classifier says nothing.
        coverage: share of photos at or above the threshold.
        precision: share named right of those.
        classes: figures of each class, in order.
        confusion: counts, `[truth][said]`.
        bins: the reliability diagram.
        abstentions: for several wished precisions, ascending, the threshold that reaches it on these photos.
        risk_coverage: what it costs to answer more.
        recalibration: what fitting the temperature anew would do; None for a single photo.
        mistakes: the surest first.
        label_errors: photos whose label looks wrong, the most suspicious first.
    """

    photos: int
    accuracy: float
    interval: Interval
    top5: float
    top5_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    log_loss: float
    calibration_error: float
    threshold: float
    coverage: float
    precision: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[Reliability, ...]
    abstentions: tuple[Abstention, ...]
    risk_coverage: RiskCoverage
    recalibration: Recalibration | None
    mistakes: tuple[Mistake, ...]
    label_errors: tuple[LabelError, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return asdict(self)

    def summary(self) -> dict[str, Any]:
        """Return the figures that a bundle's card states."""
        names = (
            "photos",
            "accuracy",
            "interval",
            "top5",
            "macro_f1",
            "macro_f1_interval",
            "log_loss",
            "calibration_error",
            "threshold",
            "coverage",
            "precision",
        )
        return {name: getattr(self, name) for name in names}


def evaluate(
    probabilities: npt.NDArray[np.floating],
    labels: npt.NDArray[np.integer],
    classes: Sequence[str],
    paths: Sequence[str],
    *,
    threshold: float = 0.0,
    precision: float = PRECISION,
) -> Evaluation:
    """Judge probabilities `[n, classes]` by the labels `[n]` of photos at `paths`.

    Args:
        probabilities: rows that sum to 1, of a model that has not learned from these photos.
        labels: positions in `classes`.
        classes: names in order.
        paths: of the photos.
        threshold: confidence below which the classifier says nothing.
        precision: a wished share of right answers, above 0 and at most 1; `abstentions` tells what it takes.

    Raises:
        BadInput: there is no photo to judge by, or the precision is no share.
        MissingExtra: the libraries of the extra "train" are not installed.
    """
    if not len(labels):
        raise BadInput(
            "There is no photo to judge the model by.", received=0, remedy="Give at least three photos of each class."
        )
    if not 0 < precision <= 1:
        raise BadInput(
            "A wished precision is above 0 and at most 1.", received=precision, remedy="0.95 means 95 % right."
        )
    said = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    correct = said == labels
    answered = confidence >= threshold
    order = np.argsort(-probabilities, axis=1)[:, :5]
    bins = reliability(confidence, correct)
    figures = _class_figures(labels, said, classes)
    confusion = np.zeros((len(classes), len(classes)), np.int64)
    np.add.at(confusion, (labels, said), 1)
    in_top5 = (order == labels[:, None]).any(axis=1)
    wrong = np.flatnonzero(~correct)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    return Evaluation(
        photos=len(labels),
        accuracy=float(correct.mean()),
        interval=wilson_interval(int(correct.sum()), len(labels)),
        top5=float(in_top5.mean()),
        top5_interval=wilson_interval(int(in_top5.sum()), len(labels)),
        macro_f1=float(np.mean([row.f1 for row in figures if row.photos])),
        macro_f1_interval=macro_f1_interval(confusion),
        log_loss=log_loss(probabilities, labels),
        calibration_error=expected_calibration_error(bins),
        threshold=threshold,
        coverage=float(answered.mean()),
        precision=float(correct[answered].mean()) if answered.any() else 0.0,
        classes=figures,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        bins=tuple(bins),
        abstentions=tuple(abstention(confidence, correct, wish) for wish in sorted({*_PRECISIONS, precision})),
        risk_coverage=RiskCoverage.of(confidence, correct),
        recalibration=recalibrate(probabilities, labels),
        mistakes=tuple(
            Mistake(paths[i], classes[labels[i]], classes[said[i]], float(confidence[i])) for i in wrong.tolist()
        ),
        label_errors=suspected_label_errors(probabilities, labels, classes, paths),
    )


def probabilities_of(bundle: Bundle, pixels: Pixels | PixelRows) -> npt.NDArray[np.float32]:
    """Return the bundle's probabilities `[n, classes]` of photos `[n, s, s, 3]` that its recipe has made."""
    model = OnnxModel(bundle, threads=os.cpu_count() or 1)
    batches = (np.ascontiguousarray(pixels[start : start + _BATCH]) for start in range(0, len(pixels), _BATCH))
    empty = np.zeros((0, len(bundle.labels)), np.float32)
    return np.concatenate([empty, *(model.run(batch, ["probabilities"])["probabilities"] for batch in batches)])


def _class_figures(
    labels: npt.NDArray[np.integer], said: npt.NDArray[np.integer], classes: Sequence[str]
) -> tuple[ClassFigures, ...]:
    from sklearn.metrics import precision_recall_fscore_support

    columns = precision_recall_fscore_support(labels, said, labels=np.arange(len(classes)), zero_division=0.0)
    rows = zip(classes, *(column.tolist() for column in columns), strict=True)
    return tuple(
        ClassFigures(name, p, r, f1, photos, wilson_interval(round(r * photos), photos))
        for name, p, r, f1, photos in rows
    )
