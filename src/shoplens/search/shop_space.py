"""The shop's own sense of what is alike, learned from its catalogue in a moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from shoplens.embedding.unit_rows import unit_rows
from shoplens.records import Vectors
from shoplens.search.part_shares import learn_shares, learn_snap_shares, usual_of_snaps
from shoplens.search.snaps import Snaps

FEWEST = 32
_WITHIN = 0.9
"""Weight of the differences within products, the rest being those between all photos; chosen on the drawn demo shop."""

_LEAST = 1e-6
"""A part of nothing but zeros keeps so large a share, which no other is divided by."""

_PHOTOS_A_NUMBER = 4
"""Photos for each number of a network's vector from which on its covariance is believed without known products. Of
drawn shops of 80 and 260 photos and of 200 of grocery's train part, centring alone found 1 to 3 in 100 more among five;
with 800 and more it made no difference on these."""

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """One part of the vectors: where it stands, its mean `[d]`, and the map `[d, d]` that whitens it."""

    where: slice
    mean: Floats
    whitening: Floats

    def apply(self, vectors: Vectors) -> Vectors:
        """Return the part of each row `[n, d]`, whitened, of unit length."""
        return unit_rows((vectors[:, self.where] - self.mean) @ self.whitening)


class ShopSpace:
    """Weighs differences by how little they mean in this shop.

    What nearly all photos of a shop share (a white background, that everything is a shirt) does not tell products
    apart, and what differs between two photos of one product (the pose, the side that is seen) should not. So each
    part of the vectors is centred and whitened: by the covariance within products, as speaker recognition does
    (Hatch, Kajarekar and Stolcke, "Within-class covariance normalization", 2006), mixed with that of all photos; by
    the latter alone where too few products have several photos (Jegou and Chum, "Negative evidences and
    co-occurences in image retrieval", 2012). Where there are few photos as well, the parts of a network, which are all
    but the last, are only centred: its training has done that work already. Both covariances are shrunk towards a
    sphere by the share that Ledoit and Wolf derive ("A well-conditioned estimator for large-dimensional covariance
    matrices", 2004), so a small shop is changed little. How much each part counts is learned too, where the shop has
    enough products of several photos, or simulated shoppers' photos of its products.

    Args:
        parts: empty for a space that changes nothing.
        shares: what each part counts, adding up to 1.
        snap_shares: what each counts where a shopper's photo is compared; the same unless given.
        fitted: whether the parts were learned from photos.
    """

    def __init__(
        self,
        parts: Sequence[_Part] = (),
        shares: Sequence[float] = (),
        snap_shares: Sequence[float] | None = None,
        *,
        fitted: bool = True,
    ) -> None:
        self.parts = tuple(parts)
        self.shares = tuple(shares)
        self.snap_shares = tuple(snap_shares or shares)
        self.fitted = fitted and bool(parts)

    @classmethod
    def fit(
        cls,
        vectors: Vectors,
        lengths: Sequence[int],
        owners: Sequence[str] | None = None,
        shares: Sequence[float] | None = None,
        snaps: Snaps | None = None,
    ) -> ShopSpace:
        """Learn from the vectors of the shop's photos, float32 `[n, dim]`; fewer than 32 leave photos as they are.

        Args:
            vectors: what an embedder made.
            lengths: of the vectors' parts, as the embedder tells; they sum to `dim`.
            owners: the product that each photo shows; None where that is not known.
            shares: what each part counts, where that has been learned already.
            snaps: simulated shoppers' photos of products.
        """
        if not len(vectors):
            return cls()
        groups = np.arange(len(vectors)) if owners is None else np.unique(np.array(owners), return_inverse=True)[1]
        ends = np.cumsum(lengths)
        places = [slice(end - length, end) for end, length in zip(ends, lengths, strict=True)]
        usual = [max(float((vectors[:, place] ** 2).sum(axis=1).mean()), _LEAST) for place in places]
        if len(vectors) < FEWEST:
            parts = [_unchanged(place, np.zeros(length)) for place, length in zip(places, lengths, strict=True)]
            return cls(parts, shares or usual, usual_of_snaps(len(parts)), fitted=False)

        def fit(seen: npt.NDArray[np.bool_]) -> Callable[[Vectors], list[Vectors]]:
            parts = _fit_parts(vectors[seen], places, groups[seen])
            return lambda some: [part.apply(some) for part in parts]

        space = cls(_fit_parts(vectors, places, groups), shares or learn_shares(vectors, groups, fit, usual))
        told = learn_snap_shares(vectors, groups, space._split, len(places), snaps or Snaps.none())
        return cls(space.parts, space.shares, told)

    def place(self, vectors: Vectors, part: slice, dim: int, mean: Floats) -> Vectors:
        """Return unit vectors float32 `[n, dim]` of what is no photo but lies in the space of one part, such as texts.

        They are centred by their own mean, because texts and photos of one network lie apart (Liang et al., "Mind the
        gap", 2022), and whitened as the photos are. The other parts are 0 and so say nothing.

        Args:
            vectors: float32 `[n, part]`.
            part: where it stands in a photo's vector.
            dim: length of a photo's vector.
            mean: of such vectors in general, float32 `[part]`.
        """
        placed = np.zeros((len(vectors), dim), np.float32)
        known = next((known for known in self.parts if known.where == part), None)
        placed[:, part] = vectors if known is None or not self.fitted else (vectors - mean) @ known.whitening
        return unit_rows(placed)

    def write(self, file: BinaryIO) -> None:
        """Write it to a file."""
        ends = [part.where.stop for part in self.parts]
        for array in (np.array([self.fitted, *ends], np.int64), np.array([self.shares, self.snap_shares], np.float64)):
            np.lib.format.write_array(file, array, allow_pickle=False)
        for part in self.parts:
            np.lib.format.write_array(file, part.mean, allow_pickle=False)
            np.lib.format.write_array(file, part.whitening, allow_pickle=False)

    @classmethod
    def read(cls, file: BinaryIO) -> ShopSpace:
        """Return what `write` wrote."""

        def array() -> Floats:
            return np.asarray(np.lib.format.read_array(file, allow_pickle=False))

        (fitted, *ends), (shares, snap_shares) = array().tolist(), array().tolist()
        starts = [0, *ends[:-1]]
        parts = [_Part(slice(*place), array(), array()) for place in zip(starts, ends, strict=True)]
        return cls(parts, shares, snap_shares, fitted=bool(fitted))

    def apply(self, vectors: Vectors) -> Vectors:
        """Return unit vectors float32 `[n, dim]`."""
        if not self.parts:
            return np.asarray(vectors, np.float32)
        scaled = [
            part * np.float32(np.sqrt(share)) for part, share in zip(self._split(vectors), self.shares, strict=True)
        ]
        return np.concatenate(scaled, axis=1)

    def apply_snaps(self, vectors: Vectors) -> Vectors:
        """Return float32 `[n, dim]` of shoppers' photos, to be compared with what `apply` returns.

        The inner products are the likenesses of the parts, weighed by `snap_shares`; the vectors' length is not 1.
        """
        if not self.parts:
            return np.asarray(vectors, np.float32)
        weights = zip(self._split(vectors), self.snap_shares, self.shares, strict=True)
        return np.concatenate([part * np.float32(own / np.sqrt(share)) for part, own, share in weights], axis=1)

    def _split(self, vectors: Vectors) -> list[Vectors]:
        return [part.apply(vectors) for part in self.parts]


def _fit_parts(vectors: Vectors, places: Sequence[slice], groups: npt.NDArray[np.intp]) -> list[_Part]:
    parts = [_fit_part(vectors, place, groups) for place in places]
    if (np.bincount(groups)[groups] > 1).sum() >= FEWEST:
        return parts
    few = [len(vectors) < _PHOTOS_A_NUMBER * len(part.mean) for part in parts[:-1]] + [False]
    return [_unchanged(part.where, part.mean) if too_few else part for part, too_few in zip(parts, few, strict=True)]


def _unchanged(where: slice, mean: npt.NDArray[np.floating]) -> _Part:
    """Return a part that is only centred."""
    return _Part(where, mean.astype(np.float32), np.eye(len(mean), dtype=np.float32))


def _fit_part(vectors: Vectors, where: slice, groups: npt.NDArray[np.intp]) -> _Part:
    values = vectors[:, where].astype(np.float64)
    mean = values.mean(axis=0)
    covariance = _shrunk_covariance(values - mean)
    within = _within(values, groups)
    if len(within) >= FEWEST and np.trace(covariance) > 0:
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
