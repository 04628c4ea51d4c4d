"""What the events of a shop say of its listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.recommend.co_occurrence import CoOccurrence
from shoplens.records import EventLog

TREND_HALF_LIFE_US = 7 * 24 * 3600 * 1_000_000
"""Microseconds after which an event counts half in what is trending (7 days)."""

_POPULARITY: Mapping[str, float] = {"detail-page-view": 1.0, "like": 3.0, "add-to-cart": 3.0, "purchase-complete": 10.0}


@dataclass(frozen=True, eq=False)
class ShopEvents:
    """Events joined to the listings of the catalogue; events of unknown products wait in the store.

    Attributes:
        bought: listings bought in one session, because some shops send one event for each product of an order.
        viewed: listings seen, liked or put into the cart in one session.
        trend: float64 `[listings]`, weighted and decayed count of events, 0 for a listing without any.
    """

    bought: CoOccurrence
    viewed: CoOccurrence
    trend: npt.NDArray[np.float64]

    @classmethod
    def build(cls, log: EventLog | None, listing_codes: Mapping[str, int], listings: int) -> Self:
        """Join a log to listings.

        Args:
            log: the events; None for none.
            listing_codes: product or listing id to code of the listing, 0 to `listings - 1`.
            listings: how many there are.
        """
        if log is None or not len(log.products):
            nothing = CoOccurrence.count(np.empty(0, np.int64), np.empty(0, np.int64), listings)
            return cls(nothing, nothing, np.zeros(listings))
        codes = np.array([listing_codes.get(name, -1) for name in log.product_ids], dtype=np.int64)[log.products]
        known = codes >= 0
        bought = known & (log.types == "purchase-complete")
        seen = known & np.isin(log.types, ["detail-page-view", "add-to-cart", "like"])
        weights = np.zeros(len(codes))
        for kind, weight in _POPULARITY.items():
            weights[log.types == kind] = weight
        weights *= 0.5 ** ((log.times.max() - log.times) / TREND_HALF_LIFE_US)
        return cls(
            bought=CoOccurrence.count(log.sessions[bought], codes[bought], listings),
            viewed=CoOccurrence.count(log.sessions[seen], codes[seen], listings),
            trend=np.asarray(np.bincount(codes[known], weights=weights[known], minlength=listings), dtype=np.float64),
        )
