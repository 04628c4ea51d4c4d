"""Simulated snaps are made once, kept in the catalogue, and teach a shop what its scores mean."""

from __future__ import annotations

import colorsys
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.index.exact_index import ExactIndex
from shoplens.records import Pixels, Product
from shoplens.search.learn_odds import DEFAULT
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.shop_snaps import MOST, ShopSnaps, read_snaps, snaps_id
from tests.search.conftest import HUES, put

EMBEDDER = ColorEmbedder()


def shop_snaps(catalog: Catalog) -> ShopSnaps:
    return ShopSnaps(catalog, EMBEDDER.id, EMBEDDER, 64)


def disc(number: int) -> Pixels:
    """A disc of a hue of its own on white."""
    red, green, blue = (int(255 * level) for level in colorsys.hsv_to_rgb(number / 60, 0.4 + number % 3 * 0.3, 0.8))
    photo = np.full((96, 96, 3), 255, np.uint8)
    return np.asarray(cv2.circle(photo, (48, 48), 36, (red, green, blue), -1), np.uint8)


def test_each_main_photo_gets_one_and_no_second_time(catalog: Catalog) -> None:
    snaps = shop_snaps(catalog)
    assert len(HUES) <= MOST
    assert snaps.complete() == len(HUES)
    assert snaps.complete() == 0
    keys, before = catalog.embeddings(snaps_id(EMBEDDER.id))
    mains = catalog.main_photos(HUES)
    assert set(keys) == set(mains.values())
    found = read_snaps(catalog, EMBEDDER.id, {mains["red"]: 7, mains["blue"]: 9})
    assert sorted(found.rows.tolist()) == [7, 9]
    assert found.views.shape == (2, 2, EMBEDDER.dim)
    assert before.shape[1] == 2 * EMBEDDER.dim


def test_a_photo_that_is_lost_is_left_out(catalog: Catalog) -> None:
    lost = catalog.main_photos(["red"])["red"]
    Path(catalog.photo(lost).path).unlink()
    assert shop_snaps(catalog).complete() == len(HUES) - 1
    assert not len(read_snaps(catalog, EMBEDDER.id, {lost: 0}))


def test_no_index_takes_a_snap_for_a_photo(catalog: Catalog) -> None:
    before = PhotoIndex(catalog, EMBEDDER, ExactIndex())
    shop_snaps(catalog).complete()
    after = PhotoIndex(catalog, EMBEDDER, ExactIndex())
    before.refresh()
    assert len(before) == len(after) == len(HUES)


def test_a_shop_of_one_photo_a_product_learns_from_them(catalog: Catalog, tmp_path: Path) -> None:
    for number in range(60):
        put(catalog, Product(id=f"d{number}", title="Disc"), disc(number))
    plain = PhotoIndex(catalog, EMBEDDER, ExactIndex())
    assert plain.odds == DEFAULT
    assert not plain.outdated
    shop_snaps(catalog).complete()
    plain.refresh()
    assert plain.outdated, "there is something to learn from now"
    learned = PhotoIndex(catalog, EMBEDDER, ExactIndex())
    assert learned.odds.photo == DEFAULT.photo
    assert learned.odds.snap != DEFAULT.snap
    learned.save(tmp_path / "kept")
    restored = PhotoIndex(catalog, EMBEDDER, ExactIndex(), snapshot=tmp_path / "kept")
    assert restored.odds == learned.odds
    assert not restored.outdated
    assert restored.space.snap_shares == pytest.approx(learned.space.snap_shares)
