"""What the events of a shop say of its listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.recommend.co_occurrence import CoOccurrence
from shoplens.recommend.companions import VIEW_WORTH, Companions
from shoplens.recommend.ease import Ease
from shoplens.recommend.learned import Evidence, Learned, Rung
from shoplens.recommend.purchase_rhythm import PurchaseRhythm
from shoplens.records import EventLog

DAY_US = 24 * 3600 * 1_000_000
TREND_HALF_LIFE_DAYS = 7.0
"""Days after which an event counts half in what is popular."""

LATELY_DAYS = 2.0
"""Days after which an event counts half in what happens of late."""

USUAL_DAYS = 28.0
"""Days after which an event counts half in what is usual."""

_POPULARITY: Mapping[str, float] = {"detail-page-view": 1.0, "like": 3.0, "add-to-cart": 3.0, "purchase-complete": 10.0}
_MET = ("detail-page-view", "add-to-cart", "like")

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ListingEvents:
    """Events joined to the listings of the catalogue; events of unknown products wait in the store.

    What is learned from them is worked out at first use, or by `warm`.

    Attributes:
        listings: how many listings the shop has.
        codes: int64 `[n]`, the listing of each event.
        visitors: int64 `[n]`, one number for each visitor.
        sessions: int64 `[n]`, one number for each visit.
        times: int64 `[n]`, microseconds since 1970 in UTC.
        is_purchase: bool `[n]`.
        is_met: bool `[n]`, seen, liked or put into the cart.
        worth: float64 `[n]`, how much the kind of event says of what is popular.
    """

    listings: int
    codes: Codes
    visitors: Codes
    sessions: Codes
    times: Codes
    is_purchase: npt.NDArray[np.bool_]
    is_met: npt.NDArray[np.bool_]
    worth: npt.NDArray[np.float64]

    @classmethod
    def build(cls, log: EventLog | None, listing_codes: Mapping[str, int], listings: int) -> Self:
        """Join a log to listings.

        Args:
            log: the events; None for none.
            listing_codes: product or listing id to code of the listing, 0 to `listings - 1`.
            listings: how many there are.
        """
        if log is None or not len(log.products):
            none = np.empty(0, dtype=np.int64)
            return cls(listings, none, none, none, none, none.astype(bool), none.astype(bool), none.astype(np.float64))
        names = np.array([listing_codes.get(name, -1) for name in log.product_ids], dtype=np.int64)
        codes = names[log.products]
        known = np.flatnonzero(codes >= 0)
        types = log.types[known]
        worth = np.zeros(len(known))
        for kind, weight in _POPULARITY.items():
            worth[types == kind] = weight
        return cls(
            listings=listings,
            codes=codes[known],
            visitors=log.visitors[known],
            sessions=log.sessions[known],
            times=log.times[known],
            is_purchase=types == "purchase-complete",
            is_met=np.isin(types, _MET),
            worth=worth,
        )

    def until(self, time_us: int) -> ListingEvents:
        """Return the events before a moment, as they were known then."""
        before = self.times < time_us
        return ListingEvents(
            self.listings,
            self.codes[before],
            self.visitors[before],
            self.sessions[before],
            self.times[before],
            self.is_purchase[before],
            self.is_met[before],
            self.worth[before],
        )

    @cached_property
    def newest_us(self) -> int:
        """When the newest event was, microseconds since 1970 in UTC; what is recent is counted back from there."""
        return int(self.times.max(initial=0))

    @cached_property
    def bought(self) -> CoOccurrence:
        """Listings bought in one session, because some shops send one event for each product of an order."""
        return CoOccurrence.count(self.sessions[self.is_purchase], self.codes[self.is_purchase], self.listings)

    @cached_property
    def viewed(self) -> CoOccurrence:
        """Listings seen, liked or put into the cart in one session."""
        return CoOccurrence.count(self.sessions[self.is_met], self.codes[self.is_met], self.listings)

    @cached_property
    def trend(self) -> npt.NDArray[np.float64]:
        """Weighted events of each listing per day of late, float64 `[listings]`, 0 for a listing without any."""
        return self.rate(TREND_HALF_LIFE_DAYS)

    def rate(self, half_life_days: float) -> npt.NDArray[np.float64]:
        """Return the weighted events of each listing per day, float64 `[listings]`, older ones decayed.

        The window is corrected for how long the shop has had events at all.
        """
        ages = (self.newest_us - self.times) / DAY_US
        span = max(float(ages.max(initial=0.0)), 1.0)
        window = half_life_days / np.log(2.0) * (1.0 - 0.5 ** (span / half_life_days))
        decayed = self.worth * 0.5 ** (ages / half_life_days)
        return np.asarray(np.bincount(self.codes, weights=decayed, minlength=self.listings) / window, dtype=np.float64)

    @cached_property
    def lately(self) -> npt.NDArray[np.float64]:
        """Weighted events of each listing per day within the last days, float64 `[listings]`."""
        return self.rate(LATELY_DAYS)

    @cached_property
    def usual(self) -> npt.NDArray[np.float64]:
        """Weighted events of each listing per day over weeks, float64 `[listings]`."""
        return self.rate(USUAL_DAYS)

    @cached_property
    def rhythm(self) -> PurchaseRhythm:
        """How often what is bought again."""
        bought = self.is_purchase
        return PurchaseRhythm.measure(self.visitors[bought], self.codes[bought], self.times[bought], self.listings)

    @cached_property
    def _by_sessions(self) -> Mapping[Evidence, Companions]:
        return {
            "bought": Companions(((self.bought, 1.0), (self.viewed, VIEW_WORTH))),
            "viewed": Companions(((self.viewed, 1.0),)),
        }

    @cached_property
    def _baskets_model(self) -> Ease:
        bought = self.is_purchase
        return Ease.fit(self.sessions[bought], self.codes[bought], self.listings, self._by_sessions["bought"])

    @cached_property
    def _histories_model(self) -> Ease:
        met = self.is_met | self.is_purchase
        return Ease.fit(self.visitors[met], self.codes[met], self.listings, self._by_sessions["viewed"])

    def learned(self, evidence: Evidence, rung: Rung) -> Learned | None:
        """Return what a rung of the ladder knows of the shoppers; None for the one that asks none."""
        if rung == "visual" or not len(self.codes):
            return None
        if rung == "session":
            return self._by_sessions[evidence]
        return self._baskets_model if evidence == "bought" else self._histories_model

    def warm(self) -> None:
        """Work out what answers will ask for."""
        _ = (self.trend, self.lately, self.usual, self.rhythm, self.viewed, self.bought)
