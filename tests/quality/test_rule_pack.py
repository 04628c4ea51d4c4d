"""Rule packs: what ships is valid, and a mistake in one's own is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shoplens.errors import BadInput, UnknownName
from shoplens.plugins import load, names
from shoplens.quality.rule import beside, exactly, rounded
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import UNREADABLE, RulePlan

CHECKS = [load("check", name)() for name in names("check")]


@pytest.mark.parametrize("name", RulePack.names())
def test_every_pack_that_ships_fits_the_checks(name: str) -> None:
    pack = RulePack.load(name)
    assert pack.name == name
    RulePlan(CHECKS, [pack])
    assert pack.rules_for(UNREADABLE)


def test_the_packs_that_were_promised_ship() -> None:
    assert {"google", "google-2027", "amazon", "allegro", "taobao-jd", "shop"} <= set(RulePack.names())


def test_the_shop_pack_asks_for_every_check() -> None:
    assert {rule.check for rule in RulePack.load("shop").rules} == set(names("check")) | {UNREADABLE}


@pytest.mark.parametrize("name", ["google", "google-2027", "amazon", "allegro"])
@pytest.mark.parametrize("check", ["text_overlay", "promotional_badge", "photo_watermark", "photo_border"])
def test_marketplaces_refuse_what_is_laid_over_a_photo(name: str, check: str) -> None:
    (rule,) = RulePack.load(name).rules_for(check)
    assert rule.severity == "error"
    assert rule.source


def test_a_pack_extends_replaces_and_drops() -> None:
    pack = RulePack.parse(
        {
            "name": "mine",
            "title": "Mine",
            "version": "1",
            "extends": "shop",
            "drop": ["metadata_gps"],
            "rules": [{"check": "photo_blurred", "severity": "error", "limits": {"max_width": 2}}],
        }
    )
    assert not pack.rules_for("metadata_gps")
    (rule,) = pack.rules_for("photo_blurred")
    assert (rule.severity, rule.limits) == ("error", {"max_width": 2.0})
    assert pack.rules_for("photo_blank") == RulePack.load("shop").rules_for("photo_blank")


def valid(**changes: object) -> dict[str, object]:
    return {"name": "x", "title": "X", "version": "1", **changes}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"name": "x", "title": "X"}, "version"),
        (valid(rulez=[]), "rulez"),
        (valid(rules=[{"check": "photo_blank", "severity": "bad"}]), "severity"),
        (valid(rules=[{"severity": "error"}]), "names no check"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "limits": {"a": "b"}}]), "numbers"),
    ],
)
def test_a_mistake_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        RulePack.parse(table)


def test_unknown_names_list_the_choices(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="google-2027"):
        RulePack.load("ebay")
    with pytest.raises(BadInput, match="no rule pack file"):
        RulePack.load(tmp_path / "none.toml")
    pack = RulePack.parse(valid(rules=[{"check": "photo_glare", "severity": "info"}]))
    with pytest.raises(UnknownName, match="photo_blurred"):
        RulePlan(CHECKS, [pack])
    pack = RulePack.parse(valid(rules=[{"check": "photo_blurred", "severity": "info", "limits": {"max": 2}}]))
    with pytest.raises(BadInput, match="max_width"):
        RulePlan(CHECKS, [pack])


def test_packs_that_extend_each_other_in_a_ring_are_refused(tmp_path: Path) -> None:
    ring = tmp_path / "ring.toml"
    ring.write_text(f'name = "r"\ntitle = "R"\nversion = "1"\nextends = "{ring}"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="cycle"):
        RulePack.load(ring)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_value_reads_on_the_side_of_its_limit_where_it_is(value: float, limit: float) -> None:
    assume(abs(value - limit) > 1e-5)
    assert (float(beside(value, limit, ".0%").rstrip("%")) > 100 * limit) == (value > limit)
    assert (float(beside(100 * value, 100 * limit, ".1f")) > 100 * limit) == (value > limit)


@given(st.floats(0, 1), st.integers(0, 10**4), st.sampled_from([".0%", ".1%"]))
def test_a_value_reads_on_its_side_of_the_limit_as_that_is_printed(value: float, limit: int, spec: str) -> None:
    most = limit / 10**4
    assume(abs(value - most) > 1e-5)
    shown, beyond = (float(text.rstrip("%")) for text in (beside(value, most, spec), exactly(most, spec)))
    assert (shown > beyond) == (value > most)


def test_a_limit_is_printed_with_all_its_digits_and_no_more() -> None:
    told = [(0.8366, ".1%"), (0.35, ".0%"), (0.985, ".0%"), (0.7905, ".2f"), (0.29, ".2f"), (1.0, ".0%"), (0.0, ".0%")]
    assert [exactly(*one) for one in told] == ["83.66%", "35%", "98.5%", "0.7905", "0.29", "100%", "0%"]
    assert beside(0.8368, 0.8366, ".1%") == "83.68%"


@given(st.floats(0, 100), st.integers(0, 10**4), st.integers(2, 5))
def test_what_was_measured_is_on_its_side_of_the_limit_when_rounded(value: float, limit: int, digits: int) -> None:
    short, most = rounded(value, limit / 100, digits), limit / 100
    assert (short > most, short < most) == (value > most, value < most)
    assert [rounded(one, 1.8, 2) for one in (1.804, 1.8096, 1.8)] == [1.804, 1.81, 1.8]


def test_a_value_has_no_more_digits_than_it_needs() -> None:
    assert [beside(value, 1.5, ".1f") for value in (2.31, 1.52, 1.5004)] == ["2.3", "1.52", "1.5004"]
    assert beside(0.354, 0.35, ".0%") == "35.4%"
