"""Turns scores of products into an answer: one product for each listing, those in stock first."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_POOL = 5
_SMALLEST_POOL = 50
_IN_STOCK = 2.0  # scores lie in 0 to 1, so that whatever is in stock comes before all that is not


def allowed(view: ShopView, request: Request) -> Mask:
    """Return bool `[n]`, true for products that the request lets into its answer."""
    kept = view.filter.mask(request.where)
    signals = (*request.bought, *request.disliked)
    unwanted = {*request.seeds, *request.exclude, *(signal.product_id for signal in signals)}
    return kept & ~in_listings(view, (row for name in unwanted if (row := view.find(name)) is not None))


def in_listings(view: ShopView, rows: Iterable[int]) -> Mask:
    """Return bool `[n]`, true for every variant of the listings that these rows belong to."""
    listings = np.zeros(len(view.starts), dtype=bool)
    listings[view.listing_of[list(rows)]] = True
    return np.asarray(listings[view.listing_of])


def best_rows(view: ShopView, scores: npt.NDArray[np.floating], kept: Mask, count: int) -> Rows:
    """Return the best variant of each of the best `count` listings: in stock first, then by score, then as stored.

    Args:
        view: the shop.
        scores: `[n]`, 0 to 1.
        kept: bool `[n]`, which rows may appear.
        count: how many.
    """
    if not kept.any():
        return np.empty(0, dtype=np.int64)
    keys = np.where(kept, scores + np.where(view.in_stock, _IN_STOCK, 0.0), -np.inf)
    best = np.maximum.reduceat(keys, view.starts)
    found = int(np.isfinite(best).sum())
    count = min(count, found)
    if count < found:
        # all ties of the last place stay in, so that the order of storage and not the algorithm decides among them
        least = np.partition(best, len(best) - count)[len(best) - count]
        listings = np.flatnonzero(best >= least)
    else:
        listings = np.flatnonzero(np.isfinite(best))
    listings = listings[np.argsort(-best[listings], kind="stable")][:count]
    ends = np.append(view.starts[1:], len(keys))
    rows = [
        start + int(np.argmax(keys[start : ends[at]]))
        for at, start in zip(listings, view.starts[listings], strict=True)
    ]
    return np.array(rows, dtype=np.int64)


def diverse_rows(view: ShopView, scores: npt.NDArray[np.floating], kept: Mask, count: int, diversity: float) -> Rows:
    """Return `best_rows`, reordered by maximal marginal relevance (Carbonell and Goldstein 1998).

    Each next product is the one with the largest `(1 - diversity) * score - diversity * nearest look so far`; what is
    in stock still comes first.
    """
    if diversity == 0.0:
        return best_rows(view, scores, kept, count)
    pool = best_rows(view, scores, kept, max(_POOL * count, _SMALLEST_POOL))
    vectors = _pool_vectors(view, pool)
    relevance = (1.0 - diversity) * scores[pool] + np.where(view.in_stock[pool], _IN_STOCK, 0.0)
    nearest = np.zeros(len(pool))
    left = np.ones(len(pool), dtype=bool)
    chosen: list[int] = []
    for _ in range(min(count, len(pool))):
        at = int(np.argmax(np.where(left, relevance - diversity * nearest, -np.inf)))
        chosen.append(at)
        left[at] = False
        nearest = np.maximum(nearest, np.clip(vectors @ vectors[at], 0.0, 1.0))
    return pool[chosen]


def by_turns(view: ShopView, rows: Rows, labels: npt.NDArray[np.integer], count: int) -> Rows:
    """Reorder rows so that the best of each label comes before the second of any; in stock still comes first.

    Args:
        view: the shop.
        rows: the best first.
        labels: `[len(rows)]`; a negative label is shared with nobody.
        count: how many to return.
    """
    seen: dict[int, int] = {}
    turns = np.zeros(len(rows), dtype=np.int64)
    for place, label in enumerate(labels.tolist()):
        if label >= 0:
            turns[place] = seen[label] = seen.get(label, -1) + 1
    order = np.lexsort((np.arange(len(rows)), turns, ~view.in_stock[rows]))
    return rows[order][:count]


def _pool_vectors(view: ShopView, rows: Rows) -> npt.NDArray[np.float32]:
    looks = view.look_of[rows]
    vectors = np.zeros((len(rows), view.vectors.shape[1]), dtype=np.float32)
    vectors[looks >= 0] = view.vectors[looks[looks >= 0]]
    return vectors
