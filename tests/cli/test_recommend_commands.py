"""`shoplens recommend`: every placement, the ladder, the rules, the looks, and what explores."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from shoplens.recommend.placement import PLACEMENTS
from shoplens.shop import Shop
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop


@pytest.fixture
def own(drawn: DrawnShop, tmp_path: Path) -> Path:
    """Return a copy of the shop that may be changed."""
    return Path(shutil.copytree(drawn.shop, tmp_path / "shop"))


def words_of(name: str, product: str) -> list[object]:
    needs = PLACEMENTS[name].needs
    return [name, *([product] if needs == "products" else ["--visitor", "visitor-0001"] if needs == "visitor" else [])]


def test_every_placement_is_a_command(shoplens: Command, drawn: DrawnShop) -> None:
    dress = next(name for name in drawn.ids if name.startswith("DRES"))
    for name in PLACEMENTS:
        answer = shoplens("recommend", *words_of(name, dress), "--shop", drawn.shop, "--limit", 4, "--json")
        assert answer.code == 0, (name, answer)
        found = json.loads(answer.out)
        assert len(found) <= 4, name
        assert all(match["reasons"] for match in found[:1]), name
        if PLACEMENTS[name].needs == "products":
            assert dress not in {match["product"] for match in found}
        if name not in ("buy-again", "on-sale-like-yours"):  # which depend on what is reduced and was bought
            assert found, name
    table = shoplens("recommend", "goes-with", dress, "--shop", drawn.shop)
    assert table.out.splitlines()[0].split() == ["score", "product", "title", "price", "why"]
    missing = shoplens("recommend", "similar", "nothing", "--shop", drawn.shop)
    assert (missing.code, missing.out) == (2, "")
    for name, word in (("buy-again", "bought"), ("recently-viewed", "viewed")):
        nobody = shoplens("recommend", name, "--shop", drawn.shop)
        assert (nobody.code, nobody.out) == (2, "")
        assert f"Name a visitor, or what was {word}." in nobody.err


def test_filters_and_exclusions_hold(shoplens: Command, drawn: DrawnShop) -> None:
    def ask(*words: object) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(
            shoplens("recommend", "popular", *words, "--shop", drawn.shop, "--json").out
        )
        return found

    every = ask()
    category = Counter(match["category"] for match in every).most_common(1)[0][0]
    assert {match["category"] for match in ask("--category", category)} == {category}
    gone = every[0]["listing"]
    assert gone not in {match["listing"] for match in ask("--exclude", gone)}
    assert {match["availability"] for match in ask("--in-stock")} == {"in_stock"}


def test_the_ladder_is_measured_and_shown(shoplens: Command, own: Path) -> None:
    with closing(sqlite3.connect(own / "catalog.db")) as database, database:
        database.execute("DELETE FROM promotions")  # a server may have measured it before it was copied
    before = shoplens("recommend", "status", "--shop", own)
    assert "shoplens recommend refresh" in before.out
    measured = json.loads(shoplens("recommend", "refresh", "--shop", own, "--json").out)
    assert {row["placement"] for row in measured} == {name for name, place in PLACEMENTS.items() if place.evidence}
    assert json.loads(shoplens("recommend", "status", "--shop", own, "--json").out) == measured
    assert all(row["rung"] == PLACEMENTS[row["placement"]].lowest for row in measured), "few shoppers prove nothing"
    table = shoplens("recommend", "status", "--shop", own).out
    assert table.splitlines()[0].split()[:4] == ["placement", "rung", "in", "use"]
    assert "complete-the-look (as goes-with)" in table
    with Shop.open(own) as shop:
        assert not shop.recommending.is_due()
        for batch in range(4):  # other tests may have left many events in the shop that was copied
            shop.events.add([_view(f"visitor-{batch}-{number}", number) for number in range(1_000)])
        _wait_until_due(shop)


def test_the_ladder_is_due_when_events_are_deleted(own: Path) -> None:
    with Shop.open(own) as shop:
        shop.recommending.refresh()
        assert not shop.recommending.is_due()
        shop.events.prune(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        _wait_until_due(shop)


def _wait_until_due(shop: Shop) -> None:
    shop.recommending._wiring().expire()
    until = time.monotonic() + 60
    while not shop.recommending.is_due():  # the view may be made anew in the background
        assert time.monotonic() < until
        time.sleep(0.05)


def test_rules_are_written_listed_obeyed_and_removed(shoplens: Command, own: Path) -> None:
    first = json.loads(shoplens("recommend", "popular", "--shop", own, "--json").out)[0]
    assert "There are no rules" in shoplens("recommend", "rules", "list", "--shop", own).out
    added = shoplens(
        "recommend", "rules", "add", "block", "--product", first["listing"], "--note", "gone", "--shop", own
    )
    assert added.out == f"Rule 1: block {first['listing']}.\n"
    boost = shoplens(
        "recommend", "rules", "add", "boost", "--brand", "Mono", "--factor", 3, "--placement", "similar", "--shop", own
    )
    assert boost.out == "Rule 2: boost Mono x 3.\n"
    assert json.loads(shoplens("recommend", "rules", "list", "--shop", own, "--json").out) == [
        {"action": "block", "products": [first["listing"]], "note": "gone"},
        {"action": "boost", "placements": ["similar"], "brand": "Mono", "factor": 3.0},
    ]
    after = json.loads(shoplens("recommend", "popular", "--shop", own, "--json").out)
    assert first["listing"] not in {match["listing"] for match in after}
    assert shoplens("recommend", "rules", "remove", 1, "--shop", own).out == f"Removed: block {first['listing']}.\n"
    assert json.loads(shoplens("recommend", "popular", "--shop", own, "--json").out)[0] == first
    assert shoplens("recommend", "rules", "remove", 9, "--shop", own).code == 2
    assert shoplens("recommend", "rules", "add", "explode", "--shop", own).code == 2


def test_a_rule_that_names_what_the_shop_does_not_have_says_so(shoplens: Command, own: Path) -> None:
    add = ("recommend", "rules", "add")
    known = shoplens(*add, "forbid", "--category", "Clothing > Dresses", "--beside", "Shoes", "--shop", own)
    assert known.out.splitlines()[1:] == []
    slip = shoplens(*add, "forbid", "--category", "Dresses", "--beside", "Shoes", "--shop", own)
    assert slip.out.splitlines()[1:] == [
        "No product of the shop has this now: category Dresses. A category is the whole path."
    ]
    gone = shoplens(*add, "block", "--product", "NOTHING", "--shop", own)
    assert gone.out.splitlines()[1:] == ["No product of the shop has this now: products NOTHING."]


def test_a_rule_and_a_look_are_set(shoplens: Command, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    Shop.open(shop, create=True).close()
    assert shoplens("recommend", "rules", "add", "block", "--tag", "old", "--shop", shop).code == 0
    said = shoplens("recommend", "rules", "set", 1, "boost", "--brand", "Mono", "--factor", 3, "--shop", shop)
    assert said.out == "Rule 1: boost Mono x 3.\nNo product of the shop has this now: brand Mono.\n"
    assert shoplens("recommend", "rules", "set", 2, "block", "--tag", "x", "--shop", shop).code == 2
    assert json.loads(shoplens("recommend", "rules", "list", "--shop", shop, "--json").out) == [
        {"action": "boost", "brand": "Mono", "factor": 3.0}
    ]
    put = shoplens("recommend", "looks", "put", "Autumn", "A", "B", "--shop", shop)
    assert (put.code, put.out) == (1, "Look Autumn: A, B.\n  not in the shop: A\n  not in the shop: B\n")
    assert shoplens("recommend", "looks", "put", "Alone", "A", "--shop", shop).code == 2
    assert shoplens("recommend", "looks", "remove", "Autumn", "--shop", shop).code == 0
    assert shoplens("recommend", "looks", "remove", "Autumn", "--shop", shop).code == 2


def test_looks_come_first(shoplens: Command, own: Path, drawn: DrawnShop, tmp_path: Path) -> None:
    with Shop.open(own) as shop:
        stocked = [p for p in shop.catalog.products(limit=1000) if p.availability == "in_stock"]
    one, *others = list({product.listing: product.id for product in stocked}.values())[:4]
    file = tmp_path / "looks.csv"
    file.write_text("look,product\n" + "".join(f"Autumn,{name}\n" for name in (one, *others)), "utf-8")
    assert (
        shoplens("recommend", "looks", "import", file, "--shop", own).out == "Looks stored: 1; products in them: 4.\n"
    )
    listed = json.loads(shoplens("recommend", "looks", "list", "--shop", own, "--json").out)
    assert listed == [{"look": "Autumn", "products": [one, *others]}]
    for placement in ("goes-with", "complete-the-look"):
        found = json.loads(shoplens("recommend", placement, one, "--shop", own, "--json").out)
        assert [match["product"] for match in found][:3] == others
        assert found[0]["reasons"] == [{"code": "curated_look", "value": "Autumn"}]
    file.write_text("look,product\nSpring,nothing-like-it\n", "utf-8")
    unknown = shoplens("recommend", "looks", "import", file, "--replace", "--shop", own)
    assert (unknown.code, "not in the shop: nothing-like-it" in unknown.out) == (1, True)
    assert "Autumn" not in shoplens("recommend", "looks", "list", "--shop", own).out


def test_exploring_is_off_guarded_and_told(shoplens: Command, own: Path) -> None:
    off = shoplens("recommend", "explore", "--shop", own).out
    assert off.startswith("0% of the answers explore")
    assert "Too few choices" in off
    where = shoplens("recommend", "explore", "--placement", "popular", "--shop", own)
    assert (where.code, where.out) == (2, ""), "a place without a share would change nothing"
    too_much = shoplens("recommend", "explore", "--share", 0.5, "--shop", own)
    assert too_much.code == 2
    assert "only once a gain is sure" in too_much.err
    on = shoplens("recommend", "explore", "--share", 0.1, "--placement", "popular", "--shop", own, "--json")
    assert json.loads(on.out) == {"share": 0.1, "placements": ["popular"], "taught": None}
    assert shoplens("recommend", "explore", "--share", 0, "--shop", own).out.startswith("0% of the answers")


def _view(visitor: str, number: int) -> dict[str, object]:
    return {
        "eventType": "detail-page-view",
        "visitorId": visitor,
        "eventTime": f"2026-11-02T10:{number % 60:02}:00Z",
        "productDetails": [{"product": {"id": "DRES0005-RED"}}],
    }
