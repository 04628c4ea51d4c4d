"""Categories from five drawn photos: the sixth is known by how it was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.classify.classifier import CategoryModel
from shoplens.classify.examples import Examples
from shoplens.classify.shop_categories import LabelledPhotos, ShopCategories, learn_categories
from shoplens.classify.taught_categories import TaughtCategories, called_by, learn_taught
from shoplens.classify.teacher import Teacher, named
from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.view_embedder import ViewEmbedder
from shoplens.errors import BadInput, NotFound, PhotoError
from shoplens.photos.encode import encode
from shoplens.records import Pixels, Prediction, Product
from tests.search.conftest import put, swatch

EMBEDDER = ViewEmbedder(ColorEmbedder())
GREEN, VIOLET, RED, BLUE = (20, 150, 40), (120, 30, 170), (190, 20, 20), (20, 40, 180)


class Unknown:
    """Stands for a model that was there before: it has one answer to everything."""

    id = "model:before"

    def predict(self, photos: list[Pixels]) -> list[Prediction]:
        return [Prediction("Something", 0.77) for _ in photos]


def thing(color: tuple[int, int, int], seed: int) -> Pixels:
    """A disc of the colour, elsewhere in each photo and on paper of another grey."""
    rng = np.random.default_rng(seed)
    photo = np.full((200, 220, 3), rng.integers(225, 250), np.uint8)
    x, y = (int(value) for value in rng.integers(70, 130, 2))
    cv2.circle(photo, (x, y), int(rng.integers(35, 60)), color, -1)
    return np.clip(photo + rng.normal(0, 6, photo.shape), 0, 255).astype(np.uint8)


def files(color: tuple[int, int, int], count: int = 5, start: int = 0) -> list[bytes]:
    return [encode(thing(color, seed), "png") for seed in range(start, start + count)]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        yield catalog


def teach(catalog: Catalog, category: str, photos: list[bytes]) -> None:
    Teacher(catalog).teach(category, named(photos))


def taught(catalog: Catalog, others: CategoryModel | None = None) -> TaughtCategories:
    examples = Examples.read(catalog, EMBEDDER)
    strangers = LabelledPhotos.read(catalog, ColorEmbedder().id).without(examples.categories)
    head = learn_taught(examples, strangers)
    before = others or Unknown()
    return TaughtCategories(
        before, EMBEDDER, head, None if head.knows_strangers else called_by(before, catalog.taught.photos())
    )


def test_the_sixth_photo_is_known_and_others_are_left_to_the_model_before(catalog: Catalog) -> None:
    teach(catalog, "Plants > Moss", files(GREEN))
    model = taught(catalog)
    sixth, other = model.predict([thing(GREEN, 70), thing(RED, 78)])
    assert sixth.label == "Plants > Moss"
    assert sixth.confidence >= 0.5
    assert other == Prediction("Something", 0.77)
    assert model.id == "model:before+taught"


def test_without_strangers_a_photo_that_has_a_sure_name_keeps_it(catalog: Catalog) -> None:
    class Greenish(Unknown):
        """Calls bright photos lime."""

        def predict(self, photos: list[Pixels]) -> list[Prediction]:
            return [Prediction("Lime" if photo[:5].mean() > 251 else "Plant", 0.9) for photo in photos]

    teach(catalog, "Moss", files(GREEN))
    bright = np.clip(thing(GREEN, 70).astype(np.int16) + 60, 0, 255).astype(np.uint8)
    assert [one.label for one in taught(catalog, Greenish()).predict([thing(GREEN, 70), bright])] == ["Moss", "Lime"]


def test_two_categories_are_told_from_each_other_and_from_strangers(catalog: Catalog) -> None:
    for number in range(30):
        put(catalog, Product(f"p{number}", "Thing"), thing(RED if number % 2 else BLUE, number + 100))
    teach(catalog, "Moss", files(GREEN))
    teach(catalog, "Plums", files(VIOLET))
    said = taught(catalog).predict([thing(GREEN, 70), thing(VIOLET, 78), thing(RED, 79), thing(BLUE, 80)])
    assert [one.label for one in said] == ["Moss", "Plums", "Something", "Something"]
    assert min(one.confidence for one in said[:2]) > 0.8


def test_categories_that_look_the_same_are_left_open(catalog: Catalog) -> None:
    teach(catalog, "Moss", files(GREEN, 8))
    teach(catalog, "Grass", files(GREEN, 8, start=50))
    assert [one.label for one in taught(catalog).predict([thing(GREEN, 70), thing(GREEN, 78)])] == ["Something"] * 2


def test_a_shop_that_knows_its_categories_learns_one_more(catalog: Catalog) -> None:
    for number in range(10):
        put(catalog, Product(f"mug{number}", "Mug", category="Mugs"), swatch((190 + number, 20, 20), seed=number))
        put(catalog, Product(f"plate{number}", "Plate", category="Plates"), swatch((20, 40 + number, 180), seed=number))
    photos = LabelledPhotos.read(catalog, ColorEmbedder().id)
    before = learn_categories(photos)
    teach(catalog, "Moss", [encode(swatch((20, 150 + 3 * n, 40), seed=n + 50), "png") for n in range(5)])
    head = learn_categories(photos, Examples.read(catalog, EMBEDDER))
    assert before is not None
    assert head is not None
    assert (before.labels, head.labels) == (("Mugs", "Plates"), ("Moss", "Mugs", "Plates"))
    said = ShopCategories(EMBEDDER, head).predict(
        [swatch((20, 152, 40), seed=70), swatch((193, 20, 20), seed=71), swatch((20, 44, 180), seed=72)]
    )
    assert [one.label for one in said] == ["Moss", "Mugs", "Plates"]


def test_what_was_taught_survives_a_restart_and_is_forgotten_on_request(catalog: Catalog) -> None:
    teach(catalog, "Moss", files(GREEN))
    photo = thing(GREEN, 70)
    first = taught(catalog).predict([photo])
    catalog.close()
    with Catalog.open(catalog.folder) as opened:
        assert taught(opened).predict([photo]) == first
        assert opened.taught.forget("Moss") == 5
        assert opened.taught.photos() == []
        assert opened.taught.vectors(EMBEDDER.id) == {}
        with pytest.raises(NotFound):
            opened.taught.forget("Moss")


def test_another_model_embeds_the_kept_copies(catalog: Catalog) -> None:
    teach(catalog, "Moss", files(GREEN))
    Examples.read(catalog, EMBEDDER)
    other = ViewEmbedder(BlendedEmbedder([(ColorEmbedder(), 1.0), (ColorEmbedder(), 3.0)]))
    assert catalog.taught.vectors(other.id) == {}
    examples = Examples.read(catalog, other)
    assert examples.vectors.shape == (5, 768)
    assert set(catalog.taught.vectors(other.id)) == set(catalog.taught.vectors(EMBEDDER.id)) == set(examples.keys)


def test_kept_copies_are_small_and_carry_nothing_else(catalog: Catalog) -> None:
    teach(catalog, "Moss", [encode(cv2.resize(thing(GREEN, 1), (1600, 1400)), "png")])
    (kept,) = catalog.taught.photos()
    assert len(kept.picture) < 60_000
    decoded = cv2.imdecode(np.frombuffer(kept.picture, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert min(decoded.shape[:2]) == 320


def test_near_copies_count_once_and_unreadable_photos_are_told(catalog: Catalog) -> None:
    photo = thing(GREEN, 1)
    same = [encode(photo, "png"), encode(photo, "jpeg", 70), encode(cv2.resize(photo, (440, 400)), "jpeg")]
    names = ["one.png", "one.jpg", "large.jpg", "notes.txt", "two.png"]
    data = [*same, b"no picture", encode(thing(GREEN, 2), "png")]
    lesson = Teacher(catalog).teach("Moss", list(zip(names, data, strict=True)))
    assert (lesson.added, lesson.photos, lesson.repeated) == (2, 2, ("one.jpg", "large.jpg"))
    assert [(refused.name, refused.code) for refused in lesson.refused] == [("notes.txt", "photo_not_an_image")]
    assert not lesson.enough
    again = Teacher(catalog).teach("Moss", [("copy.jpg", same[1]), ("three.png", encode(thing(GREEN, 3), "png"))])
    assert (again.added, again.photos, again.repeated, again.enough) == (1, 3, ("copy.jpg",), True)


def test_a_known_category_keeps_its_spelling(catalog: Catalog) -> None:
    teacher = Teacher(catalog, ["Bags > Backpacks"])
    assert teacher.path(" bags>BACKPACKS ") == "Bags > Backpacks"
    assert teacher.path("Bags >  Tote   bags") == "Bags > Tote bags"


@pytest.mark.parametrize("category", ["", " > ", "Bags > ", "a\nb", "x" * 301])
def test_a_category_is_a_path(catalog: Catalog, category: str) -> None:
    with pytest.raises(BadInput, match="path of names"):
        Teacher(catalog).teach(category, named(files(GREEN, 1)))


def test_nothing_to_learn_from_is_an_error(catalog: Catalog) -> None:
    with pytest.raises(BadInput, match="taught by photos"):
        Teacher(catalog).teach("Moss", [])
    with pytest.raises(PhotoError):
        Teacher(catalog).teach("Moss", [("a.txt", b"text"), ("b.txt", b"more")])
    assert catalog.taught.categories() == []


def test_teaching_makes_a_new_revision_and_reading_makes_none(catalog: Catalog) -> None:
    before = catalog.revision()
    teach(catalog, "Moss", files(GREEN, 2))
    after = catalog.revision()
    Examples.read(catalog, EMBEDDER)
    assert before < after == catalog.revision()
    teach(catalog, "Moss", files(GREEN, 2))
    assert catalog.revision() == after
