"""How near the products of a shop are to some of them, in each respect by itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.recommend.shop_view import ShopView

Scores = npt.NDArray[np.float32]
"""float32 `[n]`, one for each product of the view, 0 to 1."""

COLOR_SPREAD = 20.0
"""Delta E (CIE 1976) at which two colours are half as near as equal ones: about one step of the shops' palette."""

PRICE_SPREAD = 0.4
"""Logarithm of the ratio of two prices at which they are half as near: half as much again."""

UNKNOWN = 0.5
"""What counts where a colour or a price is not known: neither near nor far."""

STRONGEST = 5
"""Products whose categories, colours and prices are compared; weaker ones still count in the mean look."""


def nearness(view: ShopView, rows: Sequence[int], weights: Sequence[float]) -> npt.NDArray[np.float32]:
    """Return how near all products are to a weighted group of rows: float32 `[4, n]`, 0 to 1.

    Args:
        view: the shop.
        rows: at least one, the strongest first.
        weights: as many, above 0.

    Returns:
        Look (inner product with the mean look, cut at 0), category, colour and price.
    """
    most, shares = rows[:STRONGEST], np.array(weights[:STRONGEST], dtype=np.float32)
    shares = shares / shares.sum()
    return np.stack(
        [
            look(view, mean_look(view, rows, weights)),
            _category(view, most, shares),
            _color(view, most, shares),
            _price(view, most, shares),
        ]
    )


def look(view: ShopView, vector: npt.NDArray[np.float32] | None) -> Scores:
    """Return the inner product with a unit vector `[dim]`, cut at 0; 0 where either has no vector."""
    if vector is None or not len(view.vectors):
        return np.zeros(len(view.products), dtype=np.float32)
    near = np.append(np.clip(view.vectors @ vector, 0.0, 1.0), np.float32(0.0))
    return np.asarray(near[view.look_of], dtype=np.float32)


def match(view: ShopView, row: int) -> Scores:
    """Return how well each product goes with a row by its look: 0 to 1, and 0 where either has no look."""
    if view.look_of[row] < 0:
        return np.zeros(len(view.products), dtype=np.float32)
    fits = (1.0 + view.matching @ view.matching[view.look_of[row]]) / 2.0
    return np.asarray(np.append(fits, np.float32(0.0))[view.look_of], dtype=np.float32)


def look_of(view: ShopView, row: int) -> npt.NDArray[np.float32] | None:
    """Return the unit vector of a row, None where it has none."""
    return view.vectors[view.look_of[row]] if view.look_of[row] >= 0 else None


def mean_look(view: ShopView, rows: Sequence[int], weights: Sequence[float]) -> npt.NDArray[np.float32] | None:
    """Return the weighted mean of the looks of rows, of unit length; None where no row has one."""
    pairs = [(view.look_of[row], weight) for row, weight in zip(rows, weights, strict=True) if view.look_of[row] >= 0]
    mean = sum((np.float32(weight) * view.vectors[place] for place, weight in pairs), np.zeros(1, np.float32))
    length = float(np.linalg.norm(mean))
    return np.asarray(mean / length, dtype=np.float32) if length > 0 else None


def _category(view: ShopView, rows: Sequence[int], shares: Scores) -> Scores:
    by_place: dict[tuple[int, int], tuple[int, float]] = {}
    for row, share in zip(rows, shares.tolist(), strict=True):
        # rows of one category and kind have the same nearness, which is then counted once
        place = (int(view.table.category_of[row]), int(view.table.kind_of[row]))
        by_place[place] = (row, share + by_place.get(place, (row, 0.0))[1])
    near = np.zeros(len(view.products), dtype=np.float32)
    for row, share in by_place.values():
        near += np.float32(share) * view.table.nearness(row)
    return near


def _color(view: ShopView, rows: Sequence[int], shares: Scores) -> Scores:
    apart = np.linalg.norm(view.palette[:, None] - view.palette[view.color_of[list(rows)]][None], axis=2)
    near = 0.5 ** ((apart / COLOR_SPREAD) ** 2)
    by_color = np.where(np.isfinite(near), near, UNKNOWN).astype(np.float32) @ shares
    return np.asarray(by_color[view.color_of], dtype=np.float32)


def _price(view: ShopView, rows: Sequence[int], shares: Scores) -> Scores:
    """Compare with the mean price in the currency of the strongest row; other currencies are not compared."""
    currency = view.currency_of[rows[0]]
    known = [
        (float(view.log_prices[row]), share)
        for row, share in zip(rows, shares.tolist(), strict=True)
        if view.currency_of[row] == currency and np.isfinite(view.log_prices[row])
    ]
    if not known:
        return np.full(len(view.products), UNKNOWN, dtype=np.float32)
    middle = sum(price * share for price, share in known) / sum(share for _, share in known)
    steps = (view.log_prices - np.float32(middle)) / np.float32(PRICE_SPREAD)
    near = np.exp2(-(steps * steps))
    comparable = (view.currency_of == currency) & np.isfinite(near)
    return np.asarray(np.where(comparable, near, np.float32(UNKNOWN)), dtype=np.float32)
