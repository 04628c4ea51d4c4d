"""The rules of a shop hold, in every placement, whatever they are and whatever is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BadInput, NotFound, UnknownName
from shoplens.recommend.curated_look import CuratedLook, read_looks
from shoplens.recommend.learned import RUNGS, Rung
from shoplens.recommend.placement import PLACEMENTS
from shoplens.recommend.placements import Placements
from shoplens.recommend.recommendation import Recommendation
from shoplens.recommend.request import Request, Signal
from shoplens.recommend.rule import ACTIONS, Rule
from shoplens.recommend.rule_book import RuleBook
from shoplens.recommend.rules_file import append_rule, change_rule, remove_rule
from shoplens.recommend.shop_view import ShopView
from shoplens.records import Price, Product
from tests.recommend.checkerboard import CATEGORIES, listing, log, looks, product_id, products, shop

SHIRT = product_id("shirt", 1, 0)
PATHS = ("Fashion", "Fashion > Bottoms", "Fashion > Shoes", "Fashion > Tops", "Home")


def reduced() -> list[Product]:
    return [replace(p, sale_price=Price(p.price.amount / 2, "EUR")) if p.price else p for p in products()]


@cache  # and no fixture, as hypothesis would print all of it
def planted() -> ShopView:
    baskets = [[SHIRT, product_id("jeans", 1, 0)], [SHIRT, product_id("lamp", 2, 1)]] * 30
    return ShopView.build(reduced(), looks(), log=log(baskets))


@pytest.fixture(scope="module")
def view() -> ShopView:
    return planted()


def answer(
    view: ShopView, placement: str, rules: Sequence[Rule], seeds: tuple[str, ...] = (SHIRT,), rung: Rung = "visual",
    limit: int = 40,
) -> Recommendation:  # fmt: skip
    every = tuple(Signal(name, 1.0, 1) for name in (product_id(kind, 1, 0) for kind in CATEGORIES))
    request = Request(seeds=seeds if PLACEMENTS[placement].needs == "products" else (), viewed=every, limit=limit)
    if placement == "buy-again":
        request = replace(request, viewed=(), bought=tuple(Signal(p.id) for p in products()))
    elif placement == "recently-viewed":
        request = replace(request, viewed=tuple(Signal(p.id) for p in products()))
    rungs = dict.fromkeys(PLACEMENTS, rung)
    return Placements(view, RuleBook(tuple(rules)), rungs).answer(placement, request)


what = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(PATHS),
        "brand": st.sampled_from(["brand 0", "brand 1", "Brand 2"]),
        "products": st.lists(
            st.sampled_from([*(p.id for p in products()), listing("shoe", 1, 1), "unknown"]), min_size=1, max_size=3
        ).map(tuple),
    },
).filter(bool)
rule_sets = st.lists(
    st.one_of(
        st.builds(
            lambda action, about: Rule(action, **about), st.sampled_from(["pin", "boost", "bury", "block"]), what
        ),
        st.builds(Rule, st.sampled_from(["same-brand", "in-stock"])),
        st.builds(Rule, st.just("price-band"), low=st.sampled_from([0.0, 0.5]), high=st.sampled_from([1.0, 4.0])),
        st.builds(
            Rule, st.sampled_from(["allow", "forbid"]), category=st.sampled_from(PATHS), beside=st.sampled_from(PATHS)
        ),
    ),
    max_size=5,
)


def about(rule: Rule, product: Product) -> bool:
    """Return whether a rule is about a product, told from the product alone."""
    named = not rule.products or product.id in rule.products or product.listing in rule.products
    return named and under(product, rule.category) and rule.brand.casefold() in ("", product.brand.casefold())


def under(product: Product, path: str) -> bool:
    return not path or product.category == path or product.category.startswith(f"{path} > ")


def may_stand_beside(rules: Sequence[Rule], one: Product, other: Product) -> bool:
    links = {
        rule: (under(one, rule.category) and under(other, rule.beside))
        or (under(other, rule.category) and under(one, rule.beside))
        for rule in rules
        if rule.action in ("allow", "forbid")
    }
    allowed = [rule for rule in links if rule.action == "allow"]
    bound = any(under(p, rule.category) or under(p, rule.beside) for rule in allowed for p in (one, other))
    return not any(links[rule] for rule in links if rule.action == "forbid") and (
        not bound or any(links[rule] for rule in allowed)
    )


@settings(max_examples=25, deadline=None)
@given(rules=rule_sets, rung=st.sampled_from(RUNGS), seeds=st.sampled_from([(SHIRT,), (SHIRT, "shoe-2-0")]))
@pytest.mark.parametrize("placement", list(PLACEMENTS))
def test_rules_always_hold(placement: str, rules: list[Rule], rung: Rung, seeds: tuple[str, ...]) -> None:
    view = planted()
    found = answer(view, placement, rules, seeds, rung).matches
    shown = [match.product for match in found]
    named = [view.products[view.row(seed)] for seed in seeds] if PLACEMENTS[placement].needs == "products" else []
    held = [rule for rule in rules if rule.holds_in(placement)]
    kinds = {rule.action for rule in held}
    for product in shown:
        assert not any(about(rule, product) for rule in held if rule.action == "block")
        assert "in-stock" not in kinds or product.availability == "in_stock"
        assert "same-brand" not in kinds or not named or product.brand in {seed.brand for seed in named}
        assert all(may_stand_beside(held, seed, product) for seed in named)
    for rule in held:
        if rule.action == "price-band" and named:
            middle = np.exp(np.mean([np.log(float(seed.sale_price.amount)) for seed in named if seed.sale_price]))
            prices = [float(p.sale_price.amount) for p in shown if p.sale_price]
            assert all(rule.low * middle * 0.9999 <= price <= rule.high * middle * 1.0001 for price in prices)
    chosen = [m.product for m in found if m.reasons and m.reasons[0].code == "chosen_by_the_shop"]
    assert shown[: len(chosen)] == chosen, "what is pinned comes first"
    rest = shown[len(chosen) :]
    buried = [any(about(rule, product) for rule in held if rule.action == "bury") for product in rest]
    classes = [(p.availability != "in_stock", down) for p, down in zip(rest, buried, strict=True)]
    assert classes == sorted(classes), "in stock first, and what is buried behind the others"
    if placement == "complete-the-look":
        assert all(may_stand_beside(held, one, other) for one, other in combinations(rest, 2))


@pytest.mark.parametrize("placement", list(PLACEMENTS))
def test_a_pinned_product_comes_first_unless_it_is_blocked_or_gone(placement: str, view: ShopView) -> None:
    pin = Rule("pin", products=("lamp-3-1",), note="winter campaign")
    first = answer(view, placement, [pin], limit=3).matches[0]
    assert first.product.listing == "lamp-3-1"
    assert (first.reasons[0].code, first.reasons[0].value) == ("chosen_by_the_shop", "winter campaign")
    for other in (Rule("block", category="Home"), Rule("pin", products=("lamp-3-2",))):
        rules = [pin, other] if other.action == "block" else [other]
        found = answer(view, placement, rules, limit=3).matches
        assert "chosen_by_the_shop" not in {reason.code for match in found for reason in match.reasons}


@pytest.mark.parametrize("placement", ["similar", "popular", "for-you", "goes-with", "on-sale-like-yours"])
def test_a_boost_never_sends_a_product_back_and_a_large_one_brings_it_forward(placement: str, view: ShopView) -> None:
    plain = [match.product.listing for match in answer(view, placement, [], limit=40).matches]
    target = plain[-1]

    def place(factor: float) -> int:
        found = answer(view, placement, [Rule("boost", products=(target,), factor=factor)], limit=40).matches
        return [match.product.listing for match in found].index(target)

    places = [place(factor) for factor in (1.01, 2.0, 10.0, 1e6)]
    assert places == sorted(places, reverse=True)
    assert places[0] <= len(plain) - 1


def test_a_rule_holds_in_its_placements_only(view: ShopView) -> None:
    rule = Rule("block", category="Fashion > Tops", placements=("similar",))
    assert "shirt" not in {m.product.listing.split("-")[0] for m in answer(view, "similar", [rule]).matches}
    assert "shirt" in {m.product.listing.split("-")[0] for m in answer(view, "popular", [rule]).matches}


def test_a_curated_look_comes_first_and_the_rest_completes_it() -> None:
    view = shop()
    look = CuratedLook("Harvest", (SHIRT, "jeans-3-1", "lamp-0-0", "shoe-0-2", "gone"))
    placements = Placements(view, RuleBook((), (look,)), {})
    found = placements.answer("goes-with", Request(seeds=("shirt-1-0",), limit=4)).matches
    # the lamp goes with nothing by rule, and the shoe is out of stock in all sizes
    assert [m.product.listing for m in found][:2] == ["jeans-3-1", "lamp-0-0"]
    assert [m.reasons[0].value for m in found][:2] == ["Harvest", "Harvest"]
    whole = placements.answer("complete-the-look", Request(seeds=("jeans-3-1",), limit=6)).matches
    assert [m.product.listing for m in whole][:2] == ["shirt-1-0", "lamp-0-0"]
    similar = placements.answer("similar", Request(seeds=(SHIRT,))).matches
    assert "curated_look" not in {reason.code for match in similar for reason in match.reasons}


def test_rules_are_read_written_and_removed_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "recommend.toml"
    append_rule(path, Rule("block", category="Home", note="no lamps"))
    path.write_text("# ours\n" + path.read_text("utf-8"), "utf-8")
    append_rule(path, Rule("price-band", low=0.0, high=1.5, placements=("similar",)))
    rules = RuleBook.read(path).rules
    assert rules == (
        Rule("block", category="Home", note="no lamps"),
        Rule("price-band", low=0.0, high=1.5, placements=("similar",)),
    )
    assert remove_rule(path, rules, 1) == rules[0]
    assert RuleBook.read(path).rules == rules[1:]
    assert path.read_text("utf-8").startswith("# ours\n")
    with pytest.raises(NotFound):
        remove_rule(path, rules[1:], 2)
    assert RuleBook.read(tmp_path / "none.toml") == RuleBook()


@pytest.mark.parametrize("action", list(ACTIONS))
def test_every_action_can_be_written_and_read(action: str, tmp_path: Path) -> None:
    rule = Rule(action, products=("a",), category="Home", beside="Fashion", brand="b", tag="t", factor=3.5)
    append_rule(tmp_path / "rules.toml", rule)
    assert RuleBook.read(tmp_path / "rules.toml").rules == (rule,)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({}, BadInput),
        ({"action": "explode"}, UnknownName),
        ({"action": "block"}, BadInput),
        ({"action": "block", "category": 3}, BadInput),
        ({"action": "block", "products": "one"}, BadInput),
        ({"action": "allow", "category": "Home"}, BadInput),
        ({"action": "in-stock", "placements": ["nowhere"]}, UnknownName),
        ({"action": "in-stock", "colour": "red"}, UnknownName),
        ({"action": "price-band", "low": 2, "high": 1}, BadInput),
        ({"action": "boost", "brand": "b", "factor": 1}, BadInput),
    ],
)
def test_what_is_no_rule_is_refused(table: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        Rule.parse(table)


@pytest.mark.parametrize("text", ["rule = 3", "[[rule]\n", "[other]\nx = 1", "rule = [1]"])
def test_a_file_that_holds_no_rules_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "recommend.toml").write_text(text)
    with pytest.raises(BadInput):
        RuleBook.read(tmp_path / "recommend.toml")


def test_looks_are_read_by_rows_or_by_lists(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("\ufeffLook,Product\nBeach, A\nBeach,B\nCity,C\nBeach,A\n", "utf-8")
    (tmp_path / "lists.csv").write_text("outfit,products\nBeach,A | B\nCity,C\n", "utf-8")
    expected = [CuratedLook("Beach", ("A", "B")), CuratedLook("City", ("C",))]
    assert read_looks(tmp_path / "rows.csv") == read_looks(tmp_path / "lists.csv") == expected
    for text in ("a,b\n1,2\n", "", "look,product\nBeach,\n"):
        (tmp_path / "bad.csv").write_text(text)
        with pytest.raises(BadInput):
            read_looks(tmp_path / "bad.csv")


def test_a_rule_takes_the_place_of_another_and_the_last_one_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text('# ours\n[[rule]]\naction = "block"  # for now\ntag = "old"\n', "utf-8")
    change_rule(path, RuleBook.read(path).rules, 1, Rule("boost", brand="Mono", factor=3.0))
    assert RuleBook.read(path).rules == (Rule("boost", brand="Mono", factor=3.0),)
    assert "# for now" in path.read_text("utf-8")
    remove_rule(path, RuleBook.read(path).rules, 1)
    assert RuleBook.read(path).rules == ()
    append_rule(path, Rule("in-stock"))
    assert RuleBook.read(path).rules == (Rule("in-stock"),)
    with pytest.raises(NotFound):
        change_rule(path, RuleBook.read(path).rules, 2, Rule("in-stock"))


def test_rules_in_one_line_are_added_to_changed_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "recommend.toml"
    path.write_text('# Ours.\nrule = [{ action = "in-stock" }, { action = "block", tag = "old" }]\n', "utf-8")
    append_rule(path, Rule("same-brand"))
    change_rule(path, RuleBook.read(path).rules, 2, Rule("block", tag="new"))
    remove_rule(path, RuleBook.read(path).rules, 1)
    assert RuleBook.read(path).rules == (Rule("block", tag="new"), Rule("same-brand"))
    assert path.read_text("utf-8").startswith("# Ours.\n")
