"""Few rows, so chosen that every other one is near to one of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_CANDIDATES = 24_000
_PROJECTED = 64
_SEED = 0

Rows = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]


class Coreset:
    """Chosen rows, and what is needed to choose again when some rows are left out.

    Greedily, always the row that lies farthest from those chosen (Sener and Savarese, "Active Learning for
    Convolutional Neural Networks: A Core-Set Approach", 2018), on random projections.

    Args:
        rows: float32 `[n, dim]`; of very many a random part is chosen from.
        wanted: how many to choose at most, 1 or more.
    """

    def __init__(self, rows: Rows, wanted: int) -> None:
        rng = np.random.default_rng(_SEED)
        self._candidates = np.sort(rng.permutation(len(rows))[:_CANDIDATES])
        projection = rng.normal(size=(rows.shape[1], _PROJECTED)).astype(np.float32) / np.float32(np.sqrt(_PROJECTED))
        self._seen = rows[self._candidates] @ projection
        self._squares = (self._seen**2).sum(axis=1)
        self._gap = np.full(len(self._seen), np.inf, np.float32)
        self._nearest = np.zeros(len(self._seen), np.intp)
        first = int(rng.integers(len(self._seen)))
        self._chosen = self._spread_out([first], min(wanted, len(self._seen)), self._gap, self._nearest)

    @property
    def chosen(self) -> Places:
        """Where the chosen ones stand among the rows, in the order of their choice."""
        return self._candidates[self._chosen]

    def without(self, left_out: npt.NDArray[np.bool_], wanted: int) -> Places:
        """Return what is chosen where some rows are not there: the other chosen ones, and more in their place.

        Only rows that one of those left out was nearest to are looked at anew, which makes leaving out each part in
        turn some twenty times as quick as choosing each time from the start.

        Args:
            left_out: of each row, whether it is not there; bool `[n]`.
            wanted: how many to choose at most.
        """
        gone = left_out[self._candidates]
        kept = [place for place in self._chosen if not gone[place]]
        gap, nearest = self._gap.copy(), self._nearest.copy()
        stale = np.flatnonzero(gone[nearest] & ~gone)
        squares = self._squares[stale, None] + self._squares[kept] - 2.0 * self._seen[stale] @ self._seen[kept].T
        gap[stale] = squares.min(axis=1, initial=np.inf)
        gap[gone] = -np.inf
        wanted = min(wanted, int(np.count_nonzero(~gone)))
        if len(kept) < wanted:
            kept = self._spread_out(kept or [int(np.flatnonzero(~gone)[0])], wanted, gap, nearest)
        return self._candidates[kept[:wanted]]

    def _spread_out(self, chosen: list[int], wanted: int, gap: Rows, nearest: Places) -> list[int]:
        """Choose more; the last of those chosen may be new to `gap` and `nearest`, which are kept up."""
        while True:
            place = chosen[-1]
            squares = self._squares + self._squares[place] - 2.0 * self._seen @ self._seen[place]
            closer = squares < gap
            np.copyto(gap, squares, where=closer)
            nearest[closer] = place
            if len(chosen) >= wanted:
                return chosen
            chosen.append(int(gap.argmax()))
