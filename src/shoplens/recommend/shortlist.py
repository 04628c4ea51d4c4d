"""Which products of a large shop are worth a closer look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.recommend.affinity import ALL, Scores, Shortlist
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.ranking import Rows, rough_bar
from shoplens.recommend.shop_view import ShopView

WHOLE = 5_000
"""Products up to which all are looked at."""

ALIKE = 2_000
"""Products whose looks are nearest to any of those that are looked for."""

FINAL = 200
"""Products at least that are compared by the looks themselves, where more were compared by shorter ones."""

SPOKEN_FOR = 500
"""Listings for which shoppers speak most."""


def shortlist(
    view: ShopView,
    among: Candidates,
    rows: Sequence[int],
    looks: Sequence[npt.NDArray[np.float32] | None],
    beside: Scores | None = None,
    *,
    least: int,
) -> Shortlist:
    """Return the rows of the same categories, those that look most alike, and those that shoppers speak for.

    Args:
        view: the shop.
        among: what may appear.
        rows: whose categories are wanted.
        looks: unit vectors `[dim]` of the looks that are wanted.
        beside: `[n]`, what shoppers say of each row; None for nothing.
        least: where fewer are found, all are looked at.
    """
    if len(view.products) <= WHOLE:
        return ALL
    kept = np.flatnonzero(among.kept)
    if len(kept) <= WHOLE:
        return kept
    wanted = np.zeros(len(view.products), dtype=bool)
    for category in {int(view.table.category_of[row]) for row in rows} - {0}:
        wanted |= view.table.category_of == category
    known = [view.brief.shorten(look) for look in looks if look is not None]
    if known and len(view.vectors):
        # column by column: a maximum along so short an axis takes ten times as long
        near = np.maximum.reduce(list((view.brief.vectors @ np.stack(known, axis=1)).T))
        # the last place is that of products without a look
        wanted[_largest(np.append(near, -np.inf)[view.look_of[kept]], kept, ALIKE)] = True
    if beside is not None:
        loud = _largest(beside[kept], kept, SPOKEN_FOR)
        wanted[loud[beside[loud] > 0]] = True
    found = np.flatnonzero(wanted & among.kept)
    return found if len(found) >= least else kept


def finalists(
    view: ShopView, scores: Sequence[npt.NDArray[np.floating]], among: Candidates, count: int, at: Shortlist
) -> Shortlist:
    """Return the rows of a shortlist that may still be among the best once they are compared by the looks themselves.

    All of them where nothing was shortened; else those that are among the first by any of the scores.

    Args:
        view: the shop.
        scores: each float32 `[len(at)]`, by the shortened looks.
        among: what may appear.
        count: how long the answer is.
        at: the rows of the scores.
    """
    count = max(FINAL, 5 * count)
    if view.brief.axes is None or isinstance(at, slice) or len(at) <= count:
        return at
    best = [_largest(each - np.float32(2.0) * among.tier[at], np.arange(len(at)), count) for each in scores]
    return at[np.unique(np.concatenate(best))]


def _largest(values: npt.NDArray[np.floating], rows: Rows, count: int) -> Rows:
    """Return the rows of the `count` largest values, in any order."""
    if len(rows) <= count:
        return rows
    few = np.flatnonzero(values >= rough_bar(values, count))
    return rows[few[np.argpartition(values[few], len(few) - count)[len(few) - count :]]]
