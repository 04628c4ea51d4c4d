"""Exact nearest neighbours by comparing with every vector: the reference that other engines are measured against."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, NotFound
from shoplens.records import Vectors

# Scores of one block of queries take at most this many floats, whatever the number of queries.
_BLOCK_SCORES = 8_000_000
# Above this share of rows it is faster to score all of them than to copy the wanted ones together first.
_COPY_BELOW = 0.25
# Two orders of summing the same float32 product of unit vectors differ by less than this.
_ROUNDING = 1e-5


@dataclass(frozen=True, slots=True)
class _Rows:
    """A consistent view: the first `count` rows. Later rows of the shared arrays belong to newer views only."""

    keys: list[str]
    positions: dict[str, int]
    matrix: Vectors
    count: int


class ExactIndex:
    """Vectors as float32 in memory, in the order of adding; a replaced key keeps its place.

    Float32 and not float16: at 100,000 x 256 one query takes 11 ms, with float16 blocks 27 ms (numpy, two cores).
    Any number of threads may search while one adds or removes; each search sees the index before or after a change.
    """

    def __init__(self) -> None:
        self._rows = _Rows([], {}, np.zeros((0, 0), np.float32), 0)
        self._writing = threading.Lock()

    def __len__(self) -> int:
        return self._rows.count

    def keys(self) -> list[str]:
        """Return the keys in row order."""
        rows = self._rows
        return rows.keys[: rows.count]

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Store float32 or float16 `[n, dim]`; a known key is replaced, and of equal keys the last counts.

        Raises:
            BadInput: the shapes do not fit, or a vector is not finite.
        """
        given = np.asarray(vectors, dtype=np.float32)
        if given.ndim != 2 or len(given) != len(keys):
            raise BadInput("An index needs one vector for each key.", received=f"{len(keys)} keys, {given.shape}")
        if not np.isfinite(given).all():
            raise BadInput("A vector holds a value that is not a finite number.", remedy="Check the embedder.")
        if not keys:
            return
        with self._writing:
            rows = self._rows
            if rows.count:
                _check_dim(given, rows)
            newest = {key: row for row, key in enumerate(keys)}
            old = [key for key in newest if key in rows.positions]
            new = [key for key in newest if key not in rows.positions]
            if old:
                matrix = rows.matrix.copy()
                matrix[[rows.positions[key] for key in old]] = given[[newest[key] for key in old]]
                rows = _Rows(rows.keys, rows.positions, matrix, rows.count)
            self._rows = _append(rows, new, given[[newest[key] for key in new]]) if new else rows

    def remove(self, keys: Sequence[str]) -> int:
        """Forget the keys and return how many were known."""
        with self._writing:
            rows = self._rows
            gone = {rows.positions[key] for key in keys if key in rows.positions}
            if gone:
                stay = np.ones(rows.count, bool)
                stay[list(gone)] = False
                kept = [rows.keys[row] for row in np.flatnonzero(stay)]
                positions = {key: row for row, key in enumerate(kept)}
                self._rows = _Rows(kept, positions, rows.matrix[: rows.count][stay], len(kept))
        return len(gone)

    def search(
        self, queries: Vectors, k: int, *, among: npt.NDArray[np.bool_] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for each query up to `k` pairs `(key, similarity)`, the best first, ties in the order of adding.

        Args:
            queries: float32 `[q, dim]`.
            k: at least 1.
            among: mask over the rows in the order of `keys()`; only rows marked true can be found.

        Raises:
            BadInput: a shape does not fit, a query is not finite, or `k` is below 1.
        """
        rows = self._rows
        asked = np.asarray(queries, dtype=np.float32)
        if k < 1:
            raise BadInput("A search needs room for at least one answer.", received=f"k={k}")
        if asked.ndim != 2 or not np.isfinite(asked).all():
            raise BadInput("Queries must be finite numbers of shape [q, dim].", received=asked.shape)
        if among is not None and among.shape != (rows.count,):
            raise BadInput(
                f"The mask must have one entry for each of the {rows.count} rows.",
                received=among.shape,
                remedy="Make it from keys() again: the index has changed.",
            )
        if not rows.count or not len(asked):
            return [[] for _ in asked]
        _check_dim(asked, rows)
        wanted = None if among is None else np.flatnonzero(among)
        block = max(1, _BLOCK_SCORES // rows.count)
        parts = (asked[start : start + block] for start in range(0, len(asked), block))
        return [answer for part in parts for answer in _search_block(rows, part, k, wanted)]

    def vectors(self, keys: Sequence[str]) -> Vectors:
        """Return the stored vectors, float32 `[n, dim]`.

        Raises:
            NotFound: a key is not in the index.
        """
        rows = self._rows
        unknown = [key for key in keys if rows.positions.get(key, rows.count) >= rows.count]
        if unknown:
            raise NotFound("The index has no vector under this key.", received=unknown[0], remedy="Add it first.")
        return rows.matrix[[rows.positions[key] for key in keys]]


def _check_dim(vectors: Vectors, rows: _Rows) -> None:
    if vectors.shape[1] != rows.matrix.shape[1]:
        raise BadInput(
            f"The index holds vectors of length {rows.matrix.shape[1]}.",
            received=vectors.shape[1],
            remedy="Use the embedder that filled it, or build it anew.",
        )


def _append(rows: _Rows, keys: list[str], vectors: Vectors) -> _Rows:
    count = rows.count + len(keys)
    matrix, names, positions = rows.matrix, rows.keys, rows.positions
    if count > len(matrix):
        matrix = np.empty((max(count, 2 * rows.count), vectors.shape[1]), np.float32)
        if rows.count:
            matrix[: rows.count] = rows.matrix[: rows.count]
    matrix[rows.count : count] = vectors
    names.extend(keys)
    positions.update((key, rows.count + offset) for offset, key in enumerate(keys))
    return _Rows(names, positions, matrix, count)


def _search_block(
    rows: _Rows, queries: Vectors, k: int, wanted: npt.NDArray[np.intp] | None
) -> list[list[tuple[str, float]]]:
    matrix = rows.matrix[: rows.count]
    if wanted is None:
        scores = queries @ matrix.T
    elif len(wanted) < _COPY_BELOW * rows.count:
        scores = queries @ matrix[wanted].T
    else:
        scores = (queries @ matrix.T)[:, wanted]
    return [_best(rows, query, line, k, wanted) for query, line in zip(queries, scores, strict=True)]


def _best(
    rows: _Rows, query: Vectors, scores: Vectors, k: int, wanted: npt.NDArray[np.intp] | None
) -> list[tuple[str, float]]:
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        found = np.flatnonzero(scores >= least - _ROUNDING)
    else:
        found = np.arange(len(scores))
    if wanted is not None:
        found = wanted[found]
    # A matrix product may sum equal rows in different orders; this sums each alike, so that equal vectors truly tie.
    exact = np.einsum("nd,d->n", rows.matrix[found].astype(np.float64), query.astype(np.float64))
    order = np.argsort(-exact, kind="stable")[:k]
    return [(rows.keys[row], float(score)) for row, score in zip(found[order], exact[order], strict=True)]
