"""What a classifier that never saw a product says of its category."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_FOLDS = 5
_PENALTIES = (1e-4, 1e-3, 1e-2, 1e-1)
_TEMPERATURES = np.geomspace(0.01, 2.0, 47)
_NEIGHBOURS = 15
_SHARPNESS = 20.0
"""A neighbour's vote is `exp(20 (cosine - 1))`: one at cosine 0.9 weighs an eighth of an identical one."""

_MOST_REFERENCES = 20_000
_CHUNK = 1024

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]


def out_of_fold_probabilities(vectors: npt.NDArray[np.floating], labels: Numbers, groups: Numbers) -> Floats:
    """Return calibrated class probabilities `[n, classes]`, each row from models that saw no photo of its group.

    Two models of different kind, whose geometric mean is taken since each errs alone: a ridge classifier over five
    folds of whole groups (least squares on one-hot labels, Hastie, Tibshirani and Friedman, "The Elements of
    Statistical Learning", section 4.2), which needs one Gram matrix and five small solves however large the shop is;
    and the votes of the 15 nearest photos of other groups, among at most 20,000. Penalty and softmax temperatures are
    those with the smallest log loss (temperature scaling: Guo et al., "On Calibration of Modern Neural Networks",
    2017). Classes weigh the same in the ridge classifier.

    Args:
        vectors: unit rows `[n, dim]`.
        labels: class of each row, `[n]`, from 0 without gaps.
        groups: rows of one group are left out together, `[n]`.
    """
    features = np.hstack([vectors.astype(np.float64), np.ones((len(vectors), 1))])
    counts = np.bincount(labels)
    weights = (len(labels) / (len(counts) * counts))[labels]
    targets = np.eye(len(counts))[labels]
    folds = _folds(groups)
    fitted = [_calibrated(_ridge(features, targets, weights, folds, penalty), labels) for penalty in _PENALTIES]
    linear = min(fitted, key=lambda pair: pair[0])[1]
    voted = _calibrated(_votes(vectors.astype(np.float32), targets, groups), labels)[1]
    return _calibrated(0.5 * (np.log(linear + 1e-9) + np.log(voted + 1e-9)), labels)[1]


def _votes(vectors: npt.NDArray[np.float32], targets: Floats, groups: Numbers) -> Floats:
    """Return the share of the nearest neighbours' votes for each class."""
    count = len(vectors)
    kept = np.sort(np.random.default_rng(0).permutation(count)[:_MOST_REFERENCES])
    votes = np.zeros(targets.shape)
    for start in range(0, count, _CHUNK):
        rows = slice(start, start + _CHUNK)
        similarity = vectors[rows] @ vectors[kept].T
        similarity[groups[rows][:, None] == groups[kept][None, :]] = -1.0
        near = np.argpartition(-similarity, min(_NEIGHBOURS, len(kept) - 1), axis=1)[:, :_NEIGHBOURS]
        weight = np.exp(_SHARPNESS * (np.take_along_axis(similarity, near, axis=1).astype(np.float64) - 1.0))
        votes[rows] = np.einsum("nk,nkc->nc", weight, targets[kept[near]])
    shares: Floats = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)
    return shares


def _folds(groups: Numbers) -> Numbers:
    """Deal the groups to folds in a fixed random order."""
    names, positions = np.unique(groups, return_inverse=True)
    dealt = np.random.default_rng(0).permutation(len(names)) % _FOLDS
    return np.asarray(dealt[positions], np.int64)


def _ridge(features: Floats, targets: Floats, weights: Floats, folds: Numbers, penalty: float) -> Floats:
    weighted = features * weights[:, None]
    gram, moment = weighted.T @ features, weighted.T @ targets
    scores = np.zeros(targets.shape)
    for fold in range(_FOLDS):
        held = folds == fold
        if not held.any():
            continue
        left = gram - weighted[held].T @ features[held]
        right = moment - weighted[held].T @ targets[held]
        left[np.diag_indices_from(left)] += penalty * len(features)
        scores[held] = features[held] @ np.linalg.solve(left, right)
    return scores


def _calibrated(scores: Floats, labels: Numbers) -> tuple[float, Floats]:
    results = []
    for temperature in _TEMPERATURES:
        logits = scores / temperature
        logits -= logits.max(axis=1, keepdims=True)
        log = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        results.append((-float(log[np.arange(len(labels)), labels].mean()), temperature))
    loss, temperature = min(results)
    logits = scores / temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return loss, odds / odds.sum(axis=1, keepdims=True)
