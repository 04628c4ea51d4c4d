"""What each placement answers on the checkerboard, where it can be proved."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.recommend.buy_again import BuyAgain
from shoplens.recommend.category_pairs import CategoryPairs
from shoplens.recommend.complete_the_look import CompleteTheLook
from shoplens.recommend.pair_fit import pair_fit
from shoplens.recommend.placements import Placements
from shoplens.recommend.recently_viewed import RecentlyViewed
from shoplens.recommend.request import Request, Signal
from shoplens.recommend.rule_book import RuleBook
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.trending import Trending
from shoplens.records import EventLog, Product
from tests.recommend.checkerboard import COPIES, DAY_US, STYLES, listing, log, looks, product_id, products, shop

SHIRT = product_id("shirt", 2, 0)
WARDROBE = """
[kinds]
shirt = ["shirts"]
jeans = ["jeans"]
shoe = ["sneakers"]
lamp = ["lamps"]
[pairs]
shirt = { jeans = 0.9, shoe = 0.8, lamp = 0.7 }
jeans = { shoe = 0.9 }
"""


def test_a_look_has_one_of_each_kind_and_all_in_one_style() -> None:
    found = CompleteTheLook(shop()).recommend(Request(seeds=(SHIRT,), limit=6))
    assert [match.product.listing.split("-")[0] for match in found] == ["jeans", "shoe"]
    assert {match.product.listing.split("-")[1] for match in found} == {"2"}
    assert all(match.reasons[0].code == "goes_with_category" for match in found)


def test_kinds_that_never_go_together_never_share_a_look() -> None:
    view = ShopView.build(products(), looks(), pairs=CategoryPairs.read([WARDROBE]))
    found = CompleteTheLook(view).recommend(Request(seeds=(SHIRT,), limit=6))
    # jeans and shoes together are worth more than the lamp, which goes with neither
    assert [match.product.listing.split("-")[0] for match in found] == ["jeans", "shoe"]
    alone = CompleteTheLook(view).recommend(Request(seeds=(SHIRT,), limit=6, exclude=_all("jeans") | _all("shoe")))
    assert [match.product.listing.split("-")[0] for match in alone] == ["lamp"]


def test_the_search_finds_the_best_look_of_all() -> None:
    """Beam search against trying everything, where looks point in random directions."""
    rng = np.random.default_rng(3)
    vectors = {
        p.id: v / np.linalg.norm(v) for p in products() if (v := rng.normal(size=6).astype(np.float32)) is not None
    }
    some = [p for p in products() if p.availability == "in_stock" and p.id.endswith("M")]
    view = ShopView.build(some, vectors, pairs=CategoryPairs.read([WARDROBE]))
    seed = view.row(SHIRT)
    to_seed = pair_fit(view, seed)
    rows = {kind: [r for r, p in enumerate(view.products) if p.id.startswith(kind)] for kind in ("jeans", "shoe")}
    best = max(
        ((jean, shoe) for jean in rows["jeans"] for shoe in rows["shoe"]),
        key=lambda pair: to_seed[pair[0]] + (to_seed[pair[1]] + pair_fit(view, pair[0])[pair[1]]) / 2,
    )
    found = CompleteTheLook(view).recommend(Request(seeds=(SHIRT,), limit=2))
    assert {match.product.id for match in found} == {view.products[row].id for row in best}


def test_trending_is_what_rises_and_not_what_is_always_large() -> None:
    steady, rising = product_id("shoe", 0, 0), product_id("lamp", 1, 0)
    baskets = [[steady]] * 200 + [[steady], [rising]] * 4
    found = Trending(shop(_at(log(baskets), [*range(200), *([201] * 8)]))).recommend(Request(limit=2))
    assert found[0].product.listing == listing("lamp", 1, 0)
    assert found[0].reasons[0].code == "rising"


def test_buy_again_follows_each_listings_own_rhythm() -> None:
    """Soap is bought every 10 days and paint every 100: ten days after both, soap is due and paint is not."""
    soap, paint = product_id("shoe", 0, 0), product_id("lamp", 1, 0)
    times = [day for _ in range(20) for day in (0, 10, 20)] + [day for _ in range(20) for day in (0, 100, 200)]
    visitors = np.repeat(np.arange(40), 3)
    made = _at(log([[soap]] * 60 + [[paint]] * 60), times)
    view = shop(replace(made, visitors=visitors, sessions=np.arange(120)))
    ten_days_ago = view.events.newest_us - 10 * DAY_US
    bought = (Signal(paint, 1.0, ten_days_ago), Signal(soap, 1.0, ten_days_ago))
    found = BuyAgain(view).recommend(Request(bought=bought, limit=5))
    assert [match.product.listing for match in found] == [listing("shoe", 0, 0), listing("lamp", 1, 0)]
    assert found[0].score > 5 * found[1].score
    values = {reason.code: reason.value for reason in found[0].reasons}
    assert values["bought_days_ago"] == "10"
    assert values["usual_days_between"] in {"10", "11", "12"}  # its own rhythm, shrunk a little to the shop's
    untimed = BuyAgain(view).recommend(Request(bought=(Signal(soap),)))
    assert [reason.code for reason in untimed[0].reasons] == ["usual_days_between"], "nobody knows when it was bought"
    late = (Signal(paint, 1.0, view.events.newest_us - 100 * DAY_US),)
    assert BuyAgain(view).recommend(Request(bought=late))[0].score > found[1].score


def test_recently_viewed_goes_back_in_time() -> None:
    one, two, three = (product_id("shoe", style, 0) for style in range(3))
    by_time = (Signal(one, 1.0, 5), Signal(two, 9.0, 2), Signal(three, 1.0, 9))
    found = RecentlyViewed(shop()).recommend(Request(viewed=by_time, bought=(Signal(one),), limit=5))
    assert [match.product.id for match in found] == [three, two]
    now = RecentlyViewed(shop()).recommend(Request(viewed=(*by_time, Signal(two)), limit=5))
    assert [match.product.id for match in now] == [two, three, one], "what is named without a time is the visit at hand"


def test_bought_together_needs_no_kind_and_shows_no_chance() -> None:
    other = product_id("shirt", 0, 1)
    noise = [[SHIRT, product_id("lamp", 0, 0)], [product_id("lamp", 0, 0)], [product_id("shoe", 3, 0)]]
    view = shop(log([[SHIRT, other]] * 12 + noise * 10))
    found = Placements(view, RuleBook(), {}).answer("bought-together", Request(seeds=(SHIRT,), limit=3))
    assert found.rung == "session"
    assert (found.matches[0].product.listing, found.matches[0].reasons[0].value) == (listing("shirt", 0, 1), "12")
    codes = {match.product.listing: {reason.code for reason in match.reasons} for match in found.matches}
    assert all("bought_together" not in said for name, said in codes.items() if name != listing("shirt", 0, 1))


def test_on_sale_is_reduced_and_to_the_taste() -> None:
    some = [replace(p, sale_price=replace(p.price, amount=p.price.amount / 2)) if _reduced(p) and p.price else p for p in products()]  # fmt: skip  # noqa: E501
    placements = Placements(ShopView.build(some, looks()), RuleBook(), {})
    found = placements.answer(
        "on-sale-like-yours", Request(viewed=(Signal(product_id("shoe", 2, 1)),), limit=8)
    ).matches
    assert len(found) == 8
    assert all(_reduced(match.product) and match.reasons[0].value == "-50%" for match in found)
    assert found[0].product.listing == listing("shoe", 2, 0)


def test_a_placement_that_does_not_exist_or_misses_its_product() -> None:
    placements = Placements(shop(), RuleBook(), {})
    with pytest.raises(UnknownName):
        placements.answer("nowhere", Request())
    for name in ("similar", "goes-with", "complete-the-look", "bought-together"):
        with pytest.raises(BadInput):
            placements.answer(name, Request())
    assert placements.answer("for-you", Request()).matches


def test_no_two_of_a_look_are_of_one_kind_whatever_the_seed() -> None:
    view = shop()
    for style, copy in combinations(range(STYLES), 2):
        seed = product_id("jeans", style, copy % COPIES)
        kinds = [m.product.category for m in CompleteTheLook(view).recommend(Request(seeds=(seed,), limit=10))]
        assert len(kinds) == len(set(kinds)) == 2


def _reduced(product: Product) -> bool:
    return product.listing.endswith("-0")


def _all(kind: str) -> frozenset[str]:
    return frozenset(p.listing for p in products() if p.listing.startswith(kind))


def _at(made: EventLog, days: list[int]) -> EventLog:
    return replace(made, times=np.array(days, dtype=np.int64) * DAY_US + DAY_US)
