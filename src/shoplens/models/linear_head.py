"""A classifier over embeddings that needs no training library: ridge regression with a calibrated softmax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.models.calibrate import abstention, fit_temperature, log_loss, softmax
from shoplens.records import Vectors

_FOLDS = 5
_PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
# Ridge scores lie near 0 and 1; brought to this scale, the usual range of temperatures fits them.
_SCALE = 10.0
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """Labels and the linear map to them.

    Attributes:
        labels: sorted.
        weights: float64 `[dim + 1, classes]`; the last row is the bias.
        temperature: fitted on predictions out of fold.
        threshold: confidence below which to abstain, so that what is said is right as often as was wished.
        accuracy: share of examples predicted right out of fold.
        coverage: share of examples at or above the threshold out of fold.
    """

    labels: tuple[str, ...]
    weights: Floats
    temperature: float
    threshold: float
    accuracy: float
    coverage: float

    def probabilities(self, vectors: Vectors) -> Floats:
        """Return float64 `[n, classes]`, rows that sum to 1."""
        return np.asarray(softmax(_with_bias(vectors) @ self.weights * _SCALE, self.temperature), np.float64)


def mean_by_group(probabilities: Floats, groups: Sequence[str]) -> dict[str, Floats]:
    """Return for each group, sorted, the normalised geometric mean of its rows: float64 `[classes]`, sum 1."""
    names, places = np.unique(groups, return_inverse=True)
    logs = np.zeros((len(names), probabilities.shape[1]))
    np.add.at(logs, places, np.log(np.maximum(probabilities, 1e-9)))
    return dict(zip(names.tolist(), softmax(logs / np.bincount(places)[:, None]), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class FittedHead:
    """A head, and what it says of each example when it has not seen that example's group: float64 `[n, classes]`."""

    head: LinearHead
    out_of_fold: Floats


def fit_head(
    vectors: npt.NDArray[np.floating],
    labels: Sequence[str],
    groups: Sequence[str],
    *,
    precision: float = 0.95,
    weights: Sequence[float] | None = None,
    counts: Sequence[int] | None = None,
    shares: Mapping[str, float] | None = None,
    penalties: Sequence[float] = _PENALTIES,
) -> FittedHead:
    """Fit least squares on one-hot labels with a penalty, and calibrate it on predictions out of fold.

    The model is the ridge classifier (Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", section
    4.2); it needs one Gram matrix and a few small solves, however many photos there are. Folds are by group, so that
    photos of one product never judge each other. Classes weigh the same however many examples they have, unless
    `shares` says otherwise. The penalty is the one with the smallest log loss out of fold.

    Args:
        vectors: unit rows `[n, dim]`.
        labels: one per row; at least two different ones.
        groups: what must stay together, such as the listing; at least two different ones.
        precision: how often a prediction that is not withheld should be right.
        weights: how much each row weighs among those of its label; all the same where they are left out.
        counts: how often each row is judged out of fold, 0 for rows that only teach; once where they are left out.
        shares: how much labels weigh beside the others, 1 for those that are left out.
        penalties: to choose from.

    Raises:
        BadInput: fewer than two labels or groups, or lengths that differ.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2 or len(set(groups)) < 2 or not len(vectors) == len(labels) == len(groups):
        raise BadInput(
            "A classifier needs two labels and two groups or more, and one of each for every vector.",
            received=f"{len(vectors)} vectors, {len(labels)} labels ({len(names)} different), {len(groups)} groups",
        )
    truth = np.searchsorted(np.array(names), np.array(labels))
    weight = np.ones(len(truth)) if weights is None else np.asarray(weights, np.float64)
    share = np.array([(shares or {}).get(name, 1.0) for name in names])
    weight = weight * (share / np.bincount(truth, weight))[truth] * len(truth) / share.sum()
    judged = np.repeat(np.arange(len(truth)), 1 if counts is None else np.asarray(counts))
    problem = _Problem(_with_bias(vectors), truth, weight, _folds(groups), judged)
    candidates = [(problem.calibrated(penalty), penalty) for penalty in penalties]
    (_, temperature, probabilities), penalty = min(candidates, key=lambda candidate: candidate[0][0])
    right = (probabilities.argmax(axis=1) == truth)[judged]
    limit = abstention(probabilities.max(axis=1)[judged], right, precision)
    head = LinearHead(
        labels=names,
        weights=problem.solve(penalty),
        temperature=temperature,
        threshold=limit.threshold,
        accuracy=float(right.mean()),
        coverage=limit.coverage,
    )
    return FittedHead(head, probabilities)


class _Problem:
    """The sums of least squares, from which each fold's own are taken away."""

    def __init__(
        self, features: Floats, truth: Labels, weights: Floats, folds: npt.NDArray[np.intp], judged: Labels
    ) -> None:
        self._features, self._truth, self._folds, self._judged = features, truth, folds, judged
        self._weighted = features * weights[:, None]
        self._targets = np.eye(int(truth.max()) + 1)[truth]
        self._gram, self._moment = self._weighted.T @ features, self._weighted.T @ self._targets

    def solve(self, penalty: float, without: npt.NDArray[np.bool_] | None = None) -> Floats:
        gram, moment = self._gram.copy(), self._moment
        if without is not None:
            gram -= self._weighted[without].T @ self._features[without]
            moment = moment - self._weighted[without].T @ self._targets[without]
        gram[np.diag_indices_from(gram)] += penalty * len(self._features)
        return np.asarray(np.linalg.solve(gram, moment))

    def calibrated(self, penalty: float) -> tuple[float, float, Floats]:
        scores = np.zeros(self._targets.shape)
        for fold in np.unique(self._folds):
            held = self._folds == fold
            scores[held] = self._features[held] @ self.solve(penalty, held) * _SCALE
        temperature = fit_temperature(scores[self._judged], self._truth[self._judged])
        probabilities = np.asarray(softmax(scores, temperature), np.float64)
        return log_loss(probabilities[self._judged], self._truth[self._judged]), temperature, probabilities


def _folds(groups: Sequence[str]) -> npt.NDArray[np.intp]:
    """Deal the groups to folds in a fixed random order."""
    names, positions = np.unique(np.array(groups), return_inverse=True)
    dealt = np.random.default_rng(0).permutation(len(names)) % _FOLDS
    return np.asarray(dealt[positions], np.intp)


def _with_bias(vectors: npt.NDArray[np.floating]) -> Floats:
    return np.column_stack([vectors.astype(np.float64), np.ones(len(vectors))])
