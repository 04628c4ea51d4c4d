"""Shopify's CSV and products.json."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from shoplens.feeds.detect import open_feed
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.shopify import ShopifyFeed
from shoplens.records import Price, Product
from tests.feeds.samples import write_shopify


def products(rows: list[FeedRow]) -> dict[str, Product]:
    return {row.product.id: row.product for row in rows if row.product}


def test_an_article_with_variants_becomes_a_parent_and_its_variants(tmp_path: Path) -> None:
    rows = list(ShopifyFeed().read(write_shopify(tmp_path), {"currency": "=EUR"}))
    found = products(rows)
    assert list(found) == ["mug", "M-B", "mug / Red / L", "lamp"]
    parent, blue, red = found["mug"], found["M-B"], found["mug / Red / L"]
    assert [product.group for product in (parent, blue, red)] == ["mug"] * 3
    assert parent.photos == tuple(f"https://i.example/m{n}.jpg" for n in (1, 2, 3))
    assert (blue.photos, red.photos) == (("https://i.example/blue.jpg",), ())
    assert blue.attributes == {"color": "Blue", "size": "S"}
    assert red.attributes == {"color": "Red", "size": "L"}
    assert (blue.title, red.title) == ("Mug - Blue / S", "Mug - Red / L")
    assert {product.category for product in (parent, blue, red)} == {"Home > Mugs"}
    assert {product.tags for product in (parent, blue, red)} == {("blue", "gift")}
    assert parent.description == "Holds coffee"


def test_prices_and_stock(tmp_path: Path) -> None:
    found = products(list(ShopifyFeed().read(write_shopify(tmp_path), {"currency": "=EUR"})))
    assert (found["M-B"].price, found["M-B"].sale_price) == (
        Price(Decimal("12.00"), "EUR"),
        Price(Decimal("9.00"), "EUR"),
    )
    assert found["mug"].price == Price(Decimal("8.00"), "EUR")
    assert [found[name].availability for name in ("M-B", "mug / Red / L", "mug")] == [
        "out_of_stock",
        "in_stock",
        "in_stock",
    ]


def test_one_variant_is_one_product(tmp_path: Path) -> None:
    lamp = products(list(ShopifyFeed().read(write_shopify(tmp_path), {})))["lamp"]
    assert (lamp.group, lamp.title, lamp.attributes, lamp.photos) == ("", "Lamp", {}, ("https://i.example/l.jpg",))


def test_drafts_are_passed_over_with_the_reason(tmp_path: Path) -> None:
    last = list(ShopifyFeed().read(write_shopify(tmp_path), {}))[-1]
    assert last.product is None
    assert [problem.code for problem in last.problems] == ["not_published"]


def test_a_sku_equal_to_the_handle_does_not_hide_the_parent(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src\n"
        "tee,Tee,Size,S,tee,5,t.jpg\ntee,,,M,tee-m,5,\n"
    )
    assert list(products(list(ShopifyFeed().read(path, {})))) == ["tee", "tee / S", "tee-m"]


def test_the_newer_column_names(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(
        "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
        "Option1 name,Option1 value,Price,Compare-at price,Product image URL,Image position,Variant image URL\n"
        "Cup,cup,Nice,Acme,Home > Cups,,,true,Active,C-1,400,Size,S,5,,https://i.example/c.jpg,1,\n"
    )
    feed, detection = open_feed(path)
    (cup,) = products(list(feed.read(path, {}))).values()
    assert (detection.origin, detection.confidence) == ("shopify", 1.0)
    assert (cup.id, cup.category, cup.photos) == ("C-1", "Home > Cups", ("https://i.example/c.jpg",))
    assert cup.attributes == {"size": "S", "gtin": "400"}


def test_products_json(tmp_path: Path) -> None:
    path = tmp_path / "products.json"
    mug = {
        "id": 1, "title": "Mug", "handle": "mug", "body_html": "<p>Big {mug} \\ \"one\"</p>", "vendor": "Acme",
        "product_type": "Mugs", "tags": "blue, gift", "status": "active",
        "options": [{"name": "Color", "values": ["Blue", "Red"]}],
        "images": [{"id": 7, "src": "https://i.example/1.jpg"}, {"id": 8, "src": "https://i.example/2.jpg"}],
        "variants": [
            {"id": 11, "sku": "M-B", "price": "9.00", "compare_at_price": "12.00", "option1": "Blue", "image_id": 8},
            {"id": 12, "sku": "M-R", "price": "8.00", "option1": "Red", "image_id": None, "available": False},
        ],
    }  # fmt: skip
    plain = {"id": 2, "title": "Lamp", "handle": "lamp", "tags": ["a", "b"], "images": [], "variants": [{"price": "5"}]}
    path.write_text(json.dumps({"products": [mug, plain]}))
    feed, detection = open_feed(path)
    assert detection.origin == "shopify"
    found = products(list(feed.read(path, {})))
    assert list(found) == ["mug", "M-B", "M-R", "lamp"]
    assert found["mug"].photos == ("https://i.example/1.jpg", "https://i.example/2.jpg")
    assert found["mug"].description == 'Big {mug} \\ "one"'
    assert (found["M-B"].photos, found["M-R"].photos) == (("https://i.example/2.jpg",), ())
    assert found["M-R"].availability == "out_of_stock"
    assert found["lamp"].tags == ("a", "b")


def test_one_bad_object_in_products_json_does_not_stop_the_rest(tmp_path: Path) -> None:
    good = '{"title":"%s","handle":"%s","images":[],"variants":[{"price":"1","option1":"x"}]}'
    path = tmp_path / "products.json"
    path.write_text(f'{{"products":[{good % ("A", "a")},{{"title" "B"}},{good % ("C", "c")}]}}')
    rows = list(ShopifyFeed().read(path, {}))
    assert [row.product.id if row.product else None for row in rows] == ["a", None, "c"]
    assert rows[1].problems[0].code == "json_malformed"
