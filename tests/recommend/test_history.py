"""History on the checkerboard: several interests, decay, dislikes, and the fall-back."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from shoplens.recommend.history import History
from shoplens.recommend.request import Request, Signal, signals
from shoplens.recommend.taste import taste
from shoplens.records import Event, EventProduct, Match
from tests.recommend.checkerboard import listing, log, product_id, shop

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def squares(matches: list[Match]) -> Counter[str]:
    return Counter("-".join(match.product.listing.split("-")[:2]) for match in matches)


def test_each_interest_gets_its_share() -> None:
    viewed = (Signal(product_id("shoe", 1, 0), 2.0), Signal(product_id("lamp", 3, 0), 1.0))
    found = History(shop()).recommend(Request(viewed=viewed, limit=6))
    led = Counter(r.value for match in found for r in match.reasons if r.code == "because_you_viewed")
    assert led == {product_id("shoe", 1, 0): 4, product_id("lamp", 3, 0): 2}
    assert found[0].product.listing == listing("shoe", 1, 1)
    assert listing("lamp", 3, 1) in {match.product.listing for match in found[:3]}


def test_the_reason_names_the_product_that_led_there() -> None:
    shoe, lamp = product_id("shoe", 1, 0), product_id("lamp", 3, 0)
    found = History(shop()).recommend(Request(viewed=(Signal(shoe), Signal(lamp)), limit=2))
    because = {m.product.listing: r.value for m in found for r in m.reasons if r.code == "because_you_viewed"}
    assert because == {listing("shoe", 1, 1): shoe, listing("lamp", 3, 1): lamp}


def test_the_newer_view_weighs_more() -> None:
    old, new = product_id("shoe", 0, 0), product_id("shoe", 3, 0)
    found = History(shop()).recommend(Request(viewed=signals([old, new], decay=0.3), limit=1))
    assert found[0].product.listing == listing("shoe", 3, 1)
    found = History(shop()).recommend(Request(viewed=signals([new, old], decay=0.3), limit=1))
    assert found[0].product.listing == listing("shoe", 0, 1)


def test_nothing_seen_comes_back() -> None:
    viewed, bought = product_id("shoe", 1, 0), product_id("shoe", 1, 1, "L")
    request = Request(viewed=(Signal(viewed),), bought=(Signal(bought),), limit=1000)
    listings = {match.product.listing for match in History(shop()).recommend(request)}
    assert listings.isdisjoint({listing("shoe", 1, 0), listing("shoe", 1, 1)})


def test_a_dislike_pushes_its_like_away() -> None:
    view = shop()
    viewed = (Signal(product_id("shoe", 1, 0)), Signal(product_id("shoe", 2, 0)))
    liked = History(view).recommend(Request(viewed=viewed, limit=2))
    assert squares(liked) == {"shoe-1": 1, "shoe-2": 1}
    disliked = (Signal(product_id("shoe", 1, 2)),)
    left = History(view).recommend(Request(viewed=viewed, disliked=disliked, limit=1))
    assert squares(left) == {"shoe-2": 1}


def test_nobody_gets_what_is_trending_and_then_what_is_newest() -> None:
    baskets = [[product_id("lamp", 0, 0)]] * 3 + [[product_id("shirt", 0, 1)]] * 5
    found = History(shop(log(baskets))).recommend(Request(limit=3))
    assert [match.product.listing for match in found][:2] == [listing("shirt", 0, 1), listing("lamp", 0, 0)]
    assert [match.reasons[0].code for match in found] == ["trending", "trending", "newest"]
    assert found[2].product.listing == listing("lamp", 3, 1)


def test_a_history_that_the_shop_no_longer_knows_falls_back_and_says_so() -> None:
    found = History(shop()).recommend(Request(viewed=(Signal("gone"),), limit=2))
    assert [match.reasons[0].code for match in found] == ["newest", "newest"]


def event(kind: str, days: float, product: str) -> Event:
    return Event(f"{kind}{days}{product}", kind, "v", START + dt.timedelta(days=days), (EventProduct(product),))


def test_taste_weighs_events_by_kind_and_age() -> None:
    known = taste(
        [
            event("detail-page-view", 0, "old"),
            event("detail-page-view", 7, "new"),
            event("add-to-cart", 7, "new"),
            event("purchase-complete", 7, "bought"),
            event("detail-page-view", 7, "hated"),
            event("dislike", 7, "hated"),
            event("search", 7, "shown"),
        ]
    )
    old, new = (int((START + dt.timedelta(days=day)).timestamp() * 1e6) for day in (0, 7))
    # what is of the visit at hand counts double
    assert known.viewed == (Signal("old", 0.5, old), Signal("new", 8.0, new))
    assert known.bought == (Signal("bought", 4.0, new),)
    assert known.disliked == (Signal("hated", 4.0, new),)
    assert taste([]).viewed == ()
