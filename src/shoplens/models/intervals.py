"""How far a figure measured on a few photos may lie from the truth: 95 % intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Interval = tuple[float, float]

Z = 1.96
"""Deviations of a normal distribution that hold 95 % of it."""

_DRAWS = 2000
_SEED = 0


def wilson_interval(right: int, total: int) -> Interval:
    """Return the 95 % interval of a share (Wilson, 1927): honest for few photos and near 0 and 1; (0, 1) for none."""
    if not total:
        return 0.0, 1.0
    share, spread = right / total, Z * Z / total
    center = (share + spread / 2) / (1 + spread)
    half = Z * ((share * (1 - share) + spread / 4) / total) ** 0.5 / (1 + spread)
    return max(0.0, center - half), min(1.0, center + half)


def macro_f1_interval(confusion: npt.NDArray[np.integer]) -> Interval:
    """Return the 95 % interval of the macro F1 by the bootstrap's percentiles (Efron, 1979).

    To draw photos with replacement is to draw the cells of the confusion matrix from a multinomial distribution, so
    that 2,000 draws cost little. Each draw averages over the classes that have photos in it.

    Args:
        confusion: counts `[truth, said]`.
    """
    classes = len(confusion)
    cells = np.argwhere(confusion)
    if not len(cells):
        return 0.0, 1.0
    counts = confusion[cells[:, 0], cells[:, 1]]
    total = int(counts.sum())
    draws = np.random.default_rng(_SEED).multinomial(total, counts / total, _DRAWS).astype(np.float64)
    truth, said = (draws @ np.eye(classes)[cells[:, side]] for side in (0, 1))
    hits = cells[:, 0] == cells[:, 1]
    right = draws[:, hits] @ np.eye(classes)[cells[hits, 0]]
    f1 = 2 * right / np.maximum(truth + said, 1)
    return _percentiles((f1 * (truth > 0)).sum(axis=1) / (truth > 0).sum(axis=1))


def difference_interval(only_first: int, only_second: int, total: int) -> Interval:
    """Return the 95 % interval of `accuracy of the first - accuracy of the second`, both on the same photos.

    A paired bootstrap: photos are drawn with replacement, each with both answers; those on which the two agree cancel.

    Args:
        only_first: photos that only the first names right.
        only_second: photos that only the second names right.
        total: all photos.
    """
    if not total:
        return -1.0, 1.0
    shares = np.array([only_first, only_second, total - only_first - only_second]) / total
    draws = np.random.default_rng(_SEED).multinomial(total, shares, _DRAWS)
    return _percentiles((draws[:, 0] - draws[:, 1]) / total)


def _percentiles(values: npt.NDArray[np.float64]) -> Interval:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)
