"""What whole histories have in common: a linear model between items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.recommend.companions import Companions

ITEMS = 2_000
"""Listings at most that the model covers, those that most shoppers met: its time grows with their cube."""

_CHUNK = 8_192
_SHORT = 32  # things in a history up to which its pairs are counted one by one, and not in a product of matrices


@dataclass(frozen=True, slots=True, eq=False)
class Ease:
    """EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019): `B = I - P diag(P)^-1`.

    `P` is the inverse of the item-item counts plus `ridge` on their diagonal. Listings that it does not cover, and
    shoppers who met none that it covers, are answered by the sessions.

    Attributes:
        place_of: int32 `[listings]`, the place of each listing in the model, -1 for those that it does not cover.
        weights: float32 `[k, k]`, how much each covered listing speaks for each other; the diagonal is 0.
        sessions: what is met in one session.
        share: how much the model says where it can, beside the sessions: a guess.
    """

    place_of: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    sessions: Companions
    share: float = 0.5

    @classmethod
    def fit(
        cls,
        visitors: npt.NDArray[np.integer],
        listings: npt.NDArray[np.integer],
        size: int,
        sessions: Companions,
        *,
        ridge: float = 100.0,
        items: int = ITEMS,
    ) -> Self:
        """Learn from pairs (visitor, listing), `[n]` each, repeats counting once.

        Args:
            visitors: any numbers, equal for one shopper.
            listings: 0 to `size - 1`.
            size: number of listings.
            sessions: speaks for what the model does not cover.
            ridge: the larger, the less is read into rare pairs. Values from 50 to 500 did as well on the real baskets
                of `benchmarks/baskets.py`; that trial showed the part that is asked about too, and tried no other data.
            items: listings at most that the model covers.
        """
        who = np.unique(visitors, return_inverse=True)[1].astype(np.int64)
        keys = np.unique(who * max(size, 1) + listings)
        who, what = np.divmod(keys, max(size, 1))
        counts = np.bincount(what, minlength=size)
        covered = np.argsort(-counts, kind="stable")[:items]
        covered = np.sort(covered[counts[covered] > 1])
        place_of = np.full(size, -1, dtype=np.int32)
        place_of[covered] = np.arange(len(covered), dtype=np.int32)
        inside = place_of[what] >= 0
        gram = _gram(who[inside], place_of[what[inside]], len(covered))
        gram[np.diag_indices_from(gram)] += ridge
        inverse = np.linalg.inv(gram) if len(covered) else gram
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        return cls(place_of, weights.astype(np.float32), sessions)

    def scores(self, listings: Sequence[int], weights: Sequence[float]) -> tuple[npt.NDArray[np.float32], float]:
        """Return a mix of the model's scores and of the sessions' chances, and the sessions' trust."""
        chances, trust = self.sessions.scores(listings, weights)
        places = self.place_of[list(listings)]
        if not (places >= 0).any():
            return chances, trust
        strength = np.array(weights, dtype=np.float32)[places >= 0]
        said = np.maximum(strength @ self.weights[places[places >= 0]], 0.0)
        said = np.append(said / max(float(said.max()), 1e-12), np.float32(0.0))[self.place_of]
        mixed = self.share * said + (1.0 - self.share) * chances
        return np.asarray(mixed / max(float(mixed.max()), 1e-12), dtype=np.float32), trust


def _gram(who: npt.NDArray[np.int64], what: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.float64]:
    """Return in how many histories each two listings are, float64 `[size, size]`.

    Args:
        who: whose each entry is, in order.
        what: 0 to `size - 1`, growing within each history.
        size: number of listings.
    """
    if not len(who):
        return np.zeros((size, size))
    _, owner, sizes = np.unique(who, return_inverse=True, return_counts=True)
    short = (sizes <= _SHORT)[owner]
    upper = _upper_counts(owner[short], what[short].astype(np.int64), size)
    gram = upper + np.triu(upper, 1).T
    long = np.flatnonzero(sizes > _SHORT)
    number = np.zeros(len(sizes), dtype=np.int64)
    number[long] = np.arange(len(long))
    rows, columns = number[owner[~short]], what[~short]
    for first in range(0, len(long), _CHUNK):
        inside = slice(*np.searchsorted(rows, [first, first + _CHUNK]))
        held = np.zeros((min(_CHUNK, len(long) - first), size), dtype=np.float32)
        held[rows[inside] - first, columns[inside]] = 1.0
        gram += held.T @ held
    return gram


def _upper_counts(owner: npt.NDArray[np.int64], what: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
    """Return the counts of pairs on the diagonal and above it, from short histories."""
    keys = [what * size + what]
    for step in range(1, _SHORT):
        same = owner[step:] == owner[:-step]
        if not same.any():
            break
        keys.append((what[:-step] * size + what[step:])[same])
    counts = np.bincount(np.concatenate(keys), minlength=size * size)
    return counts.astype(np.float64).reshape(size, size)
