"""How honest the probabilities would be if the temperature were fitted anew on photos like these."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.models.calibrate import (
    Floats,
    Labels,
    expected_calibration_error,
    fit_temperature,
    log_loss,
    reliability,
    softmax,
)
from shoplens.models.intervals import Interval, Z, wilson_interval

HALVINGS = 10
"""Random divisions of the photos into two halves; the figures are means over them."""

_LEAST = 1e-12
_CHANCE_DRAWS = 200


@dataclass(frozen=True, slots=True)
class Recalibration:
    """What fitting the temperature on one half of the photos does for the other half, both ways.

    Attributes:
        temperature: fitted on all photos; it divides the logits that the bundle ships, so 1 says that nothing is
            amiss, more that the bundle is too sure of itself.
        calibration_error: of all photos, each judged at the temperature fitted on the half it is not in; mean over the
            halvings.
        worst: the largest of the halvings.
        half_error: mean calibration error of a single half, which chance makes larger since it has fewer photos.
        log_loss: of the same probabilities as `calibration_error`, in nats.
        chance_error: calibration error that an honest model would show on so many photos by chance alone; mean.
        chance_high: the same in the worst one of twenty cases: a larger error is hardly chance.
        gap: mean confidence as shipped less the share named right: above 0 for a bundle that seems too sure.
        gap_interval: its 95 % interval, from Wilson's of the share; only where it excludes 0 is there such a tendency.
        enough: photos from which the interval of such a gap excludes 0; 0 for no gap.
        halvings: how many there were.
    """

    temperature: float
    calibration_error: float
    worst: float
    half_error: float
    log_loss: float
    chance_error: float
    chance_high: float
    gap: float
    gap_interval: Interval
    enough: int
    halvings: int

    @property
    def tendency(self) -> int:
        """1 for a bundle that is too sure, -1 for one that is too modest, 0 where these photos cannot tell."""
        low, high = self.gap_interval
        sure, modest = low > 0 and self.temperature > 1, high < 0 and self.temperature < 1
        return int(sure) - int(modest)


def recalibrate(
    probabilities: Floats, labels: Labels, *, halvings: int = HALVINGS, seed: int = 0
) -> Recalibration | None:
    """Fit on one half and judge the other, both ways, for several random halves; None for fewer than two photos.

    Args:
        probabilities: `[n, classes]`, rows that sum to 1; their logarithms serve as logits.
        labels: `[n]`.
        halvings: how many random divisions.
        seed: of the divisions.
    """
    if len(labels) < 2:
        return None
    logits = np.log(np.maximum(np.asarray(probabilities, np.float64), _LEAST))
    generator = np.random.default_rng(seed)
    errors, halves, losses = [], [], []
    for _ in range(halvings):
        order = generator.permutation(len(labels))
        one, two = order[: len(order) // 2], order[len(order) // 2 :]
        fitted = np.empty_like(logits)
        for fit, judge in ((one, two), (two, one)):
            fitted[judge] = softmax(logits[judge], fit_temperature(logits[fit], labels[fit]))
            halves.append(_error(fitted[judge], labels[judge]))
        errors.append(_error(fitted, labels))
        losses.append(log_loss(fitted, labels))
    temperature = fit_temperature(logits, labels)
    gap, interval, enough = _gap(np.asarray(probabilities), labels)
    by_chance = chance_errors(softmax(logits, temperature).max(axis=1), seed=seed)
    return Recalibration(
        temperature=temperature,
        calibration_error=float(np.mean(errors)),
        worst=float(np.max(errors)),
        half_error=float(np.mean(halves)),
        log_loss=float(np.mean(losses)),
        chance_error=float(by_chance.mean()),
        chance_high=float(np.percentile(by_chance, 95)),
        gap=gap,
        gap_interval=interval,
        enough=enough,
        halvings=halvings,
    )


def chance_errors(confidence: Floats, *, seed: int = 0) -> npt.NDArray[np.float64]:
    """Return 200 calibration errors, ascending, of a model that is right exactly as often as it says.

    Args:
        confidence: `[n]`, of as many photos; whether each is right is drawn.
        seed: of the draws.
    """
    draws = np.random.default_rng(seed).random((_CHANCE_DRAWS, len(confidence))) < confidence
    return np.sort([expected_calibration_error(reliability(confidence, right)) for right in draws])


def _gap(probabilities: Floats, labels: Labels) -> tuple[float, Interval, int]:
    """Return `gap`, `gap_interval` and `enough` of a `Recalibration`.

    Wilson's interval of a share excludes a value m where the share lies more than `z * sqrt(m * (1 - m) / n)` from it;
    solved for n this says how many photos a gap takes.
    """
    right = int((probabilities.argmax(axis=1) == labels).sum())
    sure = float(probabilities.max(axis=1).mean())
    low, high = wilson_interval(right, len(labels))
    gap = sure - right / len(labels)
    enough = int(np.ceil(Z**2 * sure * (1 - sure) / gap**2)) if gap else 0
    return gap, (sure - high, sure - low), enough


def _error(probabilities: Floats, labels: Labels) -> float:
    right = probabilities.argmax(axis=1) == labels
    return expected_calibration_error(reliability(probabilities.max(axis=1), right))
