"""Questions whose answers the shop's own events hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplens.recommend.placement import Placement
from shoplens.recommend.request import Request, Signal, signals
from shoplens.recommend.shop_view import ShopView

_SHOWN = 10
_MOST_KNOWN = 8  # things of a history or a basket that a question names, the newest ones


@dataclass(frozen=True, slots=True)
class OfflineQuestion:
    """What could have been asked at some moment, and the listing that came next."""

    request: Request
    hidden: str


def offline_questions(
    view: ShopView, place: Placement, start_us: int, end_us: int, count: int, seed: int
) -> list[OfflineQuestion]:
    """Return questions of a placement from what happened in a span of time.

    Beside products: the last but one thing of a session (all others of it, for a basket), and its last one is hidden.
    For a shopper: what was met before, in this session and earlier ones, and the next new thing is hidden. What was met
    for the first time before the span is never hidden: it is known to what learned from that time.

    Args:
        view: the shop with all of its events.
        place: the placement; it learns from shoppers.
        start_us: the span's begin, microseconds since 1970 in UTC, inclusive.
        end_us: its end, exclusive.
        count: at most.
        seed: of the draw, where there are more.
    """
    events = view.events
    rows = np.flatnonzero(events.is_purchase if place.evidence == "bought" else events.is_met)
    owners = events.visitors if place.needs == "visitor" else events.sessions
    rows = rows[np.lexsort((np.arange(len(rows)), events.times[rows], owners[rows]))]
    who, what, when = owners[rows], events.codes[rows], events.times[rows]
    edges = np.flatnonzero(np.append(True, who[1:] != who[:-1])) if len(who) else np.empty(0, np.int64)
    ends = np.append(edges[1:], len(who))
    last = when[ends - 1] if len(who) else when
    late = np.flatnonzero((start_us <= last) & (last < end_us))
    found: list[OfflineQuestion] = []
    for at in np.random.default_rng(seed).permutation(late)[: 3 * count].tolist():
        own = slice(edges[at], ends[at])
        listings = list(dict.fromkeys(what[own].tolist()))
        if len(listings) < 2 or when[own][what[own] == listings[-1]][0] < start_us:
            continue
        *known, hidden = listings
        ids = [view.products[int(view.starts[code])].id for code in known[-_MOST_KNOWN:]]
        found.append(OfflineQuestion(_request(place, ids), view.products[int(view.starts[hidden])].listing))
        if len(found) == count:
            break
    return found


def _request(place: Placement, ids: list[str]) -> Request:
    if place.needs == "visitor":
        viewed: tuple[Signal, ...] = signals(ids)
        return Request(viewed=viewed, limit=_SHOWN)
    return Request(seeds=tuple(ids) if place.evidence == "bought" else (ids[-1],), limit=_SHOWN)
