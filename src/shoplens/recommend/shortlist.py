"""Which products of a large shop are worth a closer look."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoplens.recommend.affinity import ALL, Scores, Shortlist
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.shop_view import ShopView

WHOLE = 20_000
"""Products up to which all are looked at."""

ALIKE = 2_000
"""Looks that are nearest to any of those that are looked for."""

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
        near = (view.brief.vectors @ np.stack(known, axis=1)).max(axis=1)
        count = min(ALIKE, len(near))
        least_alike = np.partition(near, len(near) - count)[len(near) - count]
        # the last place is that of products without a look
        wanted |= np.append(near >= least_alike, False)[view.look_of]
    if beside is not None:
        count = min(SPOKEN_FOR, len(beside))
        loud = np.argpartition(-beside, count - 1)[:count]
        wanted[loud[beside[loud] > 0]] = True
    found = np.flatnonzero(wanted & among.kept)
    return found if len(found) >= least else kept
