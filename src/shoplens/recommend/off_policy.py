"""What another way to choose would have earned, told from choices that were logged with their propensities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.models.intervals import Z
from shoplens.recommend.linear_thompson import LinearThompson

Floats = npt.NDArray[np.float64]
Policy = Callable[[Floats], int]
"""Chooses one product of features `[k, d]`."""

FOLDS = 2


@dataclass(frozen=True, slots=True, eq=False)
class LoggedChoices:
    """Choices between products, in order of time.

    Attributes:
        features: float64 `[k, d]` of each choice; what would have been shown without drawing stands first.
        chosen: int64 `[n]`, which was shown.
        propensities: float64 `[n]`, the chance that it had.
        clicked: bool `[n]`.
    """

    features: tuple[Floats, ...]
    chosen: npt.NDArray[np.int64]
    propensities: Floats
    clicked: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.features)

    def part(self, rows: npt.NDArray[np.int64]) -> LoggedChoices:
        """Return some of the choices."""
        return LoggedChoices(
            tuple(self.features[row] for row in rows), self.chosen[rows], self.propensities[rows], self.clicked[rows]
        )

    def shown(self) -> Floats:
        """Return the features of what was shown, float64 `[n, d]`."""
        return np.stack([each[at] for each, at in zip(self.features, self.chosen, strict=True)])

    def learn(self) -> LinearThompson:
        """Return what the choices teach."""
        return LinearThompson.fit(self.shown(), self.clicked)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """Clicks per choice of a policy, by two estimators.

    Attributes:
        ips: inverse propensity scoring: unbiased, and wide.
        doubly_robust: the same around a model of the clicks (Dudik, Langford and Li, "Doubly Robust Policy Evaluation
            and Learning", 2011): right where either the model or the propensities are.
    """

    ips: Estimate
    doubly_robust: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """The learned policy beside what would be shown without it.

    Attributes:
        choices: logged choices that were judged by.
        shown: value of what was really shown, drawn by chance.
        plain: value of what would have been shown without drawing.
        learned: value of the policy learned from the choices, judged by choices that it has not learned from.
        gain: doubly robust difference of the two.
    """

    choices: int
    shown: Estimate
    plain: PolicyValue
    learned: PolicyValue
    gain: Estimate


def evaluate(logged: LoggedChoices, policy: Policy, model: Floats | None = None) -> PolicyValue:
    """Return what a policy would have earned.

    Args:
        logged: choices that the policy has not learned from.
        policy: judged.
        model: float64 `[d]`, weights of a linear model of the clicks; 0 where none is given.
    """
    ips, robust = _terms(logged, policy, np.zeros(logged.features[0].shape[1]) if model is None else model)
    return PolicyValue(_estimate(ips), _estimate(robust))


def compare(logged: LoggedChoices) -> Comparison:
    """Learn from one half of the choices and judge by the other, both ways round.

    The choices of each half are every other one, so that both are of the same time.
    """
    rows = np.arange(len(logged))
    parts: dict[str, list[Floats]] = {"plain": [], "plain_robust": [], "learned": [], "learned_robust": []}
    for fold in range(FOLDS):
        learned = logged.part(rows[rows % FOLDS != fold]).learn()
        judged = logged.part(rows[rows % FOLDS == fold])
        for name, policy in (("plain", _first), ("learned", learned.best)):
            ips, robust = _terms(judged, policy, learned.mean)
            parts[name].append(ips)
            parts[f"{name}_robust"].append(robust)
    terms = {name: np.concatenate(each) for name, each in parts.items()}
    return Comparison(
        choices=len(logged),
        shown=_estimate(logged.clicked.astype(np.float64)),
        plain=PolicyValue(_estimate(terms["plain"]), _estimate(terms["plain_robust"])),
        learned=PolicyValue(_estimate(terms["learned"]), _estimate(terms["learned_robust"])),
        gain=_estimate(terms["learned_robust"] - terms["plain_robust"]),
    )


def _first(features: Floats) -> int:
    return 0


def _terms(logged: LoggedChoices, policy: Policy, model: Floats) -> tuple[Floats, Floats]:
    """Return what each choice adds to the two estimates, float64 `[n]` each."""
    wanted = np.array([policy(each) for each in logged.features])
    agrees = (wanted == logged.chosen) / logged.propensities
    expected = np.array([float(each[at] @ model) for each, at in zip(logged.features, wanted, strict=True)])
    of_shown = logged.shown() @ model
    return agrees * logged.clicked, expected + agrees * (logged.clicked - of_shown)


def _estimate(terms: Floats) -> Estimate:
    mean = float(terms.mean())
    half = Z * float(terms.std(ddof=1)) / len(terms) ** 0.5 if len(terms) > 1 else float("inf")
    return Estimate(mean, mean - half, mean + half)
