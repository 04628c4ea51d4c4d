"""A real shop's catalogue, through the Python API: Magento's Luma, 147 articles in 1,847 variants with 675 photos."""

from __future__ import annotations

import csv
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from shoplens.catalog.filter import Filter
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.feeds.summary import ImportSummary
from shoplens.photos.color_names import COLOR_NAMES
from shoplens.photos.decode import decode_file
from shoplens.photos.encode import encode
from shoplens.photos.transform import center_crop, resize
from shoplens.records import Pixels, Vectors
from shoplens.search.shop_snaps import snaps_id
from shoplens.search.snaps import VIEWS
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

ARTICLES, VARIANTS, PHOTOS = 147, 1847, 675


@dataclass(frozen=True)
class Luma:
    shop: Shop
    feed: Path
    images: Path
    first: ImportSummary
    second: ImportSummary
    embedded: tuple[int, int]


@pytest.fixture(scope="module")
def luma(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Luma]:
    folder = tmp_path_factory.mktemp("luma")
    write_setting(folder / SETTINGS_FILE, "model", "none")
    feed = shared_data / "catalogue-feeds" / "magento2" / "luma-products.csv"
    images = shared_data / "magento2-luma" / "images"
    embedded, lock, embed = [0], threading.Lock(), ColorEmbedder.embed

    def counting(self: ColorEmbedder, photos: Sequence[Pixels]) -> Vectors:
        with lock:
            embedded[0] += len(photos)
        return embed(self, photos)

    with pytest.MonkeyPatch.context() as patch, Shop.open(folder, create=True) as shop:
        patch.setattr(ColorEmbedder, "embed", counting)
        first = shop.import_catalog(feed, photos=images)
        after_first = embedded[0]
        second = shop.import_catalog(feed, photos=images)
        yield Luma(shop, feed, images, first, second, (after_first, embedded[0] - after_first))


def test_all_of_it_is_imported(luma: Luma) -> None:
    assert luma.first.origin == "magento"
    assert luma.first.rows == {"added": ARTICLES + VARIANTS, "updated": 0, "unchanged": 0, "rejected": 0}
    assert luma.first.problems == ()
    products = luma.shop.catalog.products(limit=5000)
    parents = [product for product in products if product.group == product.id]
    variants = [product for product in products if product.group and product.group != product.id]
    assert (len(parents), len(variants)) == (ARTICLES, VARIANTS)
    assert {product.group for product in variants} == {product.id for product in parents}
    assert all(product.price and product.title and product.category for product in products)


def test_each_photo_is_decoded_and_embedded_once(luma: Luma) -> None:
    catalog = luma.shop.catalog
    assert sum(luma.first.photos.values()) == len(catalog.references()) == PHOTOS
    assert luma.first.photos["failed"] == 0
    distinct = {photo for photo, _, _ in catalog.photo_links()}
    snaps, _ = catalog.embeddings(snaps_id(luma.shop.embedder.id))
    once, again = luma.embedded
    assert len(snaps) <= once - len(distinct) <= VIEWS * len(snaps), "beside each photo, the simulated ones of some"
    assert again == 0
    assert luma.first.photos["embedded"] == len(distinct)
    users = Counter(photo for photo, _, _ in catalog.photo_links())
    assert users.most_common(1)[0][1] >= 5, "five sizes share a photo"


def test_a_second_import_changes_nothing_in_a_tenth_of_the_time(luma: Luma) -> None:
    assert luma.second.rows["unchanged"] == ARTICLES + VARIANTS
    assert luma.second.photos == {"embedded": 0, "known": PHOTOS, "failed": 0}
    assert luma.second.seconds < luma.first.seconds / 10


def test_a_photo_is_found_by_its_other_sizes_and_by_a_smaller_darker_copy(luma: Luma) -> None:
    shop = luma.shop
    men = shop.catalog.products(Filter(category="Men"), limit=2000)
    assert len(men) > 900
    for product in men[::150]:
        photo = shop.catalog.photos(product.id)[0]
        assert shop.search(photo.path, limit=1).matches[0].photo == photo.sha256
        pixels = decode_file(photo.path).pixels
        side = min(pixels.shape[:2]) * 9 // 10
        altered = resize(center_crop(pixels, side, side), long=160)
        found = shop.search(encode(altered, "jpeg", 60), limit=10).matches
        assert product.listing in [match.product.listing for match in found]


def test_words_and_filters_find_what_the_feed_says(luma: Luma) -> None:
    shop = luma.shop
    hoodies = shop.search_text("hoodie", limit=200)
    assert len(hoodies) >= 10
    assert all("hoodie" in f"{m.product.title} {m.product.category}".lower() for m in hoodies[:20])
    assert shop.search_text("hoodie", limit=20) == hoodies[:20], "fifteen variants of an article take one place"
    red = shop.search_text("红色", limit=500)
    assert red
    assert {match.product.attributes.get("color") for match in red} == {"Red"}
    where = Filter(attributes={"color": "red"})
    assert {match.product.listing for match in red} == {p.listing for p in shop.catalog.products(where, limit=5000)}
    with luma.feed.open(encoding="utf-8", newline="") as file:
        stated = sum("color=Red" in row["additional_attributes"].split(",") for row in csv.DictReader(file))
    assert shop.catalog.count(where) == stated > 50


def test_colours_seen_in_the_photos_agree_with_the_feed(luma: Luma) -> None:
    shop = luma.shop
    shop.classify_catalog(apply=True)
    seen: dict[str, set[str]] = {}
    for label in shop.catalog.labels(kind="color"):
        seen.setdefault(label.product_id, set()).add(label.value)
        assert label.source == "palette"
    named = {"gray": "grey"}
    stated = {
        product.id: named.get(color, color)
        for product in shop.catalog.products(limit=5000)
        if (color := product.attributes.get("color", "").lower()) and named.get(color, color) in COLOR_NAMES
    }
    assert len(stated) > 1000
    agreed = sum(color in seen.get(product_id, ()) for product_id, color in stated.items())
    assert agreed > 0.6 * len(stated)
