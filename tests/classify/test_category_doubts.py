"""Red things are mugs and blue things are plates: what is filed otherwise is doubted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.findings import identified
from shoplens.catalog.ledger import Inspection
from shoplens.catalog.looks import Look
from shoplens.catalog.reviews import ReviewAnswer
from shoplens.catalog.store import Catalog
from shoplens.classify.category_doubts import category_doubts
from shoplens.classify.training_photos import training_photos
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.quality.duplicate_pairs import duplicate_pairs
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Finding, Pixels, Product
from tests.classify.test_classifier import shade
from tests.quality.drawn import product
from tests.search.conftest import put

EMBEDDER = ColorEmbedder()
RED, BLUE = (190, 20, 20), (20, 40, 180)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        for number in range(10):
            put(catalog, Product(f"mug{number}", "Mug", category="Mugs"), shade(RED, number))
            put(catalog, Product(f"plate{number}", "Plate", category="Plates"), shade(BLUE, number))
        put(catalog, Product("wrong", "Mug", category="Plates"), shade(RED, 21))
        put(catalog, Product("open", "Something", category=""), shade(BLUE, 22))
        yield catalog


def test_what_the_photos_contradict_comes_first_with_the_right_category(catalog: Catalog) -> None:
    first, second = category_doubts(catalog, EMBEDDER.id)[:2]
    assert (first.kind, first.product_id, first.given, first.suggestions[0][0]) == ("label", "wrong", "Plates", "Mugs")
    assert first.probability < 0.5 < first.suggestions[0][1]
    assert (second.kind, second.product_id, second.suggestions[0][0]) == ("category", "open", "Plates")


def test_corrections_settle_the_doubts_and_are_learned_from(catalog: Catalog) -> None:
    assert {photo.label for photo in training_photos(catalog, catalog.folder).photos} == {"Mugs", "Plates"}
    catalog.corrections.change(["wrong"], category="Mugs")
    catalog.corrections.change(["open"], category="Plates")
    assert not category_doubts(catalog, EMBEDDER.id)
    labels = [photo.label for photo in training_photos(catalog, catalog.folder).photos]
    assert (labels.count("Mugs"), labels.count("Plates")) == (11, 11)


def test_a_shop_with_one_category_can_only_ask(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        for number in range(8):
            put(catalog, Product(f"mug{number}", "Mug", category="Mugs"), shade(RED, number))
        put(catalog, Product("open", "Something"), shade(BLUE, 1))
        (doubt,) = category_doubts(catalog, EMBEDDER.id)
    assert (doubt.product_id, doubt.suggestions) == ("open", ())


def lighter(pixels: Pixels) -> Pixels:
    return np.asarray(np.clip(pixels.astype(np.int16) + 2, 0, 255), np.uint8)


def test_pairs_are_of_two_listings_and_stay_on_one_side_once_they_are_one(catalog: Catalog) -> None:
    one, other = (product(300, seed=seed) for seed in (1, 2))
    # The third product shows nearly one picture twice: that is no likeness to the others.
    shown = {"a": [one], "b": [lighter(one)], "twice": [other, lighter(other)]}
    photos = {name: put(catalog, Product(name, "Thing", category="Mugs"), *shown[name]) for name in shown}
    kept = [
        Look(photo, "", "", Fingerprint.of(pixels).to_bytes())
        for name in shown
        for photo, pixels in zip(photos[name], shown[name], strict=True)
    ]
    catalog.looks.put("plan", kept)
    found = [
        Finding("photo_near_duplicate", "info", "photo", "Nearly the same.", product_id=name, photo=photo)
        for name in photos
        for photo in photos[name]
    ]
    named = identified(found, lambda finding: finding.photo)
    catalog.ledger.record(named, Inspection("2026-11-26T00:00:00+00:00", "plan", {"shop": "Shop"}, 4, 3, 4))
    (pair,) = duplicate_pairs(catalog, EMBEDDER.id)
    assert (pair.first, pair.second) == ("a", "b")
    assert [pair.first_photo, pair.second_photo] == [*photos["a"], *photos["b"]]
    assert pair.similarity > 0.9
    catalog.reviews.put(ReviewAnswer("duplicate", "a", "b", "same"))
    groups = {one.path: set(one.groups) for one in training_photos(catalog, catalog.folder).photos}
    paths = {one: catalog.photos(one)[0].path for one in photos}
    assert groups[paths["a"]] & groups[paths["b"]]
    assert not groups[paths["a"]] & groups[paths["twice"]]
