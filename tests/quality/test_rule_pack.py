"""Rule packs: what ships is valid, and a mistake in one's own is named."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image

from shoplens.errors import BadInput, PhotoError, UnknownName
from shoplens.photos.decode import decode
from shoplens.plugins import load, names
from shoplens.quality.check import CatalogCheck, PhotoCheck
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.quality.rule_pack import UNREADABLE, RulePack
from shoplens.quality.rule_plan import RulePlan, code_digest

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


@pytest.mark.parametrize(
    ("category", "apparel"),
    [
        ("166", True),
        ("1604", True),
        ("212", True),
        ("2271", True),
        ("Apparel & Accessories > Clothing > Dresses", True),
        ("Women > Dresses", True),
        ("Women > Maxi dresses", True),
        ("T-shirts", True),
        ("Sale > Men's Clothing", True),
        ("女装", True),
        ("服装 > T恤", True),
        ("Jewelry", True),
        ("Shop > Sneaker", True),
        ("鞋", True),
        ("Bedding > 200 x 200", False),
        ("Tea > 200 g", False),
        ("Toys > LEGO 187", False),
        ("手机 > 男包装", False),
        ("1661", False),
        ("服务", False),
        ("Home > Jewelry boxes", False),
        ("Home > Table tops", False),
        ("Home & Garden > Decor", False),
        ("Shirting", False),
        ("", False),
    ],
)
def test_google_asks_more_of_apparel(category: str, apparel: bool) -> None:
    rule, general = RulePack.load("google").rules_for("photo_too_small")
    assert rule.limits == {"min_width": 250, "min_height": 250}
    assert rule.concerns(main=True, categories=(category,)) is apparel
    assert general.concerns(main=True, categories=(category,))


@pytest.mark.parametrize(
    ("category", "severity"),
    [
        ("Kids > Shirts", "warning"),
        ("Clothing > Girls' dresses", "warning"),
        ("Apparel & Accessories > Clothing > Baby & Toddler Clothing > Baby One-Pieces", "warning"),
        ("Accessories > Belts", "warning"),
        ("Apparel & Accessories > Clothing Accessories > Belts", "warning"),
        ("Apparel & Accessories > Clothing > Dresses", "info"),
        ("Babydolls", "info"),
    ],
)
def test_amazon_wants_no_person_beside_childrens_clothes_and_accessories(category: str, severity: str) -> None:
    rules = RulePack.load("amazon").rules_for("person_shown")
    assert next(rule for rule in rules if rule.concerns(main=True, categories=(category,))).severity == severity


def test_a_category_with_an_arrow_is_whole_levels_in_a_row() -> None:
    rule = Rule("photo_blank", "error", categories=("home > tea",))
    for category, held in (
        ("Shop > HOME > Tea > Cups", True),
        ("Home > Green tea", False),
        ("Home > Pots > Tea", False),
    ):
        assert rule.concerns(main=True, categories=(category,)) is held


def test_amazons_own_limits() -> None:
    pack = RulePack.load("amazon")
    (size,) = pack.rules_for("file_too_large")
    assert (size.severity, size.limits) == ("error", {"max_bytes": 10_000_000})
    assert pack.rules_for("photo_too_small")[0].limits == {"min_short_side": 500}


@pytest.mark.parametrize(
    ("kind", "severities"),
    [
        ("tiff", {"amazon": "warning", "google": "warning", "shop": "error"}),
        ("bmp", {"amazon": "error", "google": "warning", "shop": "error"}),
        ("jpeg2000", {"amazon": "error", "google": "error", "shop": "error"}),
    ],
)
def test_a_format_that_the_channel_takes_and_shoplens_does_not_read_is_no_error(
    kind: str, severities: dict[str, str]
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, kind)
    with pytest.raises(PhotoError) as refused:
        decode(file.getvalue())
    assert refused.value.code == "photo_format"
    for name, severity in severities.items():
        (finding,) = RulePlan(CHECKS, [RulePack.load(name)]).refuse(refused.value)
        assert (finding.severity, finding.channels) == (severity, ((name, severity),))
        told = f"{RulePack.load(name).title} takes it, but ShopLens cannot read it"
        assert (told in finding.description) == (severity == "warning")
    (finding,) = RulePlan(CHECKS, [RulePack.load(name) for name in severities]).refuse(refused.value)
    assert dict(finding.channels) == severities


def test_what_cannot_be_read_is_ready_by_no_pack() -> None:
    pack = RulePack.parse(valid(rules=[{"check": "photo_blurred", "severity": "warning"}]))
    (finding,) = RulePlan(CHECKS, [pack]).refuse(PhotoError("It is no picture.", code="photo_not_an_image"))
    assert (finding.severity, finding.channels) == ("error", (("x", "error"),))


@pytest.mark.parametrize("name", ["colors.toml", "color_words.py", "linear_head.py", "blank.py"])
def test_what_checks_measure_by_is_in_the_digest(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, read = code_digest(), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b"#" if path.name == name else b""))
    assert code_digest.__wrapped__() != before


def valid(**changes: object) -> dict[str, object]:
    return {"name": "x", "title": "X", "version": "1", **changes}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"name": "x", "title": "X"}, "version"),
        (valid(rulez=[]), "rulez"),
        (valid(), "no rule"),
        (valid(extends="shop", drop=["photo_unreadable"]), "drops photo_unreadable.*info"),
        (valid(rules=[{"check": "photo_unreadable", "severity": "info"}] * 2), "several rules for photo_unreadable"),
        (
            valid(rules=[{"check": "photo_unreadable", "severity": "info", "categories": ["toys"]}]),
            "for some photos only.*without main_only and categories",
        ),
        (valid(rules=[{"check": "photo_blank", "severity": "bad"}]), "severity"),
        (valid(rules=[{"severity": "error"}]), "names no check"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "limits": {"a": "b"}}]), "numbers"),
        (valid(version=1), "'version'.*string"),
        (valid(extends=["shop"]), "'extends'.*string"),
        (valid(extends="shop", drop="metadata_gps"), "'drop'.*list of strings"),
        (valid(extends="shop", drop=["metadata_gsp"]), r"metadata_gsp\..*metadata_gps"),
        (valid(extends="google", drop=["background_not_white"]), "background_not_white"),
        (valid(drop=["metadata_gps"]), "Add extends"),
        (valid(rules={"check": "photo_blank", "severity": "error"}), r"\[\[rules\]\]"),
        (valid(rules=["photo_blank"]), r"\[\[rules\]\]"),
        (valid(rules=[{"check": 5, "severity": "error"}]), "'check'.*string"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "limits": [200]}]), "'limits'.*table"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "main_only": "no"}]), "'main_only'.*true or false"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "categories": "tea"}]), "'categories'.*list"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "categories": [166]}]), "'categories'.*list"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "categories": ["tea", "> "]}]), "is empty.*tea"),
        (valid(rules=[{"check": "photo_blank", "severity": "error", "source": ["a"]}]), "'source'.*string"),
    ],
)
def test_a_mistake_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        RulePack.parse(table)


@pytest.mark.parametrize("limit", [float("nan"), float("inf"), -float("inf"), 10**400, True, "200", [200]], ids=repr)
def test_a_limit_is_a_finite_number(limit: object) -> None:
    rule = {"check": "photo_too_small", "severity": "error", "limits": {"min_short_side": limit}}
    with pytest.raises(BadInput, match=r"photo_too_small.*finite numbers"):
        RulePack.parse(valid(rules=[rule]))


def plan(check: str, **limits: float) -> RulePlan:
    rule = {"check": check, "severity": "error", "limits": limits}
    return RulePlan(CHECKS, [RulePack.parse(valid(rules=[rule]))])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_no_limit_is_negative(check: PhotoCheck | CatalogCheck) -> None:
    for limit in check.limits:
        with pytest.raises(BadInput, match=f"{limit} of {check.code}.*negative.*-5"):
            plan(check.code, **{limit: -5})


def test_a_limit_is_negative_where_the_checks_own_is() -> None:
    rule = Rule("photo_dim", "error", {"min_exposure": -3.0})
    assert rule.completed({"min_exposure": -2.0}).limits == {"min_exposure": -3.0}


@pytest.mark.parametrize(
    ("check", "limit"),
    [
        ("background_not_white", "max_share"),
        ("photo_blank", "max_flat_share"),
        ("product_too_small", "min_fill"),
        ("text_overlay", "max_score"),
        ("photo_rotated", "max_sure"),
        ("photo_cropped_copy", "min_likeness"),
        ("category_contradicted", "max_confusion"),
        ("photo_color_cast", "max_saturation"),
    ],
)
def test_a_share_in_percent_is_refused(check: str, limit: str) -> None:
    with pytest.raises(BadInput, match=rf"{limit} of {check}.*Received: 25\. .*0\.25"):
        plan(check, **{limit: 25})
    plan(check, **{limit: 1})


def test_a_share_may_be_in_percent_where_the_checks_own_is() -> None:
    rule = Rule("photo_glare", "error", {"max_share": 25.0})
    assert rule.completed({"max_share": 5.0}).limits == {"max_share": 25.0}


@pytest.mark.parametrize("limits", [{}, {"min_width": 0}])
def test_a_rule_that_can_never_find_anything_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(BadInput, match=r"photo_too_small.*min_height, min_long_side, min_short_side, min_width\."):
        plan("photo_too_small", **limits)
    plan("photo_too_small", min_width=1)


def test_the_rule_for_unreadable_files_has_no_limits() -> None:
    with pytest.raises(BadInput, match=r"min_width.*no limits"):
        plan(UNREADABLE, min_width=1)


@pytest.mark.parametrize(
    ("data", "message"), [(b"\xff\xfen\x00", "UTF-8"), (b'name = "x', "TOML"), (b'[rules]\ncheck = "a"', r"\[\[rules")]
)
def test_a_file_that_is_no_rule_pack_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_bytes(data)
    with pytest.raises(BadInput, match=message):
        RulePack.load(path)


def test_a_pack_is_extended_from_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = tmp_path / "packs"
    (packs / "bases").mkdir(parents=True)
    head = 'name = "{0}"\ntitle = "{0}"\nversion = "1"\nextends = "{1}"\n'
    (packs / "mine.toml").write_text(head.format("mine", "bases/one.toml"), encoding="utf-8")
    (packs / "bases" / "one.toml").write_text(head.format("one", "two.toml"), encoding="utf-8")
    (packs / "bases" / "two.toml").write_text(head.format("two", "shop"), encoding="utf-8")
    (tmp_path / "two.toml").write_text("in the current folder", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    expected = RulePack.load("shop").rules
    assert RulePack.load("packs/mine.toml").rules == RulePack.load(packs / "mine.toml").rules == expected
    (packs / "bases" / "two.toml").unlink()
    with pytest.raises(BadInput, match=r"no rule pack file.*bases.two"):
        RulePack.load("packs/mine.toml")


def test_different_packs_of_one_name_are_refused() -> None:
    one, other = (RulePack.parse(valid(title=title, extends="shop")) for title in ("House A", "House B"))
    with pytest.raises(BadInput, match=r"'x'.*House A \(1\) and House B \(1\)"):
        RulePlan(CHECKS, [one, other])
    with pytest.raises(BadInput, match="'google'"):
        RulePlan(CHECKS, [RulePack.load("google"), RulePack.parse(valid(name="google", extends="shop"))])
    RulePlan(CHECKS, [one, RulePack.parse(valid(title="House A", extends="shop"))])


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
