"""What it costs to answer more: the share of wrong answers among those given, by the share of photos answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """The curve, the surest answers first (El-Yaniv and Wiener, 2010).

    Attributes:
        coverage: shares of photos answered, ascending, the last one 1; at most 200 of them.
        risk: share of wrong answers among those given.
        threshold: the lowest confidence that is answered there.
        area: mean risk over all coverages, of all points; 0 is perfect.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    threshold: tuple[float, ...]
    area: float

    @classmethod
    def of(cls, confidence: npt.NDArray[np.floating], correct: npt.NDArray[np.bool_]) -> RiskCoverage:
        """Return the curve of answers given with `confidence` `[n]`; photos of one confidence are answered together."""
        order = np.argsort(-np.asarray(confidence), kind="stable")
        sure = np.asarray(confidence, np.float64)[order]
        answered = np.arange(1, len(order) + 1)
        risk = np.cumsum(~correct[order]) / answered
        ends = np.flatnonzero(np.append(sure[1:] != sure[:-1], True)[: len(order)])
        # a tie counts as its last photo for all of its photos
        area = float(risk[ends[np.searchsorted(ends, np.arange(len(order)))]].mean()) if len(order) else 0.0
        if len(ends) > _MOST_POINTS:
            ends = ends[np.unique(np.linspace(0, len(ends) - 1, _MOST_POINTS).round().astype(int))]
        return cls(
            coverage=tuple((answered[ends] / len(order)).tolist()),
            risk=tuple(risk[ends].tolist()),
            threshold=tuple(sure[ends].tolist()),
            area=area,
        )
