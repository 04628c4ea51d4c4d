"""The shop's own sense of what is alike, learned from its photos without any label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors

_FEWEST = 32
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One part of the vectors: where it stands, its mean `[d]`, and the map `[d, d]` that whitens it."""

    where: slice
    mean: Floats
    whitening: Floats


class ShopSpace:
    """Weighs differences by how unusual they are in this shop.

    What nearly all photos of a shop share (a white background, the same model's pose, that everything is a shirt) says
    nothing of which product it is, and what differs rarely says much. So each part of the vectors is centred and
    whitened by the shop's own covariance, as Jegou and Chum found to help retrieval ("Negative evidences and
    co-occurences in image retrieval", 2012). The covariance is shrunk towards a sphere by the share that Ledoit and
    Wolf derive ("A well-conditioned estimator for large-dimensional covariance matrices", 2004), so a small shop is
    barely changed and nothing is left to tune. Parts keep their lengths, so a blend keeps its weights.
    """

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = tuple(parts)

    @classmethod
    def fit(cls, vectors: Vectors, lengths: Sequence[int]) -> ShopSpace:
        """Learn from the vectors of the shop's photos, float32 `[n, dim]`; fewer than 32 leave everything as it is.

        Args:
            vectors: what an embedder made.
            lengths: of the vectors' parts, as the embedder tells; they sum to `dim`.
        """
        if len(vectors) < _FEWEST:
            return cls([])
        ends = np.cumsum(lengths)
        return cls([_fit_part(vectors, slice(end - length, end)) for end, length in zip(ends, lengths, strict=True)])

    def apply(self, vectors: Vectors) -> Vectors:
        """Return float32 `[n, dim]`; parts of unit vectors keep their lengths, so the rows stay unit vectors."""
        changed = np.array(vectors, np.float32)
        for part in self._parts:
            before = changed[:, part.where]
            after = (before - part.mean) @ part.whitening
            length = np.linalg.norm(before, axis=1, keepdims=True)
            changed[:, part.where] = after * (length / np.maximum(np.linalg.norm(after, axis=1, keepdims=True), 1e-12))
        return changed


def _fit_part(vectors: Vectors, where: slice) -> _Part:
    values = vectors[:, where].astype(np.float64)
    mean = values.mean(axis=0)
    eigenvalues, axes = np.linalg.eigh(_shrunk_covariance(values - mean))
    # A direction in which nothing ever differs (all photos alike) must not blow up rounding.
    scale = 1.0 / np.sqrt(np.maximum(eigenvalues, max(eigenvalues[-1], 1e-12) * 1e-6))
    return _Part(where, mean.astype(np.float32), (axes * scale).astype(np.float32))


def _shrunk_covariance(centred: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the estimator of Ledoit and Wolf (2004, section 3.3) of rows with mean 0."""
    count, dim = centred.shape
    sample = centred.T @ centred / count
    mean_variance = np.trace(sample) / dim
    distance = float(((sample - mean_variance * np.eye(dim)) ** 2).sum())
    error = float(((centred**2).sum(axis=1) ** 2).sum() / count**2 - (sample**2).sum() / count)
    share = min(max(error, 0.0), distance) / distance if distance > 0 else 1.0
    return np.asarray((1 - share) * sample + share * mean_variance * np.eye(dim))
