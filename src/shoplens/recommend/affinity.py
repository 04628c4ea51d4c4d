"""How near the products of a shop are to some of them, in each respect by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.recommend.shop_view import ShopView

Scores = npt.NDArray[np.float32]
"""float32 `[n]`, one for each product of the view or of a shortlist of it, 0 to 1."""

Shortlist = slice | npt.NDArray[np.int64]
"""Which products are looked at: all, or some of their rows in order."""

ALL = slice(None)
"""All products."""

COLOR_SPREAD = 20.0
"""Delta E (CIE 1976) at which two colours are half as near as equal ones: about one step of the shops' palette."""

PRICE_SPREAD = 0.4
"""Logarithm of the ratio of two prices at which they are half as near: half as much again."""

FEW = 2_000
"""Products up to which looks are compared by themselves, and not by shorter ones."""

UNKNOWN = 0.5
"""What counts where a colour or a price is not known: neither near nor far."""

STRONGEST = 5
"""Products whose categories, colours and prices are compared; weaker ones still count in the mean look."""


def nearness(
    view: ShopView, rows: Sequence[int], weights: Sequence[float], at: Shortlist = ALL, near: Scores | None = None
) -> npt.NDArray[np.float32]:
    """Return how near products are to a weighted group of rows: float32 `[4, len(at)]`, 0 to 1.

    Args:
        view: the shop.
        rows: at least one, the strongest first.
        weights: as many, above 0.
        at: which products.
        near: `look` of `mean_look` of the group, where that is known already.

    Returns:
        Look (inner product with the mean look, cut at 0), category, colour (of the nearest of them) and price (from
        the lowest to the highest of them).
    """
    most, shares = rows[:STRONGEST], np.array(weights[:STRONGEST], dtype=np.float32)
    shares = shares / shares.sum()
    return np.stack(
        [
            look(view, mean_look(view, rows, weights), at) if near is None else near,
            _category(view, most, shares, at),
            color(view, most, shares, at),
            _price(view, most, at),
        ]
    )


def look(view: ShopView, vector: npt.NDArray[np.float32] | None, at: Shortlist = ALL) -> Scores:
    """Return the inner product with a unit vector `[dim]`, cut at 0; 0 where either has no vector."""
    return np.asarray(looks(view, [vector], at)[0], dtype=np.float32)


def looks(
    view: ShopView, vectors: Sequence[npt.NDArray[np.float32] | None], at: Shortlist = ALL
) -> npt.NDArray[np.float32]:
    """Return the inner products with unit vectors `[dim]`, cut at 0: float32 `[len(vectors), len(at)]`.

    0 where either has no vector. More than `FEW` products are compared by `view.brief`, which in a large shop holds
    shorter vectors for the same looks.
    """
    codes = view.look_of[at]
    near = np.zeros((len(vectors), len(codes)), dtype=np.float32)
    known = [place for place, vector in enumerate(vectors) if vector is not None]
    if not known or not len(view.vectors):
        return near
    wanted = np.stack([vector for vector in vectors if vector is not None], axis=1)
    exact = len(codes) <= FEW or view.brief.axes is None
    held = view.vectors if exact else view.brief.vectors
    wanted = wanted if exact else view.brief.shorten(wanted)
    # to compare all and pick is quicker than to pick most and compare
    found = held[codes] @ wanted if 2 * len(codes) < len(held) else (held @ wanted)[codes]
    near[known] = np.where(codes >= 0, np.clip(found.T, 0.0, 1.0), np.float32(0.0))
    return near


def match(view: ShopView, row: int, others: npt.NDArray[np.integer] | None = None) -> Scores:
    """Return how well each product, or each of `others`, goes with a row by its look: 0 to 1; 0 where one has none."""
    looks = view.look_of if others is None else view.look_of[others]
    if view.look_of[row] < 0:
        return np.zeros(len(looks), dtype=np.float32)
    mine = view.matching[view.look_of[row]]
    if others is not None:
        return np.where(looks >= 0, (1.0 + view.matching[looks] @ mine) / 2.0, 0.0).astype(np.float32)
    fits = np.zeros(len(view.matching) + 1, dtype=np.float32)  # the last place is that of products without a look
    np.matmul(view.matching, mine, out=fits[:-1])
    fits[:-1] += 1.0
    fits *= np.float32(0.5)
    return np.asarray(fits[looks], dtype=np.float32)


def look_of(view: ShopView, row: int) -> npt.NDArray[np.float32] | None:
    """Return the unit vector of a row, None where it has none."""
    return view.vectors[view.look_of[row]] if view.look_of[row] >= 0 else None


def mean_look(view: ShopView, rows: Sequence[int], weights: Sequence[float]) -> npt.NDArray[np.float32] | None:
    """Return the weighted mean of the looks of rows, of unit length; None where no row has one."""
    pairs = [(view.look_of[row], weight) for row, weight in zip(rows, weights, strict=True) if view.look_of[row] >= 0]
    mean = sum((np.float32(weight) * view.vectors[place] for place, weight in pairs), np.zeros(1, np.float32))
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length, dtype=np.float32) if length > 0 else None


def _category(view: ShopView, rows: Sequence[int], shares: Scores, at: Shortlist) -> Scores:
    by_place: dict[tuple[int, int], tuple[int, float]] = {}
    for row, share in zip(rows, shares.tolist(), strict=True):
        # rows of one category and kind have the same nearness, which is then counted once
        place = (int(view.table.category_of[row]), int(view.table.kind_of[row]))
        by_place[place] = (row, share + by_place.get(place, (row, 0.0))[1])
    near = np.zeros(len(view.table.kind_of[at]), dtype=np.float32)
    for row, share in by_place.values():
        near += np.float32(share) * view.table.nearness(row, at)
    return near


def color(view: ShopView, rows: Sequence[int], shares: Scores, at: Shortlist = ALL) -> Scores:
    """Return how near the colour of each product is to the nearest of some rows; a weaker row counts for less.

    The nearest and not the mean, since who looks at black and at red looks for nothing half-way between.
    """
    apart = np.linalg.norm(view.palette[:, None] - view.palette[view.color_of[list(rows)]][None], axis=2)
    near = 0.5 ** ((apart / COLOR_SPREAD) ** 2)
    worth = np.sqrt(shares / shares.max())
    by_color = (np.where(np.isfinite(near), near, UNKNOWN) * worth).max(axis=1).astype(np.float32)
    return np.asarray(by_color[view.color_of[at]], dtype=np.float32)


def _price(view: ShopView, rows: Sequence[int], at: Shortlist) -> Scores:
    """Compare with the band from the lowest to the highest price, in the currency of the strongest row."""
    currency = view.currency_of[rows[0]]
    prices = view.log_prices[[row for row in rows if view.currency_of[row] == currency]]
    prices = prices[np.isfinite(prices)]
    if not len(prices):
        return np.full(len(view.log_prices[at]), UNKNOWN, dtype=np.float32)
    logs = view.log_prices[at]
    outside = np.maximum(np.maximum(prices.min() - logs, logs - prices.max()), np.float32(0.0))
    steps = outside / np.float32(PRICE_SPREAD)
    near = np.exp2(-(steps * steps))
    comparable = (view.currency_of[at] == currency) & np.isfinite(near)
    return np.asarray(np.where(comparable, near, np.float32(UNKNOWN)), dtype=np.float32)
