"""Which unit vectors lie near to others, of many at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from shoplens.index.inverted_lists import list_count, sample_size
from shoplens.index.one_thread import one_thread
from shoplens.records import Vectors

Rows = npt.NDArray[np.int64]

EXACT_UP_TO: Final = 10_000
"""Up to so many rows each is compared with all, which takes a second or two for a whole pass."""

NEAREST: Final = 10
"""So many are told of each query at most: a picture that is there a thousand times is tied together by chains."""

_PROBES = 16
"""Lists that are read for a query. Searching has lists of its own (`index/inverted_lists.py`), which read as many as
99 % of the ten nearest need; a copy lies so near to its original that few are enough, however the rest lies.
`benchmarks/duplicates.py` says how many of the copies that comparing all rows finds are found so."""

_ROUNDS = 8
_CHUNK = 4096


class NearRows:
    """Some rows of an array, in lists around learned centres where they are many (an inverted file, faiss IVF).

    Args:
        vectors: unit rows `[n, dim]`, float16 or float32.
        rows: which of them, `[m]`.
        exact_up_to: how many are all compared.
    """

    def __init__(self, vectors: npt.NDArray[np.floating], rows: Rows, exact_up_to: int = EXACT_UP_TO) -> None:
        import faiss

        self._rows = rows
        if len(rows) <= exact_up_to:
            self._index = faiss.IndexFlatIP(vectors.shape[1])
        else:
            self._index = faiss.index_factory(
                vectors.shape[1], f"IVF{list_count(len(rows))},Flat", faiss.METRIC_INNER_PRODUCT
            )
            self._index.cp.niter, self._index.nprobe = _ROUNDS, _PROBES
            sample = np.random.default_rng(0).permutation(rows)[: sample_size(len(rows))]
            self._index.train(_whole(vectors[np.sort(sample)]))
        for start in range(0, len(rows), _CHUNK):
            self._index.add(_whole(vectors[rows[start : start + _CHUNK]]))

    def near(self, vectors: npt.NDArray[np.floating], least: float) -> Rows:
        """Return which of the `NEAREST` are at least so similar: pairs of a query's place and a row, `[k, 2]`.

        Args:
            vectors: the queries, unit rows `[q, dim]`.
            least: inner product.
        """
        return np.concatenate([np.zeros((0, 2), np.int64), *self._found(vectors, least)])

    def _found(self, vectors: npt.NDArray[np.floating], least: float) -> Iterator[Rows]:
        most = min(NEAREST, len(self._rows))
        for start in range(0, len(vectors) if most else 0, _CHUNK):
            part = _whole(vectors[start : start + _CHUNK])
            if len(part) == 1:  # more threads would take longer to meet than to search
                with one_thread():
                    scores, places = self._index.search(part, most)
            else:
                scores, places = self._index.search(part, most)
            query, rank = np.nonzero((scores >= least) & (places >= 0))
            yield np.stack([start + query, self._rows[places[query, rank]]], axis=1)


def _whole(vectors: npt.NDArray[np.floating]) -> Vectors:
    return np.ascontiguousarray(vectors, np.float32)
