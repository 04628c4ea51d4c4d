"""Magento 2's product export."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from shoplens.feeds.detect import open_feed
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.locate import LocalPhoto, PhotoLocator
from shoplens.feeds.magento import MagentoFeed
from shoplens.records import Price, Product
from tests.feeds.samples import write_magento


def products(rows: list[FeedRow]) -> dict[str, Product]:
    return {row.product.id: row.product for row in rows if row.product}


def test_configurable_variations_name_the_parent(tmp_path: Path) -> None:
    found = products(list(MagentoFeed().read(write_magento(tmp_path), {})))
    assert list(found) == ["T1-S-Red", "T1-M-Red", "T1"]
    assert {product.group for product in found.values()} == {"T1"}
    assert found["T1-S-Red"].attributes == {"size": "S", "color": "Red"}
    assert found["T1"].attributes == {"climate": "Hot, Mild", "note": "soft, light"}


def test_the_most_specific_category_without_the_root(tmp_path: Path) -> None:
    small = products(list(MagentoFeed().read(write_magento(tmp_path), {})))["T1-S-Red"]
    assert small.category == "Men > Tops > Tees"
    assert small.tags == ("Men Sale",)


def test_photos_prices_and_text(tmp_path: Path) -> None:
    found = products(list(MagentoFeed().read(write_magento(tmp_path), {"currency": "=EUR"})))
    assert found["T1-S-Red"].photos == ("/t/1/t1-red.jpg", "/t/1/t1-red_back.jpg", "/t/1/t1-red_alt.jpg")
    assert found["T1-M-Red"].photos == ()
    assert found["T1-M-Red"].sale_price == Price(Decimal("19.5"), "EUR")
    assert found["T1-M-Red"].availability == "out_of_stock"
    assert found["T1-S-Red"].description == "Light & dry."


def test_translations_and_disabled_products_are_passed_over_with_the_reason(tmp_path: Path) -> None:
    rows = list(MagentoFeed().read(write_magento(tmp_path), {}))
    assert [problem.code for row in rows for problem in row.problems] == ["store_view_row", "not_published"]


def test_a_root_of_another_name_is_dropped_where_every_path_has_it(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(
        "sku,product_type,attribute_set_code,name,categories,base_image\n"
        'A,simple,D,A,"Shop/Garden/Pots,Shop/Sale",a.jpg\nB,simple,D,B,Shop/Tools\\/Parts,b.jpg\n'
    )
    found = products(list(MagentoFeed().read(path, {})))
    assert [product.category for product in found.values()] == ["Garden > Pots", "Tools/Parts"]


def test_luma(shared_data: Path) -> None:
    path = shared_data / "catalogue-feeds" / "magento2" / "luma-products.csv"
    feed, detection = open_feed(path)
    rows = list(feed.read(path, {}))
    found = products(rows)
    parents = [product for product in found.values() if product.group == product.id]
    assert (detection.origin, detection.confidence) == ("magento", 1.0)
    assert not any(row.problems for row in rows)
    assert (len(parents), len(found) - len(parents)) == (147, 1847)
    assert {product.group for product in found.values()} == {parent.id for parent in parents}
    assert all({"size", "color"} <= set(product.attributes) for product in found.values() if product not in parents)
    references = {photo for product in found.values() for photo in product.photos}
    assert len(references) == 675
    locator = PhotoLocator.for_feed(path, shared_data / "magento2-luma" / "images")
    located = [locator.locate(reference) for reference in references]
    assert all(isinstance(place, LocalPhoto) for place in located)
    assert len(set(located)) == 675
