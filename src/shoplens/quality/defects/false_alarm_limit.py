"""The score above which a photo counts as defect, from the scores of good ones alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from shoplens.errors import BadInput

FEWEST = 5
"""Good samples below which nothing can be said of how scores spread."""

_ABOVE = 2.0


def false_alarm_limit(scores: Sequence[float], rate: float) -> float:
    """Return the limit that a new good photo exceeds with probability `rate`.

    Of n scores and a new one each order is as likely, so the new one is the r-th of n + 1 or above with probability
    (n + 1 - r) / (n + 1) (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005). Between two
    ranks the limit lies between their scores. Where fewer than two of the scores would lie above it, such a limit rests
    on the greatest score alone, which may be an odd sample's, and below a rate of 1 / (n + 1) there is none; then the
    limit is the upper end of a prediction interval of log-normal scores.

    Args:
        scores: of good photos by a memory that had not seen them, all above 0.
        rate: above 0 and below 0.5.

    Raises:
        BadInput: too few scores, or another rate.
    """
    if not 0.0 < rate < 0.5:
        raise BadInput("The rate of false alarms is a share above 0 and below 0.5.", received=rate)
    if len(scores) < FEWEST:
        raise BadInput(f"A limit needs {FEWEST} good samples or more; 20 are better.", received=len(scores))
    ordered = np.sort(np.asarray(scores, np.float64))
    count = len(ordered)
    rank = (count + 1) * (1.0 - rate)
    if (count + 1) * rate >= _ABOVE:
        return float(np.interp(rank, np.arange(1, count + 1), ordered))
    logs = np.log(np.maximum(ordered, 1e-12))
    reach = _student(1.0 - rate, count - 1) * float(logs.std(ddof=1)) * math.sqrt(1.0 + 1.0 / count)
    return math.exp(float(logs.mean()) + reach)


def _student(probability: float, freedom: int) -> float:
    """Return the quantile of Student's t by its expansion about the normal one (Abramowitz and Stegun, 26.7.5)."""
    z = NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
