"""GoesWith on the checkerboard: by rule, by shoppers, and between the two."""

from __future__ import annotations

import pytest

from shoplens.recommend.goes_with import GoesWith
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Match, Product
from tests.recommend.checkerboard import listing, log, product_id, products, shop

SHIRT = product_id("shirt", 2, 0)


def ask(view: ShopView, *seeds: str, limit: int = 6) -> list[Match]:
    return GoesWith(view, view.events.learned("bought", "session")).recommend(Request(seeds=seeds, limit=limit))


def kinds(matches: list[Match]) -> list[str]:
    return [match.product.listing.split("-")[0] for match in matches]


def test_with_no_event_the_best_pair_in_the_same_style_and_a_fitting_colour() -> None:
    first, second, *_ = ask(shop(), SHIRT)
    assert first.product.listing in {listing("jeans", 2, 0), listing("jeans", 2, 1)}
    assert second.product.listing in {listing("shoe", 2, 0), listing("shoe", 2, 1)}
    reasons = {reason.code: reason.value for reason in first.reasons}
    assert reasons == {"goes_with_category": "top", "color_harmony": "tone_on_tone"}


def test_kinds_take_turns_and_unpaired_kinds_stay_out() -> None:
    found = kinds(ask(shop(), SHIRT, limit=8))
    assert found == ["jeans", "shoe"] * 4
    assert kinds(ask(shop(), product_id("lamp", 0, 0))) == []


def test_the_own_kind_never_comes_even_when_shoppers_buy_it() -> None:
    baskets = [[SHIRT, product_id("shirt", 1, 0)]] * 500 + [["other"]] * 500
    assert "shirt" not in kinds(ask(shop(log(baskets)), SHIRT, limit=1000))


def test_what_shoppers_buy_together_wins_with_enough_evidence() -> None:
    lamp = product_id("lamp", 3, 0)
    rest = [[product_id("shoe", 0, 0)], [product_id("jeans", 0, 1)]]

    def place(times: int) -> int:
        found = ask(shop(log([[SHIRT, lamp]] * times + rest * 200)), SHIRT, limit=1000)
        return [match.product.listing for match in found].index(listing("lamp", 3, 0))

    assert place(100) == 0
    assert place(100) < place(3)


def test_the_reason_counts_baskets_only_where_they_mean_something() -> None:
    jeans = product_id("jeans", 1, 0)
    filler = [[product_id("lamp", 0, 0)]] * 100
    often = ask(shop(log([[SHIRT, jeans]] * 12 + filler)), SHIRT, limit=1000)
    counts = {m.product.listing: r.value for m in often for r in m.reasons if r.code == "bought_together"}
    assert counts == {listing("jeans", 1, 0): "12"}
    once = ask(shop(log([[SHIRT, jeans]] + [[SHIRT], [jeans]] * 50)), SHIRT, limit=1000)
    assert not [r for m in once for r in m.reasons if r.code == "bought_together"]


def test_views_are_evidence_too_but_less_of_it() -> None:
    lamp = product_id("lamp", 3, 0)
    baskets = [[SHIRT, lamp]] * 60 + [[product_id("shoe", 0, 0)]] * 60

    def score(kind: str) -> float:
        found = ask(shop(log(baskets, kind)), SHIRT, limit=1000)
        return next(match.score for match in found if match.product.listing == listing("lamp", 3, 0))

    assert 0 < score("detail-page-view") < score("purchase-complete")


def test_a_basket_wants_what_goes_with_all_of_it() -> None:
    basket = (SHIRT, product_id("jeans", 2, 0))
    found = ask(shop(), *basket, limit=8)
    assert set(kinds(found)) == {"shoe"}
    assert found[0].product.listing in {listing("shoe", 2, 0), listing("shoe", 2, 1)}


def test_a_pair_with_itself_is_allowed_by_the_table() -> None:
    rings = [Product(id=name, title=name, category="Jewelry > Rings") for name in ("a", "b")]
    assert [match.product.id for match in ask(ShopView.build(rings), "a")] == ["b"]


def test_products_for_other_people_do_not_go_together() -> None:
    shelf = [
        Product("shirt", "Shirt", category="Men > Shirts"),
        Product("his", "Jeans", category="Men > Jeans"),
        Product("hers", "Jeans", category="Women > Jeans"),
        Product("any", "Belt", category="Belts"),
    ]
    assert {match.product.id for match in ask(ShopView.build(shelf), "shirt")} == {"his", "any"}


@pytest.mark.parametrize(("seed", "expected"), [("衬衫", "牛仔裤"), ("手机", "手机壳"), ("沙发", "抱枕")])
def test_chinese_categories_pair_as_well(seed: str, expected: str) -> None:
    shelf = [Product(name, f"第{n}号", category=f"商城 > {name}") for n, name in enumerate((seed, expected, "啤酒"))]
    assert [match.product.id for match in ask(ShopView.build(shelf), seed)] == [expected]


def test_categories_that_no_table_knows_still_get_an_answer_from_elsewhere() -> None:
    strange = [Product(f"{c}{n}", f"{c}{n}", category=f"Zorp > {c}") for c in ("Quux", "Blarg") for n in range(2)]
    assert [match.product.id for match in ask(ShopView.build(strange), "Quux0")] == ["Blarg0", "Blarg1"]


def test_what_no_table_pairs_is_left_out_although_the_row_stays_short() -> None:
    shelf = [
        Product("chair", "Chair", category="Home > Chairs"),
        Product("cushion", "Cushion", category="Home > Cushions"),
        Product("shorts", "Shorts", category="Clothing > Shorts"),
        Product("watch", "Watch", category="Accessories > Watches"),
    ]
    assert [match.product.id for match in ask(ShopView.build(shelf), "chair")] == ["cushion"]


def test_the_view_holds_every_product() -> None:
    assert len(shop().products) == len(products())
