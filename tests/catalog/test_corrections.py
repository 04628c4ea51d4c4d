from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shoplens.catalog.corrections import Correction
from shoplens.catalog.filter import Filter
from shoplens.catalog.reviews import ReviewAnswer
from shoplens.catalog.rows import product_digest
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, NotFound
from shoplens.records import Label
from tests.catalog.shop_of_three import PRODUCTS, fill

DRESS, BELT, MUG = PRODUCTS


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        fill(catalog, tmp_path)
        yield catalog


def test_a_corrected_category_takes_the_feeds_place_everywhere(catalog: Catalog) -> None:
    before = catalog.revision()
    assert catalog.corrections.change(["mug"], category=" Home >  Mugs ") == [Correction("mug")]
    assert catalog.product("mug").category == "Home > Mugs"
    assert catalog.product_ids(Filter(category="home")) == ["mug"]
    assert [found for found, _ in catalog.search_text("mugs home")] == ["mug"]
    assert catalog.revision() > before
    assert catalog.search_text("racks") == []
    assert catalog.labels("mug", "category") == [
        Label("mug", "category", "Clothing Racks", 1.0, "feed"),
        Label("mug", "category", "Home > Mugs", 1.0, "merchant"),
    ]


def test_no_import_overwrites_it_and_the_feeds_word_is_kept_beside_it(catalog: Catalog) -> None:
    catalog.corrections.change(["mug"], category="Home > Mugs")
    # The importer tells what changed by the feed's own digest, which the correction leaves alone.
    assert catalog.stored(["mug"])["mug"].digest == product_digest(MUG)
    with catalog.batch() as batch:
        batch.put_product(replace(MUG, title="Large Café Mug", category="Crockery"))
    mug = catalog.product("mug")
    assert (mug.title, mug.category) == ("Large Café Mug", "Home > Mugs")
    catalog.corrections.change(["mug"], category="")
    assert catalog.product("mug").category == "Crockery"
    assert catalog.labels("mug") == []


def test_a_model_that_labels_everything_leaves_the_merchants_word(catalog: Catalog) -> None:
    catalog.corrections.change(["mug"], category="Home > Mugs", add_tags=["gift"])
    catalog.put_labels([Label("mug", "category", "Home > Vases", 0.9, "model:m")], scope=["mug"])
    catalog.put_labels([], scope=["mug"])
    assert {(label.value, label.source) for label in catalog.labels("mug")} == {
        ("Home > Mugs", "merchant"), ("Clothing Racks", "feed"), ("gift", "merchant"),
    }  # fmt: skip


def test_tags_stand_beside_the_feeds_and_are_found(catalog: Catalog) -> None:
    catalog.corrections.change(["dress-s", "belt"], add_tags=["Party", "sale"])
    catalog.corrections.change(["belt"], remove_tags=["SALE"])
    assert catalog.product_ids(Filter(tags=frozenset({"party", "summer"}))) == ["dress-s"]
    assert catalog.product_ids(Filter(tags=frozenset({"sale"}))) == ["dress-s"]
    assert catalog.corrections.of(["belt", "mug"]) == {
        "belt": Correction("belt", "", ("Party",)), "mug": Correction("mug"),
    }  # fmt: skip


def test_all_variants_get_a_category_and_all_come_back(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.put_product(replace(DRESS, id="dress-m"))
    before = catalog.corrections.change(["dress-s"], category="Dresses", add_tags=["new in"])
    assert {one.product_id for one in before} == {"dress-s", "dress-m"}
    assert catalog.product("dress-m").category == "Dresses"
    assert catalog.corrections.of(["dress-m"])["dress-m"].tags == ()
    assert catalog.corrections.restore(before) == 2
    assert catalog.corrections.restore(before) == 0
    assert catalog.product("dress-m").category == DRESS.category
    assert catalog.labels() == []


def test_a_correction_that_cannot_be_changes_nothing(catalog: Catalog) -> None:
    with pytest.raises(NotFound, match="nope"):
        catalog.corrections.change(["mug", "nope"], category="Cups")
    with pytest.raises(BadInput, match="path"):
        catalog.corrections.change(["mug"], category=" > ")
    with pytest.raises(BadInput, match="tag"):
        catalog.corrections.change(["mug"], add_tags=["x" * 101])
    assert catalog.labels("mug") == []


def test_the_last_answer_to_a_question_counts(catalog: Catalog) -> None:
    reviews = catalog.reviews
    reviews.put(ReviewAnswer("label", "mug", "", "unsure"))
    reviews.put(ReviewAnswer("label", "mug", "", "corrected", "Home > Mugs"))
    reviews.put(ReviewAnswer("duplicate", "belt", "mug", "different"))
    assert reviews.counts() == {"duplicate": {"different": 1}, "label": {"corrected": 1}}
    assert [(one.said, one.value) for one in reviews.answers("label")] == [("corrected", "Home > Mugs")]
    assert reviews.take_back("label", "mug").value == "Home > Mugs"
    with pytest.raises(NotFound):
        reviews.take_back("label", "mug")
