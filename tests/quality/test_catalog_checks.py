"""Checks of a whole catalogue, on catalogues whose faults are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from shoplens.plugins import load
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.category_judge import judge_categories
from shoplens.quality.fingerprint import Fingerprint
from shoplens.quality.rule import Rule
from shoplens.quality.rule_pack import UNREADABLE, RulePack
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding, Pixels, Product
from tests.quality.drawn import product, scene


def inspect(code: str, view: CatalogView) -> list[Finding]:
    rules = RulePack.load("shop")
    pack = RulePack("test", "Test", "1", rules.rules_for(code))
    return RulePlan([load("check", code)()], [pack]).inspect_view(view)


def pack(*rules: Mapping[str, object], name: str = "mine") -> RulePack:
    return RulePack.parse({"name": name, "title": name.title(), "version": "1", "rules": list(rules)})


def by(view: CatalogView, *packs: RulePack) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return product and photo to the channels of its finding, which has to be one."""
    codes = {rule.check for one in packs for rule in one.rules if rule.check != UNREADABLE}
    found = RulePlan([load("check", code)() for code in codes], packs).inspect_view(view)
    told = {f"{finding.product_id} {finding.photo}".strip(): finding.channels for finding in found}
    assert len(told) == len(found)
    return told


def marks(**pictures: object) -> dict[str, Fingerprint]:
    return {name: Fingerprint.of(np.asarray(pixels, np.uint8)) for name, pixels in pictures.items()}


def item(product_id: str, *photos: str, listing: str = "", category: str = "") -> Item:
    return Item(product_id, product_id, listing or product_id, category, photos)


def test_a_product_without_photo() -> None:
    view = CatalogView([item("a", "p"), item("b"), item("c-red", "p", listing="c"), item("c-blue", listing="c")], {})
    (finding,) = inspect("product_without_photo", view)
    assert (finding.product_id, finding.severity) == ("b", "error")
    assert "0 imported photos" in finding.description


def test_the_same_picture_for_two_listings_but_not_for_variants() -> None:
    pictures = marks(p=product(64), q=product(64, seed=1))
    variants = [item("c-1", "q", listing="c"), item("c-2", "q", listing="c")]
    findings = inspect("photo_duplicate", CatalogView([item("a", "p"), item("b", "p"), *variants], pictures))
    assert {(f.product_id, f.photo) for f in findings} == {("a", "p"), ("b", "p")}
    assert all(f.detail is not None and f.detail.measured == 2 for f in findings)
    assert "b" in findings[0].description


def test_a_rule_of_a_catalogue_judges_its_own_categories_and_the_first_that_is_violated_counts() -> None:
    pictures = marks(p=product(64), q=product(64, seed=1))
    items = [item("hat", "p", category="Hats"), item("cap", "q", "p", category="Hats > Caps"), item("shoe", "q")]
    view = CatalogView(items, pictures)
    rule = {"check": "photo_duplicate", "severity": "error"}
    assert by(view, pack({**rule, "categories": ["shoes"]})) == {}
    first = {**rule, "severity": "info", "categories": ["hats"]}
    other = pack(rule, name="other")
    assert by(view, pack(first, rule), other) == {
        "hat p": (("mine", "info"), ("other", "error")),
        "cap p": (("mine", "info"), ("other", "error")),
        "cap q": (("mine", "info"), ("other", "error")),
        "shoe q": (("mine", "error"), ("other", "error")),
    }
    assert by(view, pack({**rule, "main_only": True})).keys() == {"hat p", "cap q", "shoe q"}
    lax = {**first, "limits": {"max_uses": 5}}
    assert by(view, pack(lax, {**rule, "severity": "warning"}))["hat p"] == (("mine", "warning"),)


def test_a_product_without_photo_is_judged_by_its_category() -> None:
    view = CatalogView([item("gift", category="Gift cards"), item("mug", category="Mugs")], {})
    rules = pack(
        {"check": "product_without_photo", "severity": "info", "categories": ["gift cards"]},
        {"check": "product_without_photo", "severity": "error", "categories": ["mugs"], "main_only": True},
    )
    assert by(view, rules) == {"gift": (("mine", "info"),), "mug": (("mine", "error"),)}


def test_the_same_pixels_in_two_files_are_one_picture() -> None:
    pixels = product(64)
    view = CatalogView(
        [item("a", "p"), item("b", "same"), item("c", "other")], marks(p=pixels, same=pixels, other=product(64, seed=3))
    )
    assert {f.product_id for f in inspect("photo_duplicate", view)} == {"a", "b"}
    assert not inspect("photo_near_duplicate", view)


def test_a_picture_twice_in_one_product_is_told_once() -> None:
    pixels = product(64)
    (finding,) = inspect("photo_duplicate", CatalogView([item("a", "p", "same")], marks(p=pixels, same=pixels)))
    assert "2 times" in finding.description


def test_a_recompressed_copy_is_found_and_a_recoloured_variant_is_not() -> None:
    pixels = product(400, seed=2)
    small = cv2.resize(pixels, (250, 250), interpolation=cv2.INTER_AREA)
    copy = cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], 1)
    pictures = marks(p=pixels, copy=copy, red=pixels[:, :, ::-1], other=product(400, seed=5))
    items = [item("a", "p"), item("b", "copy"), item("c", "red"), item("d", "other")]
    view = CatalogView(items, pictures)
    assert {f.product_id for f in inspect("photo_near_duplicate", view)} == {"a", "b"}
    twice = CatalogView([item("a", "p", "copy")], pictures)
    (finding,) = inspect("photo_near_duplicate", twice)
    assert finding.photo == "copy"


def altered(pixels: Pixels, kind: str) -> Pixels:
    if kind == "photo_flipped_copy":
        return np.ascontiguousarray(pixels[:, ::-1])
    if kind == "photo_cropped_copy":
        return np.ascontiguousarray(pixels[30:370, 25:355])
    if kind == "photo_recolored_copy":
        tones = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
        tones[:, :, 0] = (tones[:, :, 0].astype(int) + 60) % 180
        return np.asarray(cv2.cvtColor(tones, cv2.COLOR_HSV2RGB), np.uint8)
    small = cv2.resize(pixels, (240, 240), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 50])[1], 1), np.uint8)


COPIES = ("photo_near_duplicate", "photo_flipped_copy", "photo_cropped_copy", "photo_recolored_copy")


@pytest.mark.parametrize("kind", COPIES)
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_a_copy_is_told_by_its_kind_alone(kind: str, seed: int) -> None:
    pixels = scene(seed, 400)
    pictures = marks(p=pixels, copy=altered(pixels, kind), other=scene(seed + 10, 400))
    items = [item("a", "p"), item("b", "copy"), item("c", "other")]
    # An embedder that has learned what the product is: a photo and its copies are near.
    near = np.array([[1, 0], [0.98, 0.199], [0, 1]], np.float16)
    view = CatalogView(items, pictures, ["p", "copy", "other"], near)
    found = {code: {f.product_id for f in inspect(code, view)} for code in COPIES}
    assert found == {code: {"a", "b"} if code == kind else set() for code in COPIES}
    variants = CatalogView([item("a", "p", listing="x"), item("b", "copy", listing="x")], pictures, *near_rows(near))
    assert not any(inspect(code, variants) for code in COPIES), "variants may share a picture"


def near_rows(near: npt.NDArray[np.float16]) -> tuple[list[str], npt.NDArray[np.float16]]:
    return ["p", "copy", "other"], near


def test_a_rule_may_ask_for_more_likeness() -> None:
    pixels = product(400, seed=2)
    view = CatalogView([item("a", "p"), item("b", "q")], marks(p=pixels, q=altered(pixels, "photo_near_duplicate")))
    check = load("check", "photo_near_duplicate")()
    (finding, _) = check.inspect(view, Rule(check.code, "info", check.limits))
    assert finding.detail is not None
    closer = Rule(check.code, "info", {"max_difference": finding.detail.measured - 0.5})
    assert not list(check.inspect(view, closer))


@pytest.mark.parametrize(("listings", "found"), [(4, 0), (5, 5), (9, 9)])
def test_one_picture_for_many_listings(listings: int, found: int) -> None:
    pixels = product(400, seed=2)
    pictures = marks(p=pixels, q=altered(pixels, "photo_near_duplicate"), r=product(400, seed=9))
    items = [item(f"a{number}", "pq"[number % 2]) for number in range(listings)] + [item("z", "r", "p")]
    findings = inspect("photo_stock_picture", CatalogView(items, pictures))
    assert len(findings) == found
    assert "z" not in {finding.product_id for finding in findings}, "a further picture is no stand-in"


def test_variants_of_two_colours_may_not_share_their_photo() -> None:
    pixels = product(400, seed=2)
    pictures = marks(p=pixels, q=altered(pixels, "photo_near_duplicate"), r=product(400, seed=9))

    def variant(name: str, photo: str, *colors: str) -> Item:
        return Item(name, name, "x", "", (photo,), colors)

    sizes = [variant("red-s", "p", "red"), variant("red-m", "p", "red"), variant("blue", "r", "blue")]
    assert not inspect("variants_share_photo", CatalogView(sizes, pictures))
    turned = [variant("one", "p", "navy", "white"), variant("other", "p", "white", "navy")]
    assert not inspect("variants_share_photo", CatalogView(turned, pictures)), "the order of two colours says nothing"
    shared = [*sizes[:2], variant("blue", "q", "blue"), variant("unknown", "p")]
    findings = inspect("variants_share_photo", CatalogView(shared, pictures))
    assert {finding.product_id for finding in findings} == {"red-s", "red-m", "blue"}
    assert all(finding.detail is not None and finding.detail.measured == 2 for finding in findings)


def disc(color: tuple[int, int, int], part: float = 0.0, other: tuple[int, int, int] = (0, 0, 0)) -> Pixels:
    picture = np.full((200, 200, 3), 255, np.uint8)
    cv2.circle(picture, (100, 100), 70, color, -1)
    inside = (picture != 255).any(axis=2)
    picture[:, : round(30 + 140 * part)][inside[:, : round(30 + 140 * part)]] = other if part else color
    return picture


RED, BLUE = (200, 20, 30), (30, 80, 200)


@pytest.mark.parametrize(
    ("said", "photos", "found"),
    [
        (("red",), [disc(BLUE)], True),
        (("red",), [disc(RED)], False),
        (("red",), [disc(BLUE, 0.3, RED)], False),
        (("red",), [disc(BLUE), disc(RED)], False),
        (("red", "blue"), [disc(BLUE)], False),
        (("navy",), [disc(BLUE)], False),
        (("multicolor",), [disc(BLUE)], False),
        ((), [disc(BLUE)], False),
        (("green",), [np.full((200, 200, 3), 255, np.uint8)], False),
        (("green",), [np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)], False),
    ],
)
def test_a_colour_that_no_photo_shows(said: tuple[str, ...], photos: list[Pixels], found: bool) -> None:
    names = [f"p{number}" for number in range(len(photos))]
    view = CatalogView([Item("a", "a", "a", "", tuple(names), said)], marks(**dict(zip(names, photos, strict=True))))
    assert bool(inspect("color_contradicted", view)) is found


@pytest.mark.parametrize(
    ("title", "attributes", "colors"),
    [
        ("Red shirt", {}, ("red",)),
        ("红色连衣裙", {}, ("red",)),
        ("Red shirt", {"color": "Navy/White"}, ("navy", "white")),
        ("Shirt", {"color": "藏青色"}, ("navy",)),
        ("Shirt", {}, ()),
    ],
)
def test_what_a_product_says_of_its_colour(title: str, attributes: dict[str, str], colors: tuple[str, ...]) -> None:
    assert Item.of(Product("a", title, attributes=attributes), ["p"]).colors == colors


def shop(labels: Sequence[int], *, noise: float, seed: int = 0, dim: int = 16) -> CatalogView:
    """Two photos a product around the centre of its true class; product i is filed under `labels[i]`, truly i % 3."""
    rng = np.random.default_rng(seed)
    centers = np.eye(3, dim)
    items, photos, rows = [], [], []
    for number, label in enumerate(labels):
        names = (f"{number}-main", f"{number}-back")
        for name in names:
            vector = centers[number % 3] + rng.normal(0, noise, dim)
            rows.append(vector / np.linalg.norm(vector))
            photos.append(name)
        items.append(item(f"p{number}", *names, category=f"Class {label}"))
    return CatalogView(items, {}, photos, np.array(rows, np.float16))


def test_misfiled_products_are_named_with_the_right_category() -> None:
    labels = [number % 3 for number in range(120)]
    for wrong in (10, 50, 77):
        labels[wrong] = (labels[wrong] + 1) % 3
    findings = inspect("category_contradicted", shop(labels, noise=0.15))
    assert {f.product_id for f in findings} == {"p10", "p50", "p77"}
    assert all(f.attribute == "category" for f in findings)
    assert "'Class 1'" in next(f.description for f in findings if f.product_id == "p10")


@pytest.mark.parametrize("noise", [0.1, 0.4, 0.8])
def test_a_rightly_filed_shop_raises_at_most_two_alarms_in_a_hundred(noise: float) -> None:
    assert len(inspect("category_contradicted", shop([number % 3 for number in range(300)], noise=noise))) <= 6


def test_photos_that_say_nothing_of_the_category_raise_no_alarm() -> None:
    rng = np.random.default_rng(3)
    assert len(inspect("category_contradicted", shop(rng.integers(0, 3, 300).tolist(), noise=50.0))) <= 6


def test_too_few_products_to_learn_from() -> None:
    assert not inspect("category_contradicted", shop([0, 1, 2, 0, 1, 1], noise=0.1))
    assert not inspect("category_contradicted", CatalogView([item("a", "p", category="X")], {}))


@pytest.mark.parametrize(("odd", "told"), [(1, 1), (12, 0)])
def test_one_odd_product_is_misfiled_and_many_are_a_sibling(odd: int, told: int) -> None:
    # So many products of class 3, which are rightly filed or not, look like those of class 0.
    rng = np.random.default_rng(5)
    centers = np.eye(4, 16)
    items, photos, rows = [], [], []
    for number in range(240):
        label = number % 4
        vector = centers[0 if label == 3 and number < 4 * odd else label] + rng.normal(0, 0.1, 16)
        rows.append(vector / np.linalg.norm(vector))
        photos.append(f"{number}")
        items.append(item(f"p{number}", f"{number}", category=f"Class {label}"))
    view = CatalogView(items, {}, photos, np.array(rows, np.float16))
    strange = [one for one in judge_categories(view) if one.filed == "Class 3" and one.other == "Class 0"]
    strange = [one for one in strange if one.own < 0.5]
    limit = load("check", "category_contradicted")().limits["max_confusion"]
    assert {int(one.listing[1:]) for one in strange} == {3 + 4 * number for number in range(odd)}
    assert sum(one.confusion <= limit for one in strange) == told
    assert len(inspect("category_contradicted", view)) == told
