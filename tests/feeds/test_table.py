"""Tables of any columns."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from shoplens.errors import FeedError
from shoplens.feeds.detect import open_feed
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.table import TableFeed
from shoplens.records import Price
from tests.feeds.samples import TABLE_CSV, write_table


def read(path: Path, **mapping: str) -> list[FeedRow]:
    return list(TableFeed().read(path, mapping))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_chinese_headers_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TABLE_CSV.replace(";", delimiter).encode(encoding))
    first, second = read(path)
    assert first.product is not None
    assert second.product is not None
    assert first.problems == second.problems == ()
    assert (first.product.id, first.product.title, first.product.category) == ("S1", "红色连衣裙", "女装 > 连衣裙")
    assert first.product.photos == ("s1.jpg", "s1b.jpg")
    assert first.product.price == Price(Decimal("199"), "CNY")
    assert (second.product.brand, dict(second.product.attributes)) == ("良品", {"color": "蓝色"})


def test_latin_and_cyrillic_code_pages(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for encoding, title in (("cp1252", "Crème brûlée à l'été"), ("cp1251", "Летнее платье с цветами")):
        path.write_bytes(f"id,title,image\n1,{title},a.jpg\n".encode(encoding))
        (row,) = read(path)
        assert row.product is not None
        assert row.product.title == title


def test_json_lines_with_nested_values(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    item = {"sku": "007", "name": "Mug", "price": {"amount": 1299.5, "currency": "EUR"}, "images": ["a,1.jpg", "b.jpg"]}
    path.write_text(json.dumps(item) + "\n\nnot json\n[1]\n" + json.dumps({**item, "sku": "008", "price": None}) + "\n")
    rows = read(path, price="price.amount", currency="price.currency")
    assert [row.number for row in rows] == [1, 3, 4, 5]
    assert [row.problems[0].code if row.problems else "" for row in rows] == [
        "",
        "json_malformed",
        "json_malformed",
        "",
    ]
    assert rows[0].product is not None
    assert rows[0].product.price == Price(Decimal("1299.5"), "EUR")
    assert rows[0].product.photos == ("a,1.jpg", "b.jpg")
    assert rows[3].product is not None
    assert rows[3].product.id == "008"


def test_a_json_list(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(
        json.dumps([{"id": n, "title": 'a "quoted" {brace} \\', "image": f"{n}.jpg"} for n in range(2000)], indent=1)
    )
    feed, detection = open_feed(path)
    rows = list(feed.read(path, {}))
    assert detection.origin == "table"
    assert [row.product.id for row in rows if row.product] == [str(n) for n in range(2000)]


def test_mapping_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("nr,was,a,b,foto,front\n1,,Hut,rot,,x.jpg\n2,Kappe,Hut,blau,y.jpg,\n")
    mapping = {"id": "NR", "title": "was|a", "farbe": "b", "photos": "foto+front", "category": "=Hats"}
    rows = read(path, **mapping)
    assert [(row.product.title, row.product.photos, row.product.attributes) for row in rows if row.product] == [
        ("Hut", ("x.jpg",), {"farbe": "rot"}),
        ("Kappe", ("y.jpg",), {"farbe": "blau"}),
    ]


def test_an_unknown_column_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"Received: nowhere\. .*商品编号, 商品名称") as caught:
        read(write_table(tmp_path), title="nowhere")
    assert caught.value.code == "column_unknown"


def test_no_id_and_no_photo_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("foo,title\n1,A\n")
    with pytest.raises(FeedError, match="--map id=COLUMN"):
        read(path)


def test_a_table_of_photos_needs_no_id_and_no_title(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("path,label\ntrain/blue_tee-01.jpg,tee\n")
    (row,) = read(path)
    assert row.product is not None
    assert row.problems == ()
    assert (row.product.id, row.product.title, row.product.category) == ("train/blue_tee-01.jpg", "blue tee 01", "tee")


def test_rows_of_the_wrong_width_are_rejected_by_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('id,title,image\n1,"two\nlines",a.jpg\n2,B\n3,C,c.jpg,extra\n4,D,d.jpg,\n\n5,E,e.jpg\n6,F')
    rows = read(path)
    assert [(row.number, row.product.id if row.product else row.problems[0].code) for row in rows] == [
        (2, "1"), (4, "columns_wrong"), (5, "columns_wrong"), (6, "4"), (8, "5"), (9, "columns_wrong"),
    ]  # fmt: skip


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    lines = [f'{n},"title {n}",{n}.jpg' for n in range(1, 200)]
    lines[4] = '5,"title 5,5.jpg'
    path.write_text("id,title,image\n" + "\n".join(lines) + "\n")
    rows = read(path)
    ids = [row.product.id for row in rows if row.product]
    # the lost quote is closed by the next row's first one, which makes both of a wrong width
    assert [str(n) for n in range(7, 200)] == ids[-193:]
    assert ids[:4] == ["1", "2", "3", "4"]
    assert all(row.product or row.problems[0].code in ("columns_wrong", "quote_unclosed") for row in rows)


def test_an_unclosed_quote_in_an_unquoted_file_does_not_swallow_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    lines = [f"{n}\ttitle {n} {'of words ' * 10}\t{n}.jpg" for n in range(1, 15_000)]
    lines[1] = '2\t"broken\t2.jpg'
    path.write_text("id\ttitle\timage\n" + "\n".join(lines) + "\n")
    rows = read(path)
    assert len(rows) == 14_999
    assert [(row.number, row.problems[0].code) for row in rows if not row.product] == [(3, "quote_unclosed")]


def test_a_file_full_of_unclosed_quotes_is_read_in_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("id\ttitle\timage\n" + "".join(f'{n}\t"t\t{n}.jpg\n' for n in range(1, 101)) + "101\tok\tx.jpg\n")
    rows = read(path)
    assert rows[-1].product is not None
    assert rows[-1].product.id == "101"


def test_bytes_of_another_encoding_are_named_by_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    good = "".join(f"{n},红色连衣裙红色连衣裙,{n}.jpg\n" for n in range(50))
    path.write_bytes(f"id,title,image\n{good}".encode() + b"x,caf\xe9,x.jpg\n\xe9,title,y.jpg\n")
    rows = read(path)
    assert rows[50].product is not None
    assert rows[50].product.title == "caf\ufffd"
    assert [(problem.code, problem.field) for problem in rows[50].problems] == [("bytes_undecodable", "title")]
    assert rows[51].product is None
    assert rows[51].problems[-1].code == "id_unusable"


def test_fields_beyond_pythons_own_limit_and_rows_beyond_ours(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"id,description,image\n1,{'x' * 500_000},a.jpg\n2,{'x' * 1_100_000},b.jpg\n3,ok,c.jpg\n")
    rows = read(path)
    assert [row.product.id if row.product else row.problems[0].code for row in rows] == ["1", "row_too_large", "3"]
    assert rows[0].product is not None
    assert len(rows[0].product.description) == 500_000


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"PK\x03\x04rest", "Excel"),
        (b"\x1f\x8brest", "gzip"),
        (b"\xff\xd8\xff\xe0", "folder"),
        (b"", "empty"),
        (b"  \n\n", "empty"),
    ],
)
def test_what_is_no_text_says_what_it_is(tmp_path: Path, start: bytes, words: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(start)
    with pytest.raises(FeedError, match=words):
        open_feed(path)


def test_real_tables(shared_data: Path) -> None:
    path = shared_data / "catalogue-feeds" / "microsoft" / "tailwind-ProductItems.csv"
    feed, detection = open_feed(path)
    rows = list(feed.read(path, {}))
    assert (detection.origin, len(rows)) == ("table", 70)
    assert all(row.product and row.product.photos and row.product.price and not row.problems for row in rows)
