"""Chooses between products so that it learns what is clicked: Thompson sampling over a linear model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Features = npt.NDArray[np.float64]

DRAWS = 128
"""Models drawn for one choice; what part of them prefers a product is the chance that it is chosen."""

FLOOR = 0.05
"""Share of every choice that is left to chance among all, so that no product's propensity comes near 0."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearThompson:
    """Bayesian linear regression of clicks on features (Agrawal and Goyal, "Thompson Sampling for Contextual Bandits
    with Linear Payoffs", 2013).

    For one choice, `DRAWS` models are drawn from the posterior, and each product gets the share of them that prefer it,
    mixed with `FLOOR` of equal chances. The choice is drawn from these very shares, so the propensities that are logged
    are exact and not estimates.

    Attributes:
        mean: float64 `[d]`, of the weights.
        root: float64 `[d, d]`, a root of their covariance.
        choices: how many choices it learned from.
    """  # noqa: D205

    mean: Features
    root: Features
    choices: int = 0

    @classmethod
    def fit(
        cls, features: Features, clicked: npt.NDArray[np.bool_], *, ridge: float = 1.0, spread: float = 0.3
    ) -> Self:
        """Learn from choices that were shown.

        Args:
            features: float64 `[n, d]`, of the products that were chosen.
            clicked: bool `[n]`.
            ridge: precision of the prior; larger for smaller weights.
            spread: standard deviation of a click around its expectation; larger explores more.
        """
        precision = ridge * np.eye(features.shape[1]) + features.T @ features
        covariance = np.linalg.inv(precision)
        mean = covariance @ (features.T @ clicked.astype(np.float64))
        root = np.asarray(spread * np.linalg.cholesky((covariance + covariance.T) / 2.0), dtype=np.float64)
        return cls(mean, root, len(features))

    @classmethod
    def unlearned(cls, size: int) -> Self:
        """Return one that knows nothing of `size` features."""
        return cls.fit(np.empty((0, size)), np.empty(0, dtype=bool))

    def propensities(self, features: Features, rng: np.random.Generator) -> npt.NDArray[np.float64]:
        """Return for each product of a choice `[k, d]` the chance to be chosen, float64 `[k]`, at least `FLOOR / k`."""
        weights = self.mean + rng.standard_normal((DRAWS, len(self.mean))) @ self.root.T
        best = np.argmax(weights @ features.T, axis=1)
        shares = np.bincount(best, minlength=len(features)) / DRAWS
        return np.asarray((1.0 - FLOOR) * shares + FLOOR / len(features))

    def best(self, features: Features) -> int:
        """Return the product of a choice `[k, d]` with the largest expected reward."""
        return int(np.argmax(features @ self.mean))
