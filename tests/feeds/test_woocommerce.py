"""WooCommerce's CSV, and WordPress's XML."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from shoplens.feeds.detect import open_feed
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.woocommerce import WooCommerceFeed
from shoplens.records import Price, Product
from tests.feeds.samples import write_woocommerce


def products(rows: list[FeedRow]) -> dict[str, Product]:
    return {row.product.id: row.product for row in rows if row.product}


def test_variations_find_their_parent_by_number_and_by_sku(tmp_path: Path) -> None:
    found = products(list(WooCommerceFeed().read(write_woocommerce(tmp_path), {})))
    assert list(found) == ["76", "hoodie", "hoodie-blue", "cap"]
    assert [found[name].group for name in found] == ["hoodie", "hoodie", "hoodie", ""]


def test_a_variation_takes_category_and_tags_but_no_photo(tmp_path: Path) -> None:
    found = products(list(WooCommerceFeed().read(write_woocommerce(tmp_path), {})))
    assert found["hoodie"].photos == ("https://i.example/h1.jpg", "https://i.example/h2.jpg")
    assert found["hoodie-blue"].photos == ()
    assert found["hoodie"].price == Price(Decimal("30"))
    assert found["hoodie-blue"].category == found["hoodie"].category == "Clothing > Hoodies"
    assert found["hoodie"].tags == ("warm", "Sale")
    assert found["76"].attributes == {"color": "Red", "size": "L"}
    assert found["hoodie"].attributes == {"color": "Red, Blue", "size": "L, XL"}
    assert found["hoodie"].description == "A warm one."
    assert found["hoodie-blue"].availability == "out_of_stock"


def test_a_comma_inside_a_category_name_is_escaped(tmp_path: Path) -> None:
    found = products(list(WooCommerceFeed().read(write_woocommerce(tmp_path), {})))
    assert found["cap"].category == "Clothing > Caps, Hats"


def test_drafts_are_passed_over_with_the_reason(tmp_path: Path) -> None:
    last = list(WooCommerceFeed().read(write_woocommerce(tmp_path), {}))[-1]
    assert (last.product, [problem.code for problem in last.problems]) == (None, ["not_published"])


def test_a_variation_without_a_parent_in_the_file_is_kept_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("ID,Type,SKU,Name,Published,Regular price,Images,Parent\n9,variation,x-1,X,1,5,x.jpg,id:4\n")
    (row,) = WooCommerceFeed().read(path, {})
    assert row.product is not None
    assert row.product.group == "4"
    assert [problem.code for problem in row.problems] == ["parent_missing"]


def test_wordpress_xml(tmp_path: Path) -> None:
    def item(number: int, kind: str, title: str, meta: dict[str, str], extra: str = "") -> str:
        rows = "".join(
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{text}]]></wp:meta_value></wp:postmeta>"
            for key, text in meta.items()
        )
        return (
            f"<item><title>{title}</title><link>https://s.example/{number}</link>"
            "<content:encoded><![CDATA[<p>Soft & warm</p>]]></content:encoded><excerpt:encoded></excerpt:encoded>"
            f"<wp:post_id>{number}</wp:post_id><wp:status>publish</wp:status><wp:post_type>{kind}</wp:post_type>"
            f"{rows}{extra}</item>"
        )

    terms = (
        '<category domain="product_type" nicename="variable"><![CDATA[variable]]></category>'
        '<category domain="product_cat" nicename="tees"><![CDATA[Tees]]></category>'
        '<category domain="pa_color" nicename="red"><![CDATA[Red]]></category>'
    )
    red = {"_sku": "tee-red", "_regular_price": "9", "_thumbnail_id": "31", "attribute_pa_color": "red"}
    path = tmp_path / "export.xml"
    path.write_text(
        '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="c"><channel>'
        + item(20, "product_variation", "Tee - Red", red, "<wp:post_parent>6</wp:post_parent>")
        + item(
            6,
            "product",
            "Tee",
            {"_sku": "tee", "_product_image_gallery": "31,99", "_stock_status": "outofstock"},
            terms,
        )
        + item(31, "attachment", "red.jpg", {}, "<wp:attachment_url>https://i.example/red.jpg</wp:attachment_url>")
        + item(32, "post", "News", {})
        + "</channel></rss>"
    )
    feed, detection = open_feed(path)
    assert (detection.origin, detection.confidence) == ("woocommerce", 1.0)
    variation, parent = products(list(feed.read(path, {}))).values()
    assert (variation.id, variation.group, variation.category) == ("tee-red", "tee", "Tees")
    assert variation.attributes == {"color": "red"}
    assert variation.photos == parent.photos == ("https://i.example/red.jpg",)
    assert (parent.group, parent.availability, parent.description) == ("tee", "out_of_stock", "Soft & warm")


def test_the_official_samples(shared_data: Path) -> None:
    folder = shared_data / "catalogue-feeds" / "woocommerce"
    for name in ("sample_products.csv", "sample_products.xml"):
        feed, detection = open_feed(folder / name)
        rows = list(feed.read(folder / name, {}))
        assert detection.origin == "woocommerce"
        assert all(row.product and not row.problems for row in rows)
        assert Counter(row.product.group for row in rows if row.product) == {
            "": 16,
            "woo-hoodie": 5,
            "woo-vneck-tee": 4,
        }
