"""What shoppers met together: as scores, and as reasons where that is no chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.recommend.affinity import Scores
from shoplens.recommend.co_occurrence import SIGNIFICANT, CoOccurrence
from shoplens.recommend.learned import Learned
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Reason


def beside(
    view: ShopView, learned: Learned, rows: Sequence[int], weights: Sequence[float] = ()
) -> tuple[Scores, float]:
    """Return what shoppers met beside rows, float32 `[n]` 0 to 1, and how far to trust that; all weigh 1 by default."""
    said, trust = learned.scores([int(view.listing_of[row]) for row in rows], weights or [1.0] * len(rows))
    return said[view.listing_of], trust


def together(
    view: ShopView, seeds: Sequence[int], row: int, tables: Sequence[tuple[str, CoOccurrence]]
) -> list[Reason]:
    """Return for each table of counts, by the code of its reason, in how many sessions a row was met with a seed.

    The most that any of the seeds reaches; no reason where all of it may be chance.
    """
    found = []
    other = int(view.listing_of[row])
    for code, table in tables:
        count = max((_significant(table, int(view.listing_of[seed]), other) for seed in seeds), default=0)
        if count:
            found.append(Reason(code, str(count)))
    return found


def _significant(table: CoOccurrence, one: int, other: int) -> int:
    """Return how many sessions hold both, 0 where that may be chance."""
    others, counts = table.row(one)
    at = int(np.searchsorted(others, other))
    if at == len(others) or others[at] != other or table.significance(one, slice(at, at + 1))[0] < SIGNIFICANT:
        return 0
    return int(counts[at])
