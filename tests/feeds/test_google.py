"""Google Merchant feeds, with the faults that live shops' feeds have."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from shoplens.errors import FeedError
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.google import GoogleFeed
from shoplens.records import Price
from tests.feeds.samples import GOOGLE_TSV


def read(path: Path, content: str | bytes, name: str = "feed.xml") -> list[FeedRow]:
    file = path / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(GoogleFeed().read(file, {}))


def codes(row: FeedRow) -> list[str]:
    return [problem.code for problem in row.problems]


def test_tsv_row_by_row(tmp_path: Path) -> None:
    first, second = read(tmp_path, GOOGLE_TSV, "feed.txt")
    assert first.number == 2
    assert first.problems == ()
    product = first.product
    assert product is not None
    assert (product.id, product.group, product.listing) == ("A-1", "A", "A")
    assert product.category == "Clothing > Tees"
    assert product.price == Price(Decimal("25.00"), "USD")
    assert product.sale_price == Price(Decimal("20.00"), "USD")
    assert product.photos == tuple(f"https://i.example/a{n}.jpg" for n in (1, 2, 3))
    assert product.attributes == {"color": "Red", "size": "S", "gender": "unisex"}
    assert second.product is not None
    assert second.product.availability == "out_of_stock"
    assert second.product.photos == first.product.photos[:1]


def test_a_raw_ampersand_in_an_address_is_mended_and_noted(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel>'
        "<item><g:id>1</g:id><title>A</title><g:image_link>https://i.example/p?a=1&b=2&amp;c=3</g:image_link></item>"
        "<item><g:id>2</g:id><title>B</title><g:image_link>https://i.example/q.jpg</g:image_link></item>"
        "</channel></rss>",
    )
    assert [row.product and row.product.photos for row in rows] == [
        ("https://i.example/p?a=1&b=2&c=3",),
        ("https://i.example/q.jpg",),
    ]
    assert [codes(row) for row in rows] == [["xml_repaired"], []]


def test_one_broken_item_does_not_stop_the_others(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "<rss><channel>"
        "<item><id>1</id><title>A</title><image_link>https://i.example/1.jpg</image_link></item>"
        "<item><id>2</id><title>B</titel><image_link>https://i.example/2.jpg</image_link></item>"
        "<item><id>3</id><title>never closed<image_link>https://i.example/3.jpg</image_link>"
        "<item><id>4</id><title>5 < 6 &nbsp;cm</title><image_link>https://i.example/4.jpg</image_link></item>"
        "</channel></rss>",
    )
    assert [row.product.id if row.product else None for row in rows] == ["1", None, None, "4"]
    assert codes(rows[1]) == codes(rows[2]) == ["xml_malformed"]
    assert rows[3].product is not None
    assert rows[3].product.title == "5 < 6 cm"


def test_no_namespace_no_rss_no_root(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "<item><id>1</id><title>A</title><image_link>https://i.example/1.jpg</image_link></item>\n"
        "<item><g:id>2</g:id><title>B</title><g:image_link>https://i.example/2.jpg</g:image_link></item>",
    )
    assert [row.product.id for row in rows if row.product] == ["1", "2"]
    assert all(row.problems == () for row in rows)


def test_atom_with_its_own_id_and_link(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0"><title>Shop</title>'
        '<entry><id>tag:s.example,2020:1</id><g:id>SKU-1</g:id><title>A</title><link href="https://s.example/1"/>'
        "<g:image_link>https://i.example/1.jpg</g:image_link>"
        "<g:additional_image_link>https://i.example/2,x.jpg</g:additional_image_link>"
        "<g:additional_image_link>https://i.example/3.jpg</g:additional_image_link></entry></feed>",
    )
    assert row.product is not None
    assert (row.product.id, row.product.link) == ("SKU-1", "https://s.example/1")
    assert row.product.photos == tuple(f"https://i.example/{name}.jpg" for name in ("1", "2,x", "3"))


def test_double_escaped_entities_and_markup(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        "<rss><item><id>1</id><title>Salt &amp;amp; Pepper</title>"
        "<description>&amp;lt;p&amp;gt;Caf&amp;eacute;&amp;lt;/p&amp;gt;&amp;lt;ul&amp;gt;&amp;lt;li&amp;gt;one"
        "&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;</description>"
        "<product_type>Home &amp;gt; Caf&#233;</product_type><image_link>https://i.example/1.jpg</image_link></item></rss>",
    )
    assert row.product is not None
    assert row.product.title == "Salt & Pepper"
    assert row.product.description == "Café\none"
    assert row.product.category == "Home > Café"


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("$2,030", Price(Decimal("2030"), "USD")),
        ("290 ILS", Price(Decimal("290"), "ILS")),
        ("1.299,00 €", Price(Decimal("1299.00"), "EUR")),
    ],
)
def test_prices_of_live_shops(tmp_path: Path, text: str, price: Price) -> None:
    (row,) = read(
        tmp_path,
        f"<item><id>1</id><title>A</title><image_link>//i.example/1.jpg</image_link><price>{text}</price></item>",
    )
    assert row.product is not None
    assert row.product.price == price
    assert row.problems == ()


def test_an_availability_nobody_knows_is_a_warning(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path,
        "<item><id>1</id><title>A</title><image_link>https://i.example/1.jpg</image_link>"
        "<availability>Промо</availability></item>",
    )
    assert row.product is not None
    assert row.product.availability == "in_stock"
    assert codes(row) == ["availability_unknown"]
    assert "Промо" in row.problems[0].message


def test_rows_per_size_share_photo_and_group(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "id\ttitle\timage_link\titem_group_id\tsize\n"
        "77__S\tחולצה כחולה\thttps://i.example/7.jpg\t77\tS\n"
        "77__\tחולצה כחולה\thttps://i.example/7.jpg\t77\t\n",
        "feed.tsv",
    )
    products = [row.product for row in rows if row.product]
    assert [(product.id, product.group, dict(product.attributes)) for product in products] == [
        ("77__S", "77", {"size": "S"}),
        ("77__", "77", {}),
    ]
    assert {product.title for product in products} == {"חולצה כחולה"}
    assert {product.photos for product in products} == {("https://i.example/7.jpg",)}


def test_a_repeated_id_is_noted_on_the_later_row(tmp_path: Path) -> None:
    rows = read(tmp_path, "id\ttitle\timage_link\n1\tA\ta.jpg\n1\tB\tb.jpg\n", "feed.tsv")
    assert [codes(row) for row in rows] == [[], ["id_duplicated"]]
    assert "Row 2" in rows[1].problems[0].message


def test_bad_fields_are_named_and_only_an_id_is_indispensable(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        f"id\ttitle\timage_link\tprice\n\tno id\ta.jpg\t1\n{'x' * 51}\t{'y' * 151}\t\tten euros\n3\t\tc.jpg\t-5 EUR\n",
        "feed.tsv",
    )
    assert [row.product is None for row in rows] == [True, False, False]
    assert codes(rows[0]) == ["id_missing"]
    assert codes(rows[1]) == ["id_too_long", "title_too_long", "photo_missing", "price_unreadable"]
    assert codes(rows[2]) == ["title_missing", "price_unreadable"]
    assert "'ten euros'" in rows[1].problems[3].message


def test_entity_declarations_are_refused(tmp_path: Path) -> None:
    lol = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};&l{n - 1};">' for n in range(1, 20))
    with pytest.raises(FeedError, match="entities"):
        read(
            tmp_path, f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss><item><id>1</id><title>&l19;</title></item></rss>'
        )


def test_an_item_beyond_the_cap_is_skipped(tmp_path: Path) -> None:
    huge = "<item><id>1</id><title>" + "x" * (1 << 20) + "</title></item>"
    rows = read(tmp_path, f"<rss>{huge}<item><id>2</id><title>B</title><image_link>b.jpg</image_link></item></rss>")
    assert [codes(row) for row in rows] == [["row_too_large"], []]


def test_items_that_straddle_the_reading_buffer(tmp_path: Path) -> None:
    items = "".join(
        f"<item><g:id>{n}</g:id><title><![CDATA[A & <b>{'long ' * (n % 25)}</b> </item> ]]></title>"
        f"<g:image_link>https://i.example/{n}.jpg</g:image_link></item>"
        for n in range(3000)
    )
    rows = read(tmp_path, f"<rss><!-- <item> --><channel>{items}</channel></rss>")
    assert [row.product.id for row in rows if row.product] == [str(n) for n in range(3000)]
    assert not any(row.problems for row in rows)


def test_declared_encodings(tmp_path: Path) -> None:
    item = "<item><id>1</id><title>Платье</title><image_link>a.jpg</image_link></item>"
    text = f'<?xml version="1.0" encoding="windows-1251"?>{item}'
    (row,) = read(tmp_path, text.encode("cp1251"))
    assert row.product is not None
    assert row.product.title == "Платье"


def test_titles_are_composed(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "id\ttitle\timage_link\n1\tCafe\u0301\ta.jpg\n", "feed.tsv")
    assert row.product is not None
    assert row.product.title == "Café"
