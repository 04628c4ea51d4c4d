"""`shoplens inspect`: output, report files and exit codes."""

from __future__ import annotations

import errno
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from shoplens.catalog.store import Catalog
from shoplens.cli.inspect import inspect
from shoplens.errors import BadInput, FeedError, UnknownName
from shoplens.photos.decode import decode, encode
from shoplens.records import Product
from tests.quality.drawn import product

app = typer.Typer()
app.command()(inspect)


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "good.jpg").write_bytes(encode(product(300), "jpeg"))
    (folder / "bad name.png").write_bytes(encode(product(300, seed=1), "jpeg"))
    return folder


def test_exit_codes(photos: Path) -> None:
    assert run(photos)[0] == 0
    assert run(photos, "--fail-on", "warning")[0] == 1
    assert run(photos, "--rules", "google-2027")[0] == 1
    assert run(photos, "--rules", "google-2027", "--fail-on", "never")[0] == 0
    assert run(photos / "good.jpg", "--fail-on", "warning")[0] == 0


def test_a_photo_with_a_rare_ending_is_no_feed(photos: Path) -> None:
    (photos / "good.jpg").rename(photos / "good.pjpeg")
    assert run(photos / "good.pjpeg")[0] == 0


def test_the_table_names_the_problem(photos: Path) -> None:
    _, text = run(photos, "--rules", "google-2027,amazon")
    assert "photo_too_small" in text
    assert "2 photos" in text


def test_rule_packs_may_be_named_one_by_one(photos: Path) -> None:
    together = json.loads(run(photos, "--json", "--rules", "google-2027,amazon")[1])
    one_by_one = json.loads(run(photos, "--json", "--rules", "google-2027", "--rules", "amazon")[1])
    assert one_by_one["ready"].keys() == {"google-2027", "amazon"}
    assert one_by_one["findings"] == together["findings"]


def test_json_for_programs(photos: Path) -> None:
    code, text = run(photos, "--json", "--fail-on", "warning")
    data = json.loads(text)
    assert code == 1
    assert data["counts"] == {"wrong_extension": 1}
    assert data["findings"][0]["name"] == "bad name.png"


@pytest.mark.parametrize("ending", ["html", "json", "csv"])
def test_report_files(photos: Path, tmp_path: Path, ending: str) -> None:
    report = tmp_path / "new" / f"report.{ending}"
    run(photos, "--report", report)
    text = report.read_text(encoding="utf-8-sig")
    assert "wrong_extension" in text
    assert "bad name.png" in text


@pytest.mark.parametrize("ending", ["html", "json", "csv"])
def test_a_name_that_is_no_utf8_is_escaped(tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (Path(os.fsdecode(bytes(folder) + b"/bad\xffname.jpg"))).write_bytes(b"x")
    report = tmp_path / f"report.{ending}"
    assert run(folder, "--report", report)[0] == 1
    text = report.read_text(encoding="utf-8-sig")
    assert "udcffname.jpg" in text
    if ending == "json":
        assert json.loads(text)["findings"][0]["name"] == "bad\\udcffname.jpg"


def test_a_report_stays_until_the_new_one_is_whole(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.html"
    report.write_text("the one before", encoding="utf-8")

    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        run(photos, "--report", report)
    assert report.read_text(encoding="utf-8") == "the one before"
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "report.html"}


def test_one_photo_is_told_in_full(photos: Path) -> None:
    Path(photos / "framed.jpg").write_bytes(encode(np.pad(product(300), ((9, 9), (9, 9), (0, 0))), "jpeg"))
    _, text = run(photos / "framed.jpg", "--rules", "google-2027")
    small, border = (next(line for line in text.splitlines() if code in line) for code in ("too_small", "border"))
    assert "The photo is 318 x 318 px" in small
    assert "318 < 500 px" in small
    assert re.search(r"% > 0.4 % +0\.\d\d,0\.\d\d,\d\.\d\d,\d\.\d\d$", border)


def test_mistakes_are_named(photos: Path) -> None:
    with pytest.raises(BadInput, match="html"):
        run(photos, "--report", "report.pdf")
    with pytest.raises(UnknownName, match="amazon"):
        run(photos, "--rules", "ebay")
    for nothing in ("", "google,"):
        with pytest.raises(BadInput, match="names no rule pack"):
            run(photos, "--rules", nothing)
    with pytest.raises(BadInput, match="no picture file"):
        run(photos / "none")


def test_a_shop(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    with Catalog.open(shop, create=True) as catalog, catalog.batch() as batch:
        path = shop / "a.jpg"
        path.write_bytes(encode(product(300, fill=0.9), "jpeg"))
        facts = decode(path.read_bytes()).facts
        batch.put_photo(facts, path)
        for product_id in ("a", "b"):
            batch.put_product(Product(product_id, "Shirt"))
        batch.link("a", [facts.sha256])
    code, text = run("--shop", shop)
    assert code == 1
    assert "product_without_photo" in text
    with Catalog.open(shop) as catalog:
        assert [finding.product_id for finding in catalog.findings()] == ["b"]


def test_a_feed(photos: Path, tmp_path: Path) -> None:
    feed = tmp_path / "products.csv"
    lines = ["id,title,image_link", "a,Shirt,photos/good.jpg", "b,Trousers,photos/missing.jpg"]
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = tmp_path / "report.html"
    code, text = run(feed, "--rules", "google-2027", "--json", "--report", page)
    data = json.loads(text)
    assert code == 1
    assert (data["source"], data["products"]) == (str(feed), 2)
    assert {("a", "photo_too_small"), ("b", "photo_not_found")} <= {
        (f["product_id"], f["code"]) for f in data["findings"]
    }
    assert "data:image" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("source", ["photos", "photos/good.jpg", "products.csv"])
def test_without_rules_what_is_named_is_judged_by_the_shops(photos: Path, tmp_path: Path, source: str) -> None:
    (tmp_path / "products.csv").write_text("id,title,image_link\na,Shirt,photos/good.jpg\n", encoding="utf-8")
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "shoplens.toml").write_text('rules = ["amazon"]\n', encoding="utf-8")
    words = (tmp_path / source, "--shop", shop, "--fail-on", "never")
    assert "by the rules of ShopLens." in run(*words)[1]  # a folder is no shop
    with Catalog.open(shop, create=True):
        pass
    assert "by the rules of Amazon" in run(*words)[1]


def test_one_is_told_as_one(photos: Path) -> None:
    text = run(photos / "good.jpg", "--rules", "shop")[1]
    assert re.match(r"1 photo in .*\nReady for shop: 1 of 1 photo \(", text)


def test_an_empty_source_is_not_the_current_folder(photos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(photos)
    with pytest.raises(BadInput, match="SOURCE is empty"):
        run("")


def test_rejected_rows_of_a_feed_are_named_and_are_errors(photos: Path, tmp_path: Path) -> None:
    feed = tmp_path / "products.csv"
    lines = ["id,title,image_link", ",No id,photos/good.jpg", "b,Shirt,photos/good.jpg", "c,Shirt,photos/good.jpg,d,e"]
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, text = run(feed, "--rules", "shop")
    assert code == 1
    assert "Rows rejected, of which nothing was inspected: 2." in text
    assert re.search(r"^2 +The row has no id", text, re.MULTILINE)
    assert re.search(r"^4 +The row has 5 values", text, re.MULTILINE)
    code, text = run(feed, "--rules", "shop", "--json", "--fail-on", "never")
    data = json.loads(text)
    assert code == 0
    assert data["rejected"] == 2
    assert [(row["row"], row["code"]) for row in data["rejections"]] == [(2, "id_missing"), (4, "columns_wrong")]


def test_a_rejected_row_is_told_as_the_feed_has_it(photos: Path, tmp_path: Path) -> None:
    feed = tmp_path / "products.csv"
    lines = ["id,title,image_link,price", "-5,Shirt,photos/good.jpg,1.2345678 USD", "b,Shirt,photos/good.jpg,1 USD"]
    feed.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (row,) = json.loads(run(feed, "--json")[1])["rejections"]
    assert row["product_id"] == "-5"


@pytest.mark.parametrize(("rows", "said"), [([], "no row"), ([",Shirt,photos/good.jpg"], "row 2: The row has no id")])
def test_a_feed_without_a_product_is_refused(photos: Path, tmp_path: Path, rows: list[str], said: str) -> None:
    feed = tmp_path / "products.csv"
    feed.write_text("\n".join(["id,title,image_link", *rows]) + "\n", encoding="utf-8")
    with pytest.raises(FeedError, match=said):
        run(feed)


def test_a_feed_is_read_by_the_options_of_import(photos: Path, tmp_path: Path) -> None:
    feed = tmp_path / "own.csv"
    feed.write_text("foo,bar\nA1,good.jpg\n", encoding="utf-8")
    with pytest.raises(FeedError, match="--origin table"):
        run(feed)
    reading = ("--origin", "table", "--map", "id=foo", "--map", "photos=bar", "--photos", photos)
    data = json.loads(run(feed, *reading, "--json")[1])
    assert (data["products"], data["photos"]) == (1, 1)
    with pytest.raises(BadInput, match="how to read a feed"):
        run(photos, "--origin", "table")


def test_a_file_that_is_no_feed_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "notes.csv"
    strange.write_text("hello", encoding="utf-8")
    with pytest.raises(FeedError):
        run(strange)
