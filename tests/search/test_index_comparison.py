from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.index.exact_index import ExactIndex
from shoplens.records import PhotoFacts, Product, Vectors
from shoplens.search.index_comparison import compare_indexes
from shoplens.search.photo_index import PhotoIndex
from tests.search.test_live_photos import DrawnEmbedder, sha, vector

PRODUCTS = 30


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Products of two photos each: "good" puts both of one product side by side, "bad" knows nothing of products."""
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            for number in range(PRODUCTS):
                batch.put_product(Product(id=f"p{number}", title="A product"))
                photos = [sha(2 * number), sha(2 * number + 1)]
                for place, name in enumerate(photos):
                    batch.put_photo(PhotoFacts(name, "png", 8, 8, 1), catalog.folder / "none.png")
                    batch.put_embedding(name, "good", near(number, place))
                    batch.put_embedding(name, "bad", vector(2 * number + place))
                batch.link(f"p{number}", photos)
        yield catalog


def near(number: int, place: int) -> Vectors:
    moved = vector(number) + 0.05 * place * vector(1_000 + number)
    return np.asarray(moved / np.linalg.norm(moved), np.float32)


def index(catalog: Catalog, embedder: str) -> PhotoIndex:
    return PhotoIndex(catalog, DrawnEmbedder(embedder), ExactIndex())


def test_a_model_agrees_with_itself(catalog: Catalog) -> None:
    found = compare_indexes(index(catalog, "good"), index(catalog, "good"))
    assert (found.photos, found.pairs) == (60, 60)
    assert found.overlap == 1.0
    assert found.first == (1.0, 1.0)


def test_the_better_model_finds_the_other_photo_of_the_product(catalog: Catalog) -> None:
    found = compare_indexes(index(catalog, "bad"), index(catalog, "good"))
    assert found.first[1] == found.among_ten[1] == 1.0
    assert found.first[0] < 0.2
    assert found.among_ten[0] < 0.6
    assert 0.05 < found.overlap < 0.5


def test_a_shop_without_pairs_or_without_photos_is_compared_all_the_same(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "empty", create=True) as empty:
        found = compare_indexes(index(empty, "good"), index(empty, "bad"))
    assert (found.photos, found.pairs, found.overlap, found.first) == (0, 0, 0.0, (0.0, 0.0))
