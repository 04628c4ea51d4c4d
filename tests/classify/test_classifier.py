from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.classify.bundle_tags import BundleTags
from shoplens.classify.classifier import Classifier
from shoplens.classify.labelling import classify_products, labels_of
from shoplens.classify.shop_categories import LabelledPhotos, NeighbourTags, ShopCategories, learn_categories
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.models.bundle import Calibration
from shoplens.records import Pixels, Prediction, Product
from tests.models.tiny_bundle import TONES, plain, tiny_bundle
from tests.search.conftest import put, swatch

EMBEDDER = ColorEmbedder()


def shade(base: tuple[int, int, int], number: int) -> Pixels:
    """A piece of the colour, a little lighter or darker."""
    return swatch(tuple(np.clip(np.array(base) + 2 * (number % 5), 0, 255).tolist()), seed=number)  # type: ignore[arg-type]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Mugs are red and glazed, plates are blue and matt; two stools are too few to learn from."""
    with Catalog.open(tmp_path, create=True) as catalog:
        for number in range(10):
            finish = {"material": "glazed"}
            put(
                catalog,
                Product(f"mug{number}", "Mug", category="Mugs", attributes=finish),
                shade((190, 20, 20), number),
            )
            matt = {"material": "matt"}
            put(
                catalog,
                Product(f"plate{number}", "Plate", category="Plates", attributes=matt),
                shade((20, 40, 180), number),
            )
        for number in range(2):
            put(catalog, Product(f"stool{number}", "Stool", category="Stools"), shade((20, 150, 20), number))
        yield catalog


def classifier(catalog: Catalog) -> Classifier:
    photos = LabelledPhotos.read(catalog, EMBEDDER.id)
    head = learn_categories(photos)
    assert head is not None
    return Classifier(ShopCategories(EMBEDDER, head), NeighbourTags(EMBEDDER, photos))


def test_the_shop_teaches_its_categories_colours_and_attributes(catalog: Catalog) -> None:
    red, blue = classifier(catalog).classify([shade((190, 20, 20), 77), shade((20, 40, 180), 77)])
    assert (red.category.label, blue.category.label) == ("Mugs", "Plates")
    assert red.category.confidence > 0.8
    assert (red.colors[0].name, blue.colors[0].name) == ("red", "blue")
    assert [tag.label for tag in red.tags] == ["material: glazed"]
    assert [tag.label for tag in blue.tags] == ["material: matt"]
    assert red.source.startswith("model:shop-color-")


def test_what_is_between_two_categories_is_left_open(catalog: Catalog) -> None:
    # With mugs and plates of the same colours nothing can be told, and nothing is said.
    for number in range(10):
        put(catalog, Product(f"m{number}", "Mug", category="Mugs"), shade((20, 40, 180), number + 30))
        put(catalog, Product(f"p{number}", "Plate", category="Plates"), shade((190, 20, 20), number + 30))
    said = classifier(catalog).classify([shade((190, 20, 20), 77)])[0]
    assert said.category.label is None
    assert {label for label, _ in said.category.runners_up} == {"Mugs", "Plates"}


def test_a_category_with_too_few_photos_is_not_learned(catalog: Catalog) -> None:
    said = classifier(catalog).classify([shade((20, 150, 20), 9)])[0]
    assert said.category.label != "Stools"


def test_a_shop_without_categories_has_nothing_to_teach(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        put(catalog, Product("a", "A"), swatch((1, 2, 3)))
        assert learn_categories(LabelledPhotos.read(catalog, EMBEDDER.id)) is None


def test_labels_of_the_whole_catalogue_keep_their_source(catalog: Catalog) -> None:
    seen: list[tuple[int, int]] = []
    said = list(classify_products(catalog, classifier(catalog), lambda done, total: seen.append((done, total))))
    assert len(said) == 22
    assert seen[-1] == (22, 22)
    catalog.put_labels([label for product, result in said for label in labels_of(product, result)])
    labels = {(label.kind, label.value): label for label in catalog.labels("mug3")}
    assert labels["category", "Mugs"].source.startswith("model:shop-")
    assert labels["color", "red"].source == "palette"
    assert labels["tag", "material: glazed"].confidence > 0.7
    assert catalog.product("mug3").category == "Mugs"


def test_a_photo_that_went_away_stops_nothing(catalog: Catalog) -> None:
    catalog.photos("mug0")[0].path.unlink()
    said = {product.id for product, _ in classify_products(catalog, classifier(catalog))}
    assert "mug0" not in said
    assert len(said) == 21


def test_heads_of_a_bundle_name_tags_and_abstain(tmp_path: Path) -> None:
    # Warm where there is more red than blue: softmax of their shares of the mean colour.
    sure = tiny_bundle(tmp_path / "a", heads={"tone": TONES}, head_calibrations={"tone": Calibration(1.0, 0.7)})
    said = BundleTags(sure).tags([plain(250, 0, 0), plain(0, 0, 250), plain(100, 0, 100), plain(0, 250, 0)])
    assert [[tag.label for tag in tags] for tags in said] == [["tone: warm"], ["tone: cold"], [], []]
    assert said[0][0].confidence == pytest.approx(1 / (1 + np.exp(-1)), abs=1e-4)
    assert BundleTags(sure).tags([]) == []


class Says:
    """A tag model that says the same of every photo."""

    def __init__(self, *tags: str) -> None:
        self.said = tuple(Prediction(tag, 0.9) for tag in tags)

    def tags(self, photos: Sequence[Pixels]) -> list[tuple[Prediction, ...]]:
        return [self.said for _ in photos]


def test_of_two_that_name_an_attribute_the_first_is_believed(catalog: Catalog) -> None:
    head = learn_categories(LabelledPhotos.read(catalog, EMBEDDER.id))
    assert head is not None
    both = Classifier(ShopCategories(EMBEDDER, head), Says("pattern: dots"), Says("pattern: stripes", "tone: warm"))
    (said,) = both.classify([shade((190, 20, 20), 77)])
    assert [tag.label for tag in said.tags] == ["pattern: dots", "tone: warm"]


@pytest.mark.parametrize(
    ("sure", "named"), [("blue", ["blue", "red"]), ("red", ["red", "blue"]), ("green", ["red", "blue"])]
)
def test_colours_are_the_palettes_and_a_sure_one_of_them_leads(catalog: Catalog, sure: str, named: list[str]) -> None:
    """Two thirds red, one third blue; a colour that is not there is not said, and none of them is a tag."""
    head = learn_categories(LabelledPhotos.read(catalog, EMBEDDER.id))
    assert head is not None
    photo = np.full((90, 90, 3), (200, 20, 20), np.uint8)
    photo[:, 60:] = (20, 40, 200)
    (said,) = Classifier(ShopCategories(EMBEDDER, head), Says(f"color: {sure}", "pattern: plain")).classify([photo])
    assert [color.name for color in said.colors] == named
    assert {color.name: color.share > 0.5 for color in said.colors} == {"red": True, "blue": False}
    assert [tag.label for tag in said.tags] == ["pattern: plain"]
