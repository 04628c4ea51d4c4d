"""How often shoppers buy a product again, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

_DAY_US = 24 * 3600 * 1_000_000.0

# What follows are guesses: no real shop's repeated purchases were at hand.
_PRIOR_DAYS = 30.0  # where nobody ever bought anything twice: a month, the rhythm of many orders
_PRIOR_AGAIN = 0.05
_PRIOR_BUYERS = 5.0
_PRIOR_INTERVALS = 3.0
_SPREAD = 0.5  # of the logarithm of an interval: two thirds lie within 0.6 to 1.65 times the usual one
_LATE = 2.0  # who is late is still asked, for longer than who is early


@dataclass(frozen=True, slots=True, eq=False)
class PurchaseRhythm:
    """For each listing the usual interval between purchases by one visitor, and the share of buyers who come back.

    Both are shrunk towards the shop's own mean as if a few average buyers more had been seen.

    Attributes:
        days: float64 `[listings]`, the geometric mean of the intervals.
        again: float64 `[listings]`, 0 to 1.
    """

    days: npt.NDArray[np.float64]
    again: npt.NDArray[np.float64]

    @classmethod
    def measure(
        cls,
        visitors: npt.NDArray[np.integer],
        listings: npt.NDArray[np.integer],
        times: npt.NDArray[np.int64],
        size: int,
    ) -> Self:
        """Measure from purchases, `[n]` each in any order; two on one day are one.

        Args:
            visitors: one number for each visitor.
            listings: 0 to `size - 1`.
            times: microseconds since 1970 in UTC.
            size: number of listings.
        """
        order = np.lexsort((times, listings, visitors))
        who, what, when = visitors[order], listings[order], times[order]
        same = (who[1:] == who[:-1]) & (what[1:] == what[:-1])
        gaps = (when[1:] - when[:-1]) / _DAY_US
        again = same & (gaps >= 1.0)
        logs, of = np.log(gaps[again]), what[1:][again]
        middle = float(logs.mean()) if len(logs) else np.log(_PRIOR_DAYS)
        counts = np.bincount(of, minlength=size)
        sums = np.bincount(of, weights=logs, minlength=size)
        firsts = np.append(True, ~same)[: len(what)]
        buyers = np.bincount(what[firsts], minlength=size)
        pairs = np.unique(who[1:][again] * max(size, 1) + of) % max(size, 1)
        back = np.bincount(pairs, minlength=size)
        share = float(back.sum() / buyers.sum()) if len(logs) else _PRIOR_AGAIN
        return cls(
            days=np.exp((sums + _PRIOR_INTERVALS * middle) / (counts + _PRIOR_INTERVALS)),
            again=(back + _PRIOR_BUYERS * share) / (buyers + _PRIOR_BUYERS),
        )

    def due(self, listing: int, days_ago: float) -> float:
        """Return how much a listing that was bought so long ago is due: its share of returning buyers at best.

        The time since follows a log-normal curve around the usual interval, wider after it than before.
        """
        steps = float(np.log(max(days_ago, 1e-3) / self.days[listing])) / _SPREAD
        steps = steps / _LATE if steps > 0 else steps
        return float(self.again[listing] * np.exp(-0.5 * steps * steps))
