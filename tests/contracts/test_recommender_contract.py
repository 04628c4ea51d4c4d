"""What every recommender promises; a new one is one more parameter."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens import plugins
from shoplens.catalog.filter import Filter
from shoplens.errors import BadInput
from shoplens.recommend.learned import RUNGS, Rung
from shoplens.recommend.placement import PLACEMENTS, Placement
from shoplens.recommend.placements import make_recommender
from shoplens.recommend.recommender import Recommender
from shoplens.recommend.request import Request, Signal
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Price, Product
from tests.recommend.checkerboard import log, looks, product_id, products

NAMES = [
    "bought_together",
    "buy_again",
    "complete_the_look",
    "goes_with",
    "history",
    "on_sale",
    "popular",
    "recently_viewed",
    "similar",
    "trending",
]
BESIDE = {"bought_together", "complete_the_look", "goes_with", "similar"}
ABOUT_BOUGHT = {"buy_again"}
SEED = product_id("shirt", 0, 0)
BASKETS = [[SEED, product_id("jeans", 1, 0)], [SEED, product_id("lamp", 2, 1)]] * 15


EVERY = tuple(Signal(product.id, 1.0, 1) for product in products())


def reduced() -> list[Product]:
    """Return the checkerboard with every second listing at half its price."""
    return [
        replace(p, sale_price=Price(p.price.amount / 2, "EUR")) if p.price and p.listing[-1] in "02" else p
        for p in products()
    ]


@pytest.fixture(scope="module")
def view() -> ShopView:
    return ShopView.build(reduced(), looks(), log=log(BASKETS))


def make(name: str, view: ShopView) -> Recommender:
    recommender: Recommender = plugins.load("recommender", name)(view)
    return recommender


def test_each_placement_has_one_and_each_has_a_placement() -> None:
    assert {place.recommender for place in PLACEMENTS.values()} == set(NAMES)


@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("place", [p for p in PLACEMENTS.values() if p.evidence], ids=lambda place: str(place.name))
def test_the_promises_hold_on_every_rung(place: Placement, rung: Rung, view: ShopView) -> None:
    found = make_recommender(place, view, rung).recommend(ask(place.recommender, limit=7))
    assert 1 <= len({match.product.listing for match in found}) == len(found) <= 7
    assert all(match.reasons and 0.0 <= match.score <= 1.0 for match in found)
    assert "shirt-0-0" not in {match.product.listing for match in found}


@pytest.fixture(scope="module", params=NAMES)
def recommender(request: pytest.FixtureRequest, view: ShopView) -> Recommender:
    return make(request.param, view)


def ask(name: str = "", **changes: object) -> Request:
    """Return a question that the recommender of that name can answer."""
    plain = Request(seeds=(SEED,), viewed=(Signal(SEED),))
    if name == "recently_viewed":
        plain = replace(plain, viewed=EVERY)
    elif name == "buy_again":
        plain = replace(plain, bought=EVERY)
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_it_is_registered_under_its_name(recommender: Recommender) -> None:
    assert recommender.name in NAMES


@pytest.mark.parametrize("limit", [1, 5, 1000])
def test_the_limit_holds_and_listings_are_folded(recommender: Recommender, limit: int) -> None:
    found = recommender.recommend(ask(recommender.name, limit=limit))
    assert 1 <= len(found) <= limit
    assert len({match.product.listing for match in found}) == len(found)


def test_neither_seed_nor_bought_nor_disliked_nor_excluded_comes_back(recommender: Recommender) -> None:
    every = [match.product for match in recommender.recommend(ask(recommender.name, limit=1000))]
    bought, disliked, excluded = every[0], every[1], every[-1]
    if recommender.name in ABOUT_BOUGHT:
        request = ask(recommender.name, limit=1000, disliked=(Signal(disliked.id),), exclude=frozenset({excluded.id}))
        listings = {match.product.listing for match in recommender.recommend(request)}
        assert bought.listing in listings
        assert listings.isdisjoint({"shirt-0-0", disliked.listing, excluded.listing})
        return
    request = ask(
        recommender.name,
        limit=1000,
        bought=(Signal(bought.id),),
        disliked=(Signal(disliked.id),),
        exclude=frozenset({excluded.listing}),
    )
    listings = {match.product.listing for match in recommender.recommend(request)}
    assert listings.isdisjoint({"shirt-0-0", bought.listing, disliked.listing, excluded.listing})


def test_what_is_in_stock_comes_first(recommender: Recommender) -> None:
    found = recommender.recommend(ask(recommender.name, limit=1000))
    stock = [match.product.availability == "in_stock" for match in found]
    assert stock == sorted(stock, reverse=True)
    # a look takes one product of each kind, and each kind has some in stock
    assert set(stock) == ({True} if recommender.name == "complete_the_look" else {True, False})


def test_every_match_says_why_and_scores_within_0_to_1(recommender: Recommender) -> None:
    for match in recommender.recommend(ask(recommender.name, limit=10)):
        assert match.reasons
        assert 0.0 <= match.score <= 1.0


def test_the_same_question_has_the_same_answer(recommender: Recommender, view: ShopView) -> None:
    request = ask(recommender.name, limit=20, diversity=0.3)
    assert recommender.recommend(request) == recommender.recommend(request)
    again = ShopView.build(reduced(), looks(), log=log(BASKETS))
    assert make(recommender.name, again).recommend(request) == recommender.recommend(request)


def test_a_shop_without_anything_else_gives_an_empty_answer(recommender: Recommender) -> None:
    only = ShopView.build([product for product in reduced() if product.listing == "shirt-0-0"])
    assert make(recommender.name, only).recommend(ask()) == []


def test_an_empty_shop_gives_an_empty_answer_or_misses_the_seed(recommender: Recommender) -> None:
    request = Request(viewed=(Signal("gone"),))
    empty = make(recommender.name, ShopView.build([]))
    if recommender.name in BESIDE:
        with pytest.raises(BadInput):
            empty.recommend(request)
    else:
        assert empty.recommend(request) == []


def test_a_shop_without_looks_colours_prices_categories_still_answers(recommender: Recommender) -> None:
    bare = [replace(p, category="", price=None, sale_price=None, attributes={}) for p in products()]
    found = make(recommender.name, ShopView.build(bare)).recommend(ask(recommender.name, limit=5))
    assert bool(found) == (recommender.name != "on_sale")  # without prices nothing is reduced


filters = st.builds(
    Filter,
    category=st.sampled_from(["", "Fashion", "fashion > bottoms", "Home > Lamps", "Nowhere"]),
    brand=st.sampled_from(["", "brand 0", "BRAND 1", "none"]),
    min_price=st.sampled_from([None, Decimal(11), Decimal(41)]),
    max_price=st.sampled_from([None, Decimal(200)]),
    availability=st.sampled_from([frozenset(), frozenset({"in_stock"}), frozenset({"out_of_stock"})]),
    attributes=st.sampled_from([{}, {"color": "red"}, {"color": "Navy", "size": "l"}]),
)


@settings(max_examples=40, deadline=None)
@given(where=filters, limit=st.integers(1, 60))
@pytest.mark.parametrize("name", NAMES)
def test_the_filter_always_holds(name: str, where: Filter, limit: int, view: ShopView) -> None:
    for match in make(name, view).recommend(ask(name, where=where, limit=limit)):
        product = match.product
        assert product.price is not None
        pays = (product.sale_price or product.price).amount
        assert product.category.casefold().startswith(where.category.casefold())
        assert where.brand.casefold() in ("", product.brand)
        assert where.min_price is None or pays >= where.min_price
        assert where.max_price is None or pays <= where.max_price
        assert not where.availability or product.availability in where.availability
        assert all(product.attributes[k].casefold() == v.casefold() for k, v in where.attributes.items())


@pytest.mark.parametrize("change", [{"limit": 0}, {"limit": 1001}, {"diversity": 1.1}, {"viewed": (Signal("a", 0.0),)}])
def test_an_impossible_request_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        ask(**change)
