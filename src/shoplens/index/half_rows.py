"""Vectors of 16 bits in numbered rows, each under a key, compared one by one."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, NotFound
from shoplens.index.one_thread import one_thread
from shoplens.records import Vectors

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
Found = tuple[npt.NDArray[np.float32], Rows]

_PIECE = 65_536
# After a start there is room for one row more in so many; once a tenth of a shop has changed it is made anew anyway.
_ROOM = 10
_HEAD = struct.Struct("<QQQ")
# So many queries of one mask pay for copying the marked rows together (100,000 rows of 256, a tenth of them marked).
_COPY_FROM = 8
# Copies take at most this share of the memory of the rows, or so many rows.
_COPY_BELOW = 0.25
_COPY_UP_TO = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Which rows may be found.

    Attributes:
        rows: true for those, `[total]`.
        count: how many they are.
        bits: the same, eight to a byte, the first in the lowest bit.
    """

    rows: Mask
    count: int
    bits: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, rows: Mask) -> Marked:
        """Count and pack them."""
        return cls(rows, int(np.count_nonzero(rows)), np.packbits(rows, bitorder="little"))


@dataclass(frozen=True, slots=True, eq=False)
class _Copied:
    """The rows of one mask, side by side, as long as nothing is written."""

    bits: npt.NDArray[np.uint8]
    version: int
    rows: Rows
    store: Any  # None where the mask was seen once only


class HalfRows:
    """Rows that keep their number as long as they live; numbers are not used again.

    Half precision costs an inner product of unit vectors less than 0.001 and halves memory and time. Not safe for
    threads that write: its owner has a lock.

    Attributes:
        dim: of the vectors; 0 as long as there were none.
        total: how many rows were ever added; the next row's number.
        alive: which rows were not removed, `[total]`.
    """

    def __init__(self) -> None:
        self.dim = 0
        self.total = 0
        self._keys = np.zeros(0, np.object_)  # an array: a search takes many at once
        self._numbers: dict[str, int] = {}
        self._alive = np.zeros(0, np.bool_)
        self._store: Any = None
        self._version = 0
        self._copied: _Copied | None = None
        self._living: tuple[int, Marked] | None = None

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, key: object) -> bool:
        return key in self._numbers

    @property
    def alive(self) -> Mask:
        """Which rows were not removed."""
        return self._alive[: self.total]

    @property
    def store(self) -> Any:  # noqa: ANN401 - faiss has no types
        """The rows as a faiss index of the inner product."""
        return self._store

    def keys(self) -> list[str]:
        """Return the keys in the order of their rows."""
        return list(self._numbers)

    def keyed(self, scores: npt.NDArray[np.float32], rows: Rows) -> list[list[tuple[str, float]]]:
        """Return key and score of what was found, both `[q, k]`, without rows of -1."""
        answers = [
            list(zip(line, likeness, strict=True))
            for line, likeness in zip(self._keys[rows].tolist(), scores.tolist(), strict=True)
        ]
        for query in missing(rows).tolist():
            answers[query] = [pair for pair, row in zip(answers[query], rows[query], strict=True) if row >= 0]
        return answers

    def numbers(self, keys: Iterable[str]) -> Rows:
        """Return the rows of those of the keys that are known."""
        known = (self._numbers.get(key, -1) for key in keys)
        return np.fromiter((row for row in known if row >= 0), np.int64)

    def check(self, keys: Sequence[str], vectors: Vectors) -> Vectors:
        """Return the vectors as float32, or raise `BadInput` where they do not fit."""
        given = np.ascontiguousarray(vectors, dtype=np.float32)
        if given.ndim != 2 or len(given) != len(keys):
            raise BadInput("An index needs one vector for each key.", received=f"{len(keys)} keys, {given.shape}")
        if not np.isfinite(given).all():
            raise BadInput("A vector holds a value that is not a finite number.", remedy="Check the embedder.")
        if keys:
            self.check_dim(given)
        return given

    def check_dim(self, vectors: Vectors) -> None:
        """Raise `BadInput` where the vectors are of another length than the rows."""
        if self.dim and vectors.shape[1] != self.dim:
            raise BadInput(
                f"The index holds vectors of length {self.dim}.",
                received=vectors.shape[1],
                remedy="Use the embedder that filled it, or build it anew.",
            )

    def append(self, keys: Sequence[str], vectors: Vectors) -> Rows:
        """Store vectors under keys that are new and all different; return their rows."""
        if self._store is None:
            self._store = _new_store(vectors.shape[1])
            self.dim = vectors.shape[1]
        rows = np.arange(self.total, self.total + len(keys))
        with one_thread():
            self._store.add(vectors)
        self._grow(len(keys))
        self._alive[rows] = True
        self._keys[rows] = keys
        self._numbers.update(zip(keys, rows.tolist(), strict=True))
        self.total += len(keys)
        self._version += 1
        return rows

    def drop(self, keys: Iterable[str]) -> int:
        """Forget the keys; return how many were known."""
        gone = [self._numbers.pop(key) for key in dict.fromkeys(keys) if key in self._numbers]
        for row in gone:
            self._alive[row] = False
            self._keys[row] = ""
        self._version += bool(gone)
        return len(gone)

    def vectors(self, keys: Sequence[str]) -> Vectors:
        """Return the vectors of keys, float32 `[n, dim]`, or raise `NotFound`."""
        unknown = [key for key in keys if key not in self._numbers]
        if unknown:
            raise NotFound("The index has no vector under this key.", received=unknown[0], remedy="Add it first.")
        return self.at(np.array([self._numbers[key] for key in keys], np.int64))

    def at(self, rows: Rows) -> Vectors:
        """Return the vectors of rows, float32 `[n, dim]`."""
        if not len(rows):
            return np.zeros((0, self.dim), np.float32)
        return self.codes()[rows].astype(np.float32)

    def codes(self) -> npt.NDArray[np.float16]:
        """Return a view of all rows, `[total, dim]`, good until the next row is added."""
        import faiss

        whole = faiss.rev_swig_ptr(self._store.codes.data(), self.total * self.dim * 2)
        return np.asarray(whole).view(np.float16).reshape(self.total, self.dim)

    def nearest(self, queries: Vectors, k: int, among: Mask | None = None) -> Found:
        """Return scores and rows `[q, min(k, there are)]`, the best first, equal ones in the order of adding.

        Args:
            queries: float32 `[q, dim]`.
            k: at least 1.
            among: which rows may be found; a shorter mask leaves out the rows behind its end.
        """
        marked = self.marked(among)
        reachable = len(self) if marked is None else marked.count
        k = min(k, reachable)
        if not k:
            return np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
        fetch = min(k + 1, reachable)
        while True:
            scores, rows = self._scan(queries, fetch, marked)
            # Where the last one found is as good as the first one left out, the earlier of the two has to be known.
            if fetch == reachable or not (scores[:, k - 1] == scores[:, -1]).any():
                break
            fetch = min(fetch * 4, reachable)
        order = np.lexsort((rows, -scores), axis=1)[:, :k]
        return np.take_along_axis(scores, order, 1), np.take_along_axis(rows, order, 1)

    def marked(self, among: Mask | None) -> Marked | None:
        """Return which rows may be found; None for all."""
        if among is None and len(self) == self.total:
            return None
        if among is None:
            known = self._living
            if known is None or known[0] != self._version:
                known = self._living = self._version, Marked.of(self.alive.copy())
            return known[1]
        allowed = np.zeros(self.total, np.bool_)
        np.logical_and(among, self._alive[: len(among)], out=allowed[: len(among)])
        return Marked.of(allowed)

    def head(self) -> bytes:
        """Return all that `read` needs but the codes: how many rows, their keys, and which of them live."""
        names = json.dumps(self._keys[: self.total].tolist()).encode()
        return _HEAD.pack(self.total, self.dim, len(names)) + names + np.packbits(self.alive).tobytes()

    def pieces(self, total: int) -> Iterator[slice]:
        """Yield slices that cover the first `total` rows."""
        for start in range(0, total, _PIECE):
            yield slice(start, min(start + _PIECE, total))

    def read(self, file: BinaryIO) -> None:
        """Take what `head` and the codes after it say, in place of everything here."""
        self.total, self.dim, length = _HEAD.unpack(file.read(_HEAD.size))
        self._keys = np.array(json.loads(file.read(length)), np.object_)
        packed = np.frombuffer(file.read((self.total + 7) // 8), np.uint8)
        self._alive = np.unpackbits(packed, count=self.total).astype(np.bool_)
        living = np.flatnonzero(self._alive)
        self._numbers = dict(zip(self._keys[living].tolist(), living.tolist(), strict=True))
        self._store = None
        self._version += 1
        if self.total:
            self._store = _new_store(self.dim)
            # Without room the first row that is added has all of them copied, while nobody may search.
            for rows in (self.total + self.total // _ROOM, self.total):
                self._store.codes.resize(rows * self.dim * 2)
            self._store.ntotal = self.total
            file.readinto(self.codes().view(np.uint8).reshape(-1))  # type: ignore[attr-defined]

    def _grow(self, more: int) -> None:
        if self.total + more > len(self._alive):
            room = max(self.total + more, 2 * self.total)
            alive, keys = np.zeros(room, np.bool_), np.full(room, "", np.object_)
            alive[: self.total], keys[: self.total] = self.alive, self._keys[: self.total]
            self._alive, self._keys = alive, keys

    def _scan(self, queries: Vectors, k: int, marked: Marked | None) -> Found:
        import faiss

        with one_thread():
            if marked is None:
                scores, rows = self._store.search(queries, k)
                return scores, rows
            copied = self._copy(marked, len(queries))
            if copied is not None:
                scores, places = copied.store.search(queries, k)
                return scores, copied.rows[places]
            selected = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(marked.bits))
            scores, rows = self._store.search(queries, k, params=selected)
            return scores, rows

    def _copy(self, marked: Marked, queries: int) -> _Copied | None:
        """Return the marked rows side by side, where they are few and asked for again."""
        if marked.count > max(_COPY_BELOW * self.total, _COPY_UP_TO):
            return None
        last = self._copied
        again = last is not None and last.version == self._version and np.array_equal(last.bits, marked.bits)
        if again and last is not None and last.store is not None:
            return last
        if not again and queries < _COPY_FROM:
            self._copied = _Copied(marked.bits, self._version, np.zeros(0, np.int64), None)
            return None
        rows = np.flatnonzero(marked.rows)
        store = _new_store(self.dim)
        store.codes.resize(len(rows) * self.dim * 2)
        store.ntotal = len(rows)
        import faiss

        place = faiss.rev_swig_ptr(store.codes.data(), len(rows) * self.dim * 2)
        whole = f"V{2 * self.dim}"
        np.take(self.codes().view(whole)[:, 0], rows, out=np.asarray(place).view(whole), mode="clip")
        self._copied = copied = _Copied(marked.bits, self._version, rows, store)
        return copied


def missing(rows: Rows) -> Rows:
    """Return for which queries fewer rows were found than asked for, of rows `[q, k]`."""
    # Nearly always for none, and that is told in a tenth of the time.
    if not rows.size or rows.min() >= 0:
        return np.zeros(0, np.int64)
    return np.flatnonzero((rows < 0).any(axis=1))


def _new_store(dim: int) -> Any:  # noqa: ANN401 - faiss has no types
    import faiss

    return faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
