"""Which rows are worth comparing with: lists of rows that lie together, two numbers of each in four bits."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.index.half_rows import Found, HalfRows, Marked, Rows
from shoplens.index.one_thread import one_thread
from shoplens.records import Vectors

# k-means learns from so many vectors of each list; faiss warns below 39 and gains little above.
_LEARNED_FROM = 40
_ROUNDS = 8
# So many numbers share a code of four bits: of 1,000,000 clustered vectors, four together find too few.
_TOGETHER = 2
# What a search of 10 and of 100 has to find of the true nearest. It is measured on a sample of the shop's own vectors
# when the lists are made, and the bound below the mean by 1.645 standard errors (one-sided, 95 %) counts.
_RECALL = 0.99
_DOUBT = 1.645
_SAMPLE = 1_000
_DEPTHS = (10, 100)
# Lists to read: four steps to a doubling, since a search takes nearly as many times as long as it reads more lists.
_PROBES = (*(part << power for power in range(8) for part in (4, 5, 6, 7)), 1024)
_DOUBLING = 4
# Rows to compare exactly, for each one that is asked for.
_COMPARED = (3, 4, 6, 8, 12, 16, 24, 32)
# Reading twice the lists is given up where it finds less than this more: what is missing is lost among their codes.
_NO_MORE = 0.0005
_AT_ONCE = 8
# A shop asks for the same few numbers of answers again and again.
_KEPT_SETTINGS = 256


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look.

    Attributes:
        probes: lists to read.
        compared: rows to compare exactly.
        recall: share of the true nearest that was found so.
    """

    probes: int
    compared: int
    recall: float


@dataclass(frozen=True, slots=True)
class _Way:
    """An effort that was tried: how long it took, and whether it surely finds enough."""

    seconds: float
    effort: Effort
    enough: bool


class InvertedLists:
    """IVF with product quantisation, re-ranked by the rows of 16 bits themselves.

    Product quantisation (Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", 2011) takes what
    a row differs from the middle of its list by two numbers at a time, and puts the nearest of 16 centres in their
    place. faiss adds up the centres' products with a query by SIMD look-ups in one table for all lists (André,
    Kermarrec and Le Scouarnec, "Cache Locality Is Not Enough", 2015). How many lists are read is measured when they
    are made, for these very vectors: clustered ones need few, unclustered ones many.

    Args:
        ivf: a trained `faiss.IndexIVFPQFastScan`.
        efforts: for each of the depths that were measured.
    """

    def __init__(self, ivf: Any, efforts: dict[int, Effort]) -> None:  # noqa: ANN401 - faiss has no types
        self._ivf = ivf
        self.efforts = efforts
        self._refined: tuple[Any, Any] | None = None
        self._settings: dict[tuple[float, int], Any] = {}

    @classmethod
    def train(cls, vectors: Vectors, rows: int) -> InvertedLists:
        """Return empty lists for about so many rows, learned from a sample of them, float32 `[n, dim]`."""
        import faiss

        dim, lists = vectors.shape[1], list_count(rows)
        parts = dim // math.gcd(dim, _TOGETHER)
        ivf = faiss.index_factory(dim, f"IVF{lists},PQ{parts}x4fsr", faiss.METRIC_INNER_PRODUCT)
        ivf.cp.niter, ivf.cp.min_points_per_centroid = _ROUNDS, 1
        ivf.cp.max_points_per_centroid = _LEARNED_FROM
        ivf.pq.cp.min_points_per_centroid = 1
        with one_thread():
            ivf.train(vectors)
        return cls(ivf, {})

    def __len__(self) -> int:
        return int(self._ivf.ntotal)

    def add(self, rows: Rows, vectors: Vectors) -> None:
        """Put rows into their lists. They stay: faiss 1.15 mars the codes of what takes a removed row's place."""
        with one_thread():
            self._ivf.add_with_ids(vectors, rows)

    def measure(
        self, rows: HalfRows, reading: Callable[[], AbstractContextManager[None]], least_gain: float = 0.0
    ) -> None:
        """Find out how hard to look for 10 and for 100 answers, where that pays at all.

        The queries are rows of the shop, each without itself.

        Args:
            rows: which the lists are of.
            reading: holds off writers while a few queries are answered.
            least_gain: how many times as fast as a look at every row it has to be.
        """
        with reading():
            alive = np.flatnonzero(rows.alive)
            sample = np.random.default_rng(0).permutation(alive)[:_SAMPLE]
            queries = rows.at(sample)
        deepest = min(max(_DEPTHS), len(alive) - 1)
        near, exact = _timed(lambda some: rows.nearest(some, deepest + 1), queries, reading)
        truth, slowest = _without(near, sample), exact / least_gain if least_gain else np.inf
        for depth in _DEPTHS:
            wanted = truth[:, :depth]

            def find(effort: Effort, wanted: Rows = wanted) -> tuple[Rows, float]:
                k, missed = wanted.shape[1] + 1, 0.0

                def search(some: Vectors) -> Found:
                    return self._search(rows, some, k, effort.compared / k, effort.probes)

                def hopeless(start: int, found: Rows) -> bool:
                    nonlocal missed
                    part = slice(start, start + len(found))
                    missed += float((1.0 - _shares(_without(found, sample[part]), wanted[part])).sum())
                    return missed > (1.0 - _RECALL) * len(wanted)

                found, seconds = _timed(search, queries, reading, hopeless)
                return _without(found, sample[: len(found)]), seconds

            best = _best(find, wanted, slowest)
            if best is not None and best[0] <= slowest:
                self.efforts[depth] = best[1]

    def reach(self, k: int) -> bool:
        """Say whether so many answers are found surely and faster than by a look at every row."""
        return k <= max(self.efforts) or max(_DEPTHS) in self.efforts

    def nearest(self, rows: HalfRows, queries: Vectors, k: int, marked: Marked | None = None) -> Found:
        """Return scores and rows `[q, k]`, the best first; rows of -1 where fewer were found.

        Args:
            rows: which the lists are of.
            queries: float32 `[q, dim]`.
            k: at least 1, at most the rows that may be found.
            marked: which rows may be found. Queries near which there are too few have rows of -1 only.
        """
        depth = next((depth for depth in self.efforts if depth >= k), max(self.efforts))
        effort = self.efforts[depth]
        compared = effort.compared * max(k, depth) // depth
        if marked is None:
            return self._search(rows, queries, k, compared / k, effort.probes)
        wide = min(int(np.ceil(effort.probes * rows.total / marked.count)), int(self._ivf.nlist))
        scores, found = self._search(rows, queries, compared, 1.0, wide, marked)
        found[found[:, -1] < 0] = -1
        return scores[:, :k], found[:, :k]

    def to_bytes(self) -> bytes:
        """Return the lists as faiss writes them."""
        import faiss

        return bytes(faiss.serialize_index(self._ivf))

    @classmethod
    def from_bytes(cls, data: bytes, efforts: dict[int, Effort]) -> InvertedLists:
        """Return what `to_bytes` gave; the bytes are trusted."""
        import faiss

        return cls(faiss.deserialize_index(np.frombuffer(data, np.uint8)), efforts)

    def _search(
        self, rows: HalfRows, queries: Vectors, k: int, factor: float, probes: int, marked: Marked | None = None
    ) -> Found:
        ranked, asked = self._ranked(rows), self._asked(factor, probes, marked)
        with one_thread():
            scores, found = ranked.search(queries, k, params=asked)
        return scores, found

    def _ranked(self, rows: HalfRows) -> Any:  # noqa: ANN401 - faiss has no types
        """Return the lists and the rows as one faiss index; made once, as that takes as long as a search."""
        import faiss

        known = self._refined
        if known is None or known[0] is not rows.store:
            # Made of the two themselves it would want as many rows in both, but removed ones are in the store alone.
            empty = faiss.IndexFlatIP(rows.dim)
            ranked = faiss.IndexRefine(empty, empty)
            ranked.base_index, ranked.refine_index = self._ivf, rows.store
            known = self._refined = rows.store, ranked
        known[1].ntotal = rows.total  # the same for all who read now
        return known[1]

    def _asked(self, factor: float, probes: int, marked: Marked | None) -> Any:  # noqa: ANN401 - faiss has no types
        import faiss

        asked = self._settings.get((factor, probes)) if marked is None else None
        if asked is None:
            selected = {} if marked is None else {"sel": faiss.IDSelectorBitmap(marked.bits)}
            lists = faiss.SearchParametersIVF(nprobe=probes, **selected)
            asked = faiss.IndexRefineSearchParameters(k_factor=factor, base_index_params=lists)
            if marked is None and len(self._settings) < _KEPT_SETTINGS:
                self._settings[factor, probes] = asked
        return asked


def list_count(rows: int) -> int:
    """Return how many lists serve so many rows: 4 times the root, as faiss advises, where there is enough to learn."""
    return max(1, min(int(4 * np.sqrt(rows)), rows // _LEARNED_FROM))


def sample_size(rows: int) -> int:
    """Return how many of so many rows the lists are learned from."""
    return min(rows, list_count(rows) * _LEARNED_FROM)


def _best(
    find: Callable[[Effort], tuple[Rows, float]], truth: Rows, most_seconds: float = np.inf
) -> tuple[float, Effort] | None:
    """Return the seconds of the quickest way of looking that finds enough, and that way; None where there is none.

    The more rows are compared the fewer lists have to be read, up to where it no longer pays.
    """

    def look(place: int, compared: int) -> _Way:
        effort = Effort(_PROBES[place], compared * truth.shape[1], 0.0)
        rows, seconds = find(effort)
        recall, surely = _recall(rows, truth)
        return _Way(seconds, replace(effort, recall=recall), surely >= _RECALL)

    best, fewer = None, len(_PROBES) - 1
    for compared in _COMPARED:
        if best is not None:
            if fewer < 0 or (seen := look(fewer, compared)).seconds > best.seconds:
                break
            if not seen.enough:
                continue
        way = _fewest_lists(partial(look, compared=compared), fewer, most_seconds)
        if way is not None and (best is None or way.seconds < best.seconds):
            best, fewer = way, _PROBES.index(way.effort.probes) - 1
    return None if best is None else (best.seconds, best.effort)


def _fewest_lists(look: Callable[[int], _Way], most: int, most_seconds: float) -> _Way | None:
    """Return the way with the fewest lists, by their place in `_PROBES` up to `most`, that finds enough in time."""
    before, low = 0.0, 0
    for high in [*range(0, most, _DOUBLING), most]:
        way = look(high)
        if way.enough:
            break
        if way.seconds > most_seconds or way.effort.recall < before + _NO_MORE:
            return None
        before, low = way.effort.recall, high + 1
    else:
        return None
    while low < high:
        middle = (low + high) // 2
        seen = look(middle)
        if seen.enough:
            way, high = seen, middle
        else:
            low = middle + 1
    return way


def _recall(found: Rows, truth: Rows) -> tuple[float, float]:
    """Return the mean share of the true nearest that was found, and the bound below it: 0 where some were not asked."""
    shares = _shares(found, truth[: len(found)])
    doubt = _DOUBT * shares.std() / np.sqrt(len(shares))
    return float(shares.mean()), float(shares.mean() - doubt) if len(found) == len(truth) else 0.0


def _shares(found: Rows, truth: Rows) -> npt.NDArray[np.float64]:
    """Return the share of its true nearest that was found, for each query."""
    pairs = zip(found.tolist(), truth.tolist(), strict=True)
    return np.array([len(set(one) & set(other)) / truth.shape[1] for one, other in pairs])


def _timed(
    search: Callable[[Vectors], Found],
    queries: Vectors,
    reading: Callable[[], AbstractContextManager[None]],
    hopeless: Callable[[int, Rows], bool] = lambda start, found: False,
) -> tuple[Rows, float]:
    """Return the rows that were found, and the seconds that this thread works for all queries.

    Args:
        search: finds the rows of a few queries.
        queries: all.
        reading: holds off writers while a few queries are answered.
        hopeless: is told the number of a query, and what was found for it and those after it; says whether what is
            found for all others cannot change the verdict. They are then not asked.
    """
    rows: list[Rows] = []
    spent, asked = 0.0, 0
    for some in np.array_split(queries, max(1, len(queries) // _AT_ONCE)):
        with reading():
            started = time.thread_time()
            rows.append(search(some)[1])
            spent += time.thread_time() - started
        asked += len(some)
        if hopeless(asked - len(some), rows[-1]):
            break
    return np.concatenate(rows), spent * len(queries) / asked


def _without(rows: Rows, sample: Rows) -> Rows:
    """Return the rows found for each of the sample without itself, one fewer."""
    own = rows == sample[:, None]
    own[~own.any(axis=1), -1] = True
    return np.asarray(rows[~own].reshape(len(rows), -1))
