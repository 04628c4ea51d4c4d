"""Checks of a whole catalogue, on catalogues whose faults are known."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from shoplens.plugins import load
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.fingerprint import Fingerprint
from shoplens.quality.rule_pack import RulePack
from shoplens.quality.rule_plan import RulePlan
from shoplens.records import Finding
from tests.quality.drawn import product


def inspect(code: str, view: CatalogView) -> list[Finding]:
    rules = RulePack.load("shop")
    pack = RulePack("test", "Test", "1", rules.rules_for(code))
    return RulePlan([load("check", code)()], [pack]).inspect_view(view)


def marks(**pictures: object) -> dict[str, Fingerprint]:
    return {name: Fingerprint.of(np.asarray(pixels, np.uint8)) for name, pixels in pictures.items()}


def item(product_id: str, *photos: str, listing: str = "", category: str = "") -> Item:
    return Item(product_id, product_id, listing or product_id, category, photos)


def test_a_product_without_photo() -> None:
    view = CatalogView([item("a", "p"), item("b"), item("c-red", "p", listing="c"), item("c-blue", listing="c")], {})
    (finding,) = inspect("product_without_photo", view)
    assert (finding.product_id, finding.severity) == ("b", "error")


def test_the_same_picture_for_two_listings_but_not_for_variants() -> None:
    pictures = marks(p=product(64), q=product(64, seed=1))
    variants = [item("c-1", "q", listing="c"), item("c-2", "q", listing="c")]
    findings = inspect("photo_duplicate", CatalogView([item("a", "p"), item("b", "p"), *variants], pictures))
    assert {(f.product_id, f.photo) for f in findings} == {("a", "p"), ("b", "p")}
    assert all(f.detail is not None and f.detail.measured == 2 for f in findings)
    assert "b" in findings[0].description


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
    apart = CatalogView(items, pictures, ["p", "copy"], np.array([[1, 0], [0, 1]], np.float16))
    assert not inspect("photo_near_duplicate", apart), "embeddings that disagree must veto"
    twice = CatalogView([item("a", "p", "copy")], pictures)
    (finding,) = inspect("photo_near_duplicate", twice)
    assert finding.photo == "copy"


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
