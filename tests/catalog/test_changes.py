from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.records import PhotoFacts, Product

A, B = "a" * 64, "b" * 64


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            for product, photo in (("one", A), ("two", B)):
                batch.put_product(Product(id=product, title=product, group="g" if product == "two" else ""))
                batch.put_photo(PhotoFacts(photo, "png", 8, 8, 1), tmp_path / "none.png")
                batch.put_embedding(photo, "e", np.full(4, 0.5))
                batch.link(product, [photo])
        yield catalog


def test_everything_is_every_active_product_and_every_vector(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.retire(["two"])
    changes = catalog.photo_changes("e")
    assert changes.revision == catalog.revision()
    assert [tuple(link) for link in changes.links] == [(A, "one", 0, "one", False, False, "")]
    assert changes.products == []
    assert changes.keys == [A, B]
    assert changes.vectors.dtype == np.float16
    assert changes.vectors.shape == (2, 4)
    assert catalog.photo_changes("another").keys == []


def test_since_a_revision_only_what_changed_is_told(catalog: Catalog) -> None:
    before = catalog.revision()
    nothing = catalog.photo_changes("e", before)
    assert (nothing.products, list(nothing.links), nothing.keys) == ([], [], [])
    with catalog.batch() as batch:
        batch.retire(["two"])
    retired = catalog.photo_changes("e", before)
    assert (retired.products, list(retired.links), retired.keys) == (["two"], [], [])
    with catalog.batch() as batch:
        batch.put_embedding(A, "e", np.ones(4))
    written = catalog.photo_changes("e", retired.revision)
    assert (written.products, written.keys) == ([], [A])
    np.testing.assert_array_equal(written.vectors, np.ones((1, 4)))
    assert catalog.photo_changes("e", written.revision).keys == []


def test_vectors_are_found_by_photo(catalog: Catalog) -> None:
    keys, vectors = catalog.vectors([B, "c" * 64], "e")
    assert keys == [B]
    assert vectors.shape == (1, 4)
    assert catalog.vectors(["c" * 64], "e")[0] == []


def test_each_revision_has_a_stamp_that_no_other_catalogue_has(catalog: Catalog, tmp_path: Path) -> None:
    first = catalog.photo_changes("e")
    assert catalog.stamp(first.revision) == first.stamp != ""
    assert catalog.stamp(first.revision + 1) == ""
    with Catalog.open(tmp_path / "other", create=True) as other:
        with other.batch() as batch:
            batch.put_product(Product(id="one", title="one"))
        assert other.revision() == first.revision
        assert other.stamp(first.revision) not in {"", first.stamp}
