"""Turns scores of products into an answer: one product for each listing, those in stock first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoplens.recommend.affinity import ALL, Shortlist
from shoplens.recommend.candidates import CLASSES, Candidates
from shoplens.recommend.shop_view import ShopView

Rows = npt.NDArray[np.int64]

_POOL = 5
_SMALLEST_POOL = 50
_SAMPLED = 32  # one value of so many is looked at
_CLASS = np.float32(2.0)  # scores lie in 0 to 1, so that a better class comes before all that is in a worse one


def best_rows(
    view: ShopView, scores: npt.NDArray[np.floating], among: Candidates, count: int, at: Shortlist = ALL
) -> Rows:
    """Return the best variant of each of the best `count` listings: by class, then by score, then as stored.

    Args:
        view: the shop.
        scores: of all rows, or of those of `at`, 0 to 1.
        among: which rows may appear.
        count: how many.
        at: which rows are looked at.
    """
    kept = among.kept[at]
    if not kept.any():
        return np.empty(0, dtype=np.int64)
    keys = np.where(kept, scores + _CLASS * (CLASSES - 1 - among.tier[at]), -np.inf)
    starts, rows = view.starts, None
    if not isinstance(at, slice):
        listings = view.listing_of[at]
        starts, rows = np.flatnonzero(np.append(True, listings[1:] != listings[:-1])), at
    best = np.maximum.reduceat(keys, starts) if len(starts) < len(keys) else keys
    groups = np.flatnonzero(best >= max(rough_bar(best, count), np.finfo(np.float32).min))
    if count < len(groups):
        # all ties of the last place stay in, so that the order of storage and not the algorithm decides among them
        least = np.partition(best[groups], len(groups) - count)[len(groups) - count]
        groups = groups[best[groups] >= least]
    groups = groups[np.argsort(-best[groups], kind="stable")][:count]
    ends = np.append(starts[1:], len(keys))
    places = np.array(
        [
            start if end - start == 1 else start + int(np.argmax(keys[start:end]))
            for start, end in zip(starts[groups].tolist(), ends[groups].tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    return places if rows is None else rows[places]


def diverse_rows(
    view: ShopView,
    scores: npt.NDArray[np.floating],
    among: Candidates,
    count: int,
    diversity: float,
    at: Shortlist = ALL,
) -> Rows:
    """Return `best_rows`, reordered by maximal marginal relevance (Carbonell and Goldstein 1998).

    Each next product is the one with the largest `(1 - diversity) * score - diversity * nearest look so far`; the
    classes still come one after the other.
    """
    if diversity == 0.0:
        return best_rows(view, scores, among, count, at)
    pool = best_rows(view, scores, among, max(_POOL * count, _SMALLEST_POOL), at)
    vectors = _pool_vectors(view, pool)
    own = scores[pool] if isinstance(at, slice) else scores[np.searchsorted(at, pool)]
    relevance = (1.0 - diversity) * own - _CLASS * among.tier[pool]
    nearest = np.zeros(len(pool))
    left = np.ones(len(pool), dtype=bool)
    chosen: list[int] = []
    for _ in range(min(count, len(pool))):
        place = int(np.argmax(np.where(left, relevance - diversity * nearest, -np.inf)))
        chosen.append(place)
        left[place] = False
        nearest = np.maximum(nearest, np.clip(vectors @ vectors[place], 0.0, 1.0))
    return pool[chosen]


def rough_bar(values: npt.NDArray[np.floating], count: int) -> float:
    """Return a value that at least `count` of `values` reach, and not very many more: quicker than the exact one."""
    sample = values[::_SAMPLED]
    place = 2 * (count // _SAMPLED + 1)
    if place >= len(sample):
        return -np.inf
    bar = float(np.partition(sample, len(sample) - place)[len(sample) - place])
    return bar if np.count_nonzero(values >= bar) >= count else -np.inf


def by_turns(among: Candidates, rows: Rows, labels: npt.NDArray[np.integer], count: int) -> Rows:
    """Reorder rows so that the best of each label comes before the second of any, class by class.

    Args:
        among: the candidates.
        rows: the best first.
        labels: `[len(rows)]`; a negative label is shared with nobody.
        count: how many to return.
    """
    seen: dict[int, int] = {}
    turns = np.zeros(len(rows), dtype=np.int64)
    for place, label in enumerate(labels.tolist()):
        if label >= 0:
            turns[place] = seen[label] = seen.get(label, -1) + 1
    order = np.lexsort((np.arange(len(rows)), turns, among.tier[rows]))
    return rows[order][:count]


def score_of(scores: npt.NDArray[np.floating], at: Shortlist, row: int) -> float:
    """Return the score of one row out of those of all rows, or of a shortlist that holds it."""
    return float(scores[row] if isinstance(at, slice) else scores[np.searchsorted(at, row)])


def _pool_vectors(view: ShopView, rows: Rows) -> npt.NDArray[np.float32]:
    looks = view.look_of[rows]
    vectors = np.zeros((len(rows), view.vectors.shape[1]), dtype=np.float32)
    vectors[looks >= 0] = view.vectors[looks[looks >= 0]]
    return vectors
