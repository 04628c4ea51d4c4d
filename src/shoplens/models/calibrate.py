"""Probabilities that mean what they say, and a threshold below which to say nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]

BINS = 10
"""Bins of equal width over [0, 1] of the reliability diagram and of the calibration error."""

_SEARCH_STEPS = 30
"""They narrow the search to a factor of 1.000003."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """One bin of a reliability diagram: what the model said on average, and how often it was right.

    Attributes:
        confidence: mean confidence of the bin's photos.
        accuracy: share of them that were right.
        count: how many photos fell into the bin.
    """

    confidence: float
    accuracy: float
    count: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """A confidence below which the classifier should rather say nothing.

    Attributes:
        precision: the wished share of right answers among those given.
        threshold: the lowest confidence that reaches it; above 1 where none does.
        coverage: share of photos that still get an answer.
        reached: the precision measured at that threshold, 0 where nothing is answered.
    """

    precision: float
    threshold: float
    coverage: float
    reached: float


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return probabilities `[n, classes]`, float64, of `logits / temperature`."""
    scaled = np.asarray(logits, np.float64) / temperature
    shifted = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def log_loss(probabilities: Floats, labels: Labels) -> float:
    """Return the mean of `-log p(label)`, in nats; 0 for no photo."""
    if not len(labels):
        return 0.0
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12)).mean())


def fit_temperature(logits: Floats, labels: Labels) -> float:
    """Return the likeliest temperature in [0.05, 20]; 1 for no photo.

    Temperature scaling after Guo et al., "On Calibration of Modern Neural Networks", 2017, with a prior: the logarithm
    of the temperature is normal around 0 with a deviation of 1, which weighs as much as one photo. A few photos that
    are all named right say little of how sure the model may be, and would else make it sure of everything. Found by a
    golden-section search.
    """
    if not len(labels):
        return 1.0
    golden = (5**0.5 - 1) / 2
    low, high = np.log(0.05), np.log(20.0)

    def loss(logarithm: float) -> float:
        return log_loss(softmax(logits, float(np.exp(logarithm))), labels) + logarithm**2 / (2 * len(labels))

    left, right = high - golden * (high - low), low + golden * (high - low)
    loss_left, loss_right = loss(left), loss(right)
    for _ in range(_SEARCH_STEPS):
        if loss_left <= loss_right:
            high, right, loss_right = right, left, loss_left
            left = high - golden * (high - low)
            loss_left = loss(left)
        else:
            low, left, loss_left = left, right, loss_right
            right = low + golden * (high - low)
            loss_right = loss(right)
    return float(np.exp((low + high) / 2))


def reliability(confidence: Floats, correct: npt.NDArray[np.bool_], bins: int = BINS) -> list[Reliability]:
    """Return the bins of equal width over [0, 1] that hold photos, in order."""
    places = np.minimum((np.asarray(confidence) * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if inside.any():
            found.append(
                Reliability(float(confidence[inside].mean()), float(correct[inside].mean()), int(inside.sum()))
            )
    return found


def expected_calibration_error(bins: list[Reliability]) -> float:
    """Return the mean gap of confidence and accuracy over the bins, weighted by their photos; 0 for no photo."""
    total = sum(part.count for part in bins)
    return sum(part.count * abs(part.confidence - part.accuracy) for part in bins) / total if total else 0.0


def abstention(confidence: Floats, correct: npt.NDArray[np.bool_], precision: float) -> Abstention:
    """Return the lowest threshold at which the answers given reach `precision` on these photos.

    Where all of them may be answered, the threshold is at most `precision`: few and easy photos say nothing of an
    answer below their own confidence, and a calibrated answer above the wished precision needs no further proof.
    """
    order = np.argsort(-np.asarray(confidence), kind="stable")
    sorted_confidence = np.asarray(confidence)[order]
    reached = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    # photos of one confidence are answered together, so only the last of them is a place to stop
    last = np.append(sorted_confidence[1:] != sorted_confidence[:-1], True)[: len(order)]
    good = np.flatnonzero((reached >= precision) & last)
    if not len(good):
        return Abstention(precision, float(np.nextafter(1.0, 2.0)), 0.0, 0.0)
    stop = int(good[-1])
    everything = stop == len(order) - 1
    threshold = min(float(sorted_confidence[stop]), precision if everything else 1.0)
    return Abstention(precision, threshold, (stop + 1) / len(order), float(reached[stop]))
