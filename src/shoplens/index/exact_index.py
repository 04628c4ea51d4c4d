"""Exact nearest neighbours by comparing with every vector: the reference that other engines are measured against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

import numpy as np

from shoplens.errors import BadInput
from shoplens.index.half_rows import Found, HalfRows, Mask, Rows
from shoplens.index.shared_lock import SharedLock
from shoplens.records import Vectors

# So many queries at most are answered before a waiting writer has its turn.
_AT_ONCE = 64
# So many vectors at most are added before waiting readers have theirs.
_ADDED_AT_ONCE = 4_096


class ExactIndex:
    """Vectors of 16 bits in memory; at 100,000 x 256 one thread answers about 500 queries a second.

    Ties come in the order of adding, and a filter costs no recall. Memory of removed vectors is free again only once an
    index is filled anew.
    """

    KIND = b"shoplens exact index 1\n"

    def __init__(self) -> None:
        self._rows = HalfRows()
        self._lock = SharedLock()

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def keys(self) -> list[str]:
        """Return the keys in the order of adding."""
        with self._lock.reading():
            return self._rows.keys()

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Store float32 or float16 `[n, dim]`; a known key is replaced, and of equal keys the last counts.

        Raises:
            BadInput: the shapes do not fit, or a vector is not finite.
        """
        given = self._rows.check(keys, vectors)
        newest = {key: row for row, key in enumerate(keys)}
        names, order = list(newest), np.fromiter(newest.values(), np.int64, len(newest))
        for start in range(0, len(names), self._added_at_once()):
            part = slice(start, start + self._added_at_once())
            with self._lock.writing():
                self._rows.check_dim(given)
                self._rows.drop(names[part])
                chosen = np.ascontiguousarray(given[order[part]])
                self._appended(self._rows.append(names[part], chosen), chosen)

    def remove(self, keys: Sequence[str]) -> int:
        """Forget the keys and return how many were known."""
        with self._lock.writing():
            return self._rows.drop(keys)

    def search(self, queries: Vectors, k: int, *, among: Mask | None = None) -> list[list[tuple[str, float]]]:
        """Return for each query up to `k` pairs `(key, similarity)`, the best first; see `VectorIndex`.

        Raises:
            BadInput: a shape does not fit, a query is not finite, or `k` is below 1.
        """
        asked = np.ascontiguousarray(queries, dtype=np.float32)
        if k < 1:
            raise BadInput("A search needs room for at least one answer.", received=f"k={k}")
        if asked.ndim != 2 or not np.isfinite(asked).all():
            raise BadInput("Queries must be finite numbers of shape [q, dim].", received=asked.shape)
        answers: list[list[tuple[str, float]]] = []
        at_once = self._answered_at_once()
        for start in range(0, len(asked), at_once):
            with self._lock.reading():
                answers += self._answers(asked[start : start + at_once], k, among)
        return answers

    def mask(self, keys: Iterable[str]) -> Mask:
        """Return a mask of these keys for `search`; unknown ones are passed over."""
        with self._lock.reading():
            mask = np.zeros(self._rows.total, np.bool_)
            mask[self._rows.numbers(keys)] = True
        return mask

    def vectors(self, keys: Sequence[str]) -> Vectors:
        """Return the stored vectors, float32 `[n, dim]`.

        Raises:
            NotFound: a key is not in the index.
        """
        with self._lock.reading():
            return self._rows.vectors(keys)

    def writer(self) -> Callable[[BinaryIO], None]:
        """Return what writes the index, as it is at this moment, to a file; others search, add and remove meanwhile."""
        with self._lock.reading():
            head, total, lists = self._rows.head(), self._rows.total, self._lists_bytes()

        def write(file: BinaryIO) -> None:
            file.write(self.KIND)
            file.write(head)
            # A row keeps its number and its vector, and a piece at a time keeps nobody waiting for long.
            for piece in self._rows.pieces(total):
                with self._lock.reading():
                    codes = self._rows.codes()[piece].copy()
                file.write(codes.tobytes())
            file.write(lists)

        return write

    def read(self, file: BinaryIO) -> None:
        """Take what a writer wrote, in place of everything here; the bytes are trusted, so check them before.

        Raises:
            BadInput: an index of another kind or version wrote it.
        """
        kind = file.read(len(self.KIND))
        if kind != self.KIND:
            raise BadInput("Another kind of index wrote this.", received=kind, remedy="Fill it from the catalogue.")
        with self._lock.writing():
            self._rows.read(file)
            self._read_lists(file)

    def _answers(self, queries: Vectors, k: int, among: Mask | None) -> list[list[tuple[str, float]]]:
        rows = self._rows
        if among is not None and len(among) > rows.total:
            raise BadInput(
                f"The index has {rows.total} rows only.",
                received=f"a mask of {len(among)}",
                remedy="Make it with mask().",
            )
        if not len(rows):
            return [[] for _ in queries]
        rows.check_dim(queries)
        scores, found = self._nearest(queries, k, among)
        return rows.keyed(scores, found)

    # What an index with more than rows has to say.

    def _nearest(self, queries: Vectors, k: int, among: Mask | None) -> Found:
        return self._rows.nearest(queries, k, among)

    def _answered_at_once(self) -> int:
        return _AT_ONCE

    def _added_at_once(self) -> int:
        return _ADDED_AT_ONCE

    def _appended(self, rows: Rows, vectors: Vectors) -> None:
        """Called with the lock held after rows were added."""

    def _lists_bytes(self) -> bytes:
        return b""

    def _read_lists(self, file: BinaryIO) -> None:
        """Called with the lock held; the file stands behind the rows."""
