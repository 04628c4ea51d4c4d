"""The shop's own sense of what is alike, learned from its catalogue in a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors

_FEWEST = 32
_WITHIN = 0.9
"""Weight of the differences within products, the rest being those between all photos; chosen on the drawn demo shop."""

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One part of the vectors: where it stands, its mean `[d]`, and the map `[d, d]` that whitens it."""

    where: slice
    mean: Floats
    whitening: Floats


class ShopSpace:
    """Weighs differences by how little they mean in this shop.

    What nearly all photos of a shop share (a white background, that everything is a shirt) does not tell products
    apart, and what differs between two photos of one product (the pose, the side that is seen) should not. So each part
    of the vectors is centred and whitened: by the covariance within products, as speaker recognition does (Hatch,
    Kajarekar and Stolcke, "Within-class covariance normalization", 2006), mixed with that of all photos; by the latter
    alone where too few products have several photos (Jegou and Chum, "Negative evidences and co-occurences in image
    retrieval", 2012). Both covariances are shrunk towards a sphere by the share that Ledoit and Wolf derive ("A
    well-conditioned estimator for large-dimensional covariance matrices", 2004), so a small shop is changed little.
    Parts keep their lengths, so a blend keeps its weights.
    """

    def __init__(self, parts: Sequence[_Part]) -> None:
        self._parts = tuple(parts)

    @classmethod
    def fit(cls, vectors: Vectors, lengths: Sequence[int], owners: Sequence[str] | None = None) -> ShopSpace:
        """Learn from the vectors of the shop's photos, float32 `[n, dim]`; fewer than 32 leave everything as it is.

        Args:
            vectors: what an embedder made.
            lengths: of the vectors' parts, as the embedder tells; they sum to `dim`.
            owners: the product that each photo shows; None where that is not known.
        """
        if len(vectors) < _FEWEST:
            return cls([])
        groups = np.arange(len(vectors)) if owners is None else np.unique(np.array(owners), return_inverse=True)[1]
        ends = np.cumsum(lengths)
        return cls([
            _fit_part(vectors, slice(end - length, end), groups) for end, length in zip(ends, lengths, strict=True)
        ])  # fmt: skip

    def apply(self, vectors: Vectors) -> Vectors:
        """Return float32 `[n, dim]`; parts of unit vectors keep their lengths, so the rows stay unit vectors."""
        changed = np.array(vectors, np.float32)
        for part in self._parts:
            before = changed[:, part.where]
            after = (before - part.mean) @ part.whitening
            length = np.linalg.norm(before, axis=1, keepdims=True)
            changed[:, part.where] = after * (length / np.maximum(np.linalg.norm(after, axis=1, keepdims=True), 1e-12))
        return changed


def _fit_part(vectors: Vectors, where: slice, groups: npt.NDArray[np.intp]) -> _Part:
    values = vectors[:, where].astype(np.float64)
    mean = values.mean(axis=0)
    covariance = _shrunk_covariance(values - mean)
    within = _within(values, groups)
    if len(within) >= _FEWEST and np.trace(covariance) > 0:
        own = _shrunk_covariance(within)
        scale = np.trace(covariance) / max(np.trace(own), 1e-12)
        covariance = _WITHIN * scale * own + (1 - _WITHIN) * covariance
    eigenvalues, axes = np.linalg.eigh(covariance)
    # A direction in which nothing ever differs (all photos alike) must not blow up rounding.
    lengths = np.sqrt(np.maximum(eigenvalues, max(eigenvalues[-1], 1e-12) * 1e-6))
    return _Part(where, mean.astype(np.float32), (axes / lengths).astype(np.float32))


def _within(values: Doubles, groups: npt.NDArray[np.intp]) -> Doubles:
    """Return the difference of each photo from its product's mean, for products of several photos, unbiased."""
    counts = np.bincount(groups)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, groups, values)
    several = counts[groups] > 1
    size = counts[groups][several, None]
    return np.asarray((values[several] - sums[groups[several]] / size) * np.sqrt(size / (size - 1)))


def _shrunk_covariance(centred: Doubles) -> Doubles:
    """Return the estimator of Ledoit and Wolf (2004, section 3.3) of rows with mean 0."""
    count, dim = centred.shape
    sample = centred.T @ centred / count
    mean_variance = np.trace(sample) / dim
    distance = float(((sample - mean_variance * np.eye(dim)) ** 2).sum())
    error = float(((centred**2).sum(axis=1) ** 2).sum() / count**2 - (sample**2).sum() / count)
    share = min(max(error, 0.0), distance) / distance if distance > 0 else 1.0
    return np.asarray((1 - share) * sample + share * mean_variance * np.eye(dim))
