"""A file that was saved anew in its place after the import: it is judged as it is now."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.catalog.store import Catalog
from shoplens.photos.decode import decode, encode
from shoplens.quality.inspector import Inspector
from shoplens.records import Pixels, Product
from tests.quality.drawn import product


def write(path: Path, pixels: Pixels) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(pixels, "jpeg", 95))
    return path.read_bytes()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Catalog]:
    """Two products; of the first one's photo the import said that its name ends wrongly."""
    with Catalog.open(tmp_path / "shop", create=True) as catalog, catalog.batch() as batch:
        for seed, (product_id, name) in enumerate({"a": "a.png", "b": "b.jpg"}.items()):
            path = tmp_path / "shop" / "photos" / f"{product_id}.jpg"
            facts = decode(write(path, product(300, seed=seed)), name=name).facts
            batch.put_photo(facts, path)
            batch.put_product(Product(product_id, product_id.upper()))
            batch.link(product_id, [facts.sha256])
    with Catalog.open(tmp_path / "shop") as catalog:
        yield catalog


def found(shop: Catalog) -> set[tuple[str, str]]:
    return {(finding.product_id, finding.code) for finding in Inspector().inspect_catalog(shop).findings}


def test_what_the_import_said_of_the_old_file_is_not_said_of_the_new_one(shop: Catalog) -> None:
    assert found(shop) == {("a", "wrong_extension")}
    write(shop.photos("a")[0].path, product(300, seed=7))
    assert found(shop) == set()


def test_copies_are_looked_for_in_the_new_file(shop: Catalog) -> None:
    assert found(shop) == {("a", "wrong_extension")}
    old, other = shop.photos("a")[0].path, shop.photos("b")[0].path
    old.write_bytes(other.read_bytes())
    assert found(shop) == found(shop) == {("a", "photo_duplicate"), ("b", "photo_duplicate")}
    write(old, product(310, seed=1))
    assert found(shop) == found(shop) == {("a", "photo_near_duplicate"), ("b", "photo_near_duplicate")}
