"""Every command on a drawn shop: what it answers, as a table and as JSON, and what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from shoplens.demo.shop import draw_shop
from shoplens.photos.encode import encode
from shoplens.records import Box
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop


def test_products(shoplens: Command, drawn: DrawnShop) -> None:
    answer = shoplens("products", "--shop", drawn.shop, "--limit", 3)
    assert answer.code == 0
    header, *rows, last = answer.out.splitlines()
    assert header.split() == ["product", "title", "category", "price", "photos", "findings"]
    assert len(rows) == 3
    assert last == f"3 of {len(drawn.ids)} products."
    assert all(line == line.rstrip() for line in answer.out.splitlines())


def test_products_pages(shoplens: Command, drawn: DrawnShop) -> None:
    seen: list[str] = []
    for offset in range(0, len(drawn.ids), 7):
        page = shoplens("products", "--shop", drawn.shop, "--limit", 7, "--offset", offset, "--json")
        seen += [row["id"] for row in json.loads(page.out)["products"]]
    assert seen == drawn.ids


def test_products_with_a_finding(shoplens: Command, drawn: DrawnShop) -> None:
    found = json.loads(shoplens("products", "--shop", drawn.shop, "--finding", "photo_too_small", "--json").out)
    assert found["products"]
    assert all("photo_too_small" in row["findings"] for row in found["products"])
    mistyped = shoplens("products", "--shop", drawn.shop, "--finding", "photo_too_smal")
    assert mistyped.code == 2
    assert "photo_too_small" in mistyped.err


def test_the_environment_names_the_shop(shoplens: Command, drawn: DrawnShop) -> None:
    assert shoplens("products", SHOPLENS_SHOP=str(drawn.shop)).code == 0
    missing = shoplens("products")
    assert missing.code == 2
    assert "shoplens import" in missing.err


def test_search_by_words_in_both_languages(shoplens: Command, drawn: DrawnShop) -> None:
    for words in ("dress", "连衣裙"):
        found = json.loads(shoplens("search", words, "--shop", drawn.shop, "--json").out)["matches"]
        assert found, words
        assert all(match["category"] == "Clothing > Dresses" for match in found)


def test_search_by_photo(shoplens: Command, drawn: DrawnShop) -> None:
    answer = json.loads(shoplens("search", drawn.query, "--shop", drawn.shop, "--json", "--limit", 5).out)
    assert sorted(answer) == ["box", "facets", "kinds", "matches", "no_match", "understood"]
    assert Box(**answer["box"])
    assert answer["kinds"][0]["probability"] == max(kind["probability"] for kind in answer["kinds"])
    found = answer["matches"]
    assert 1 <= len(found) <= 5
    scores = [match["score"] for match in found]
    assert scores == sorted(scores, reverse=True)
    assert len({match["listing"] for match in found}) == len(found)
    assert all(match["photo"] for match in found)


def test_search_says_what_each_match_is_and_why(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    common = ("search", drawn.query, "--shop", drawn.shop, "--limit", 5)
    found = json.loads(shoplens(*common, "--why", "--json").out)["matches"]
    plain = json.loads(shoplens(*common, "--json").out)["matches"]
    assert [match | {"reasons": []} for match in found] == plain, "reasons change nothing that the answer says"
    assert all(match["relation"] in ("exact", "similar", "related") for match in found)
    assert all(0 <= match["same_product"] <= match["same_kind"] <= 1 for match in found)
    assert any(reason["code"] == "same_color" for match in found for reason in match["reasons"])
    table = shoplens(*common, "--why", "--heat", tmp_path / "why.png").out
    assert "match" in table
    assert "sure" in table
    assert "same color" in table
    assert (tmp_path / "why.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(shoplens("search", "dress", "--shop", drawn.shop, "--json").out)["matches"][0]["relation"] is None


def test_a_photo_of_nothing_that_the_shop_has_is_no_match(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8)
    (tmp_path / "noise.png").write_bytes(encode(noise, "png"))
    said = shoplens("search", tmp_path / "noise.png", "--shop", drawn.shop, "--limit", 3).out
    assert said.startswith("No match: the shop hardly has this product.")
    answer = json.loads(shoplens("search", tmp_path / "noise.png", "--shop", drawn.shop, "--json").out)
    assert answer["no_match"] is True
    assert answer["kinds"][0]["category"] in said


def test_search_filters(shoplens: Command, drawn: DrawnShop) -> None:
    common = ("search", drawn.query, "--shop", drawn.shop, "--json", "--limit", 100)
    everything = json.loads(shoplens(*common).out)["matches"]
    prices = sorted(float(match["price"]["amount"]) for match in everything)
    middle = prices[len(prices) // 2]
    cheap = json.loads(shoplens(*common, "--max-price", middle).out)["matches"]
    assert {match["listing"] for match in cheap}
    assert all(float(match["price"]["amount"]) <= middle for match in cheap)
    dear = json.loads(shoplens(*common, "--min-price", middle).out)["matches"]
    assert all(float(match["price"]["amount"]) >= middle for match in dear)
    stocked = json.loads(shoplens(*common, "--in-stock").out)["matches"]
    assert all(match["availability"] == "in_stock" for match in stocked)
    shelf = json.loads(shoplens(*common, "--category", "Clothing").out)["matches"]
    assert shelf
    assert all(match["category"].startswith("Clothing") for match in shelf)
    red = json.loads(shoplens(*common, "--attribute", "Color=RED").out)["matches"]
    assert red
    assert all("red" in match["title"].lower() for match in red)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.jpg"], "There is no such photo (received: missing.jpg)"),
        (["dress", "--attribute", "color"], "NAME=VALUE"),
        (["dress", "--max-price", "cheap"], "That is no price (received: cheap)"),
        (["dress", "--max-price", "-1"], "from 0 up"),
        (["dress", "--min-price", "nan"], "from 0 up"),
        (["dress", "--box", "0,0,1,1"], "--box is a part of a photo"),
        (["QUERY", "--box", "1,2"], "x0,y0,x1,y1"),
        (["  "], "nothing to search for"),
        (["dress", "--limit", "0"], "--limit"),
        (["FEED"], "not a picture"),
        (["QUERY", "QUERY", "--box", "0,0,1,1"], "--box is a part of a photo"),
        (["QUERY", "--weights", "1,2"], "one weight for each"),
        (["QUERY", "--weights", "0"], "weight is from 0.001 to 1000"),
        (["QUERY", "--weights", "1e308"], "weight is from 0.001 to 1000"),
        (["dress", "--facets", "colour"], "There is no facet of that name (received: colour). Choose one of: "),
        (["--not", "QUERY"], "says nothing alone"),
        (["QUERY", "--not", "missing.jpg"], "There is no such photo"),
        (["--product", "nobody"], "nobody"),
        (["dress", "--color", "loud"], "no colour of that name"),
    ],
)
def test_search_refuses(shoplens: Command, drawn: DrawnShop, arguments: list[str], words: str) -> None:
    known = {"QUERY": str(drawn.query), "FEED": str(drawn.feed)}
    answer = shoplens("search", *(known.get(text, text) for text in arguments), "--shop", drawn.shop)
    assert answer.code == 2
    assert words in answer.err
    assert answer.out == ""


def test_search_by_several_examples_and_words(shoplens: Command, drawn: DrawnShop) -> None:
    def found(*arguments: object) -> list[dict[str, object]]:
        answer = shoplens("search", *arguments, "--shop", drawn.shop, "--json", "--limit", 100)
        assert answer.code == 0, answer.err
        listed: list[dict[str, object]] = json.loads(answer.out)["matches"]
        return listed

    one, other = drawn.ids[0], drawn.ids[-1]
    assert one not in [match["product"] for match in found("--product", one)]
    assert found("--product", one) != found("--product", one, "--not-product", other)
    weighed = found("--product", one, "--product", other, "--weights", "1,9")
    assert weighed != found("--product", one, "--product", other, "--weights", "9,1")
    assert found(drawn.query, "--not", drawn.query, "--product", one)
    assert found(drawn.query, drawn.query) == found(drawn.query, drawn.query, "--weights", "2,2")
    said = shoplens("search", drawn.query, "--text", "in red", "--shop", drawn.shop, "--json").out
    assert json.loads(said)["understood"]["colors"] == ["red"]
    for text in ("in red", "同款 红色"):
        red = found(drawn.query, "--text", text)
        assert red
        assert all("red" in str(match["title"]).lower() for match in red)
    assert found(drawn.query, "--color", "红色") == found(drawn.query, "--color", "red")


def test_search_with_facets(shoplens: Command, drawn: DrawnShop) -> None:
    told = json.loads(shoplens("search", "dress", "--shop", drawn.shop, "--json", "--facets", "all").out)
    assert set(told["facets"]) == {"category", "brand", "color", "availability", "price", "tag"}
    assert told["matches"]
    some = sum(value["products"] for value in told["facets"]["availability"])
    total = json.loads(shoplens("products", "--text", "dress", "--shop", drawn.shop, "--json").out)["total"]
    assert some == total
    table = shoplens("search", drawn.query, "--shop", drawn.shop, "--facets", "material,color").out
    assert "material" in table
    assert "color" in table


def test_nothing_found_is_no_error(shoplens: Command, drawn: DrawnShop) -> None:
    answer = shoplens("search", "xylophone", "--shop", drawn.shop)
    assert (answer.code, answer.out) == (0, "No product matches.\n")
    assert shoplens("search", "xylophone", "--shop", drawn.shop, "--json").out.startswith('{"matches": [], ')


def test_a_narrow_terminal(shoplens: Command, drawn: DrawnShop) -> None:
    wide = shoplens("search", "dress", "--shop", drawn.shop).out
    narrow = shoplens("search", "dress", "--shop", drawn.shop, COLUMNS="40").out
    assert max(map(len, wide.splitlines())) > 40
    assert max(map(len, narrow.splitlines())) <= 40


def test_classify_photos_and_a_broken_one(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    broken = tmp_path / "坏.jpg"
    broken.write_text("no picture")
    answer = shoplens("classify", drawn.query, broken, "--shop", drawn.shop, "--json")
    assert answer.code == 1
    said = json.loads(answer.out)
    assert [row["of"] for row in said] == [str(drawn.query)]
    assert said[0]["colors"][0]["name_zh"]
    assert "坏.jpg" in answer.err
    alone = shoplens("classify", broken, "--shop", drawn.shop)
    assert (alone.code, alone.out) == (2, "")


def test_classify_the_catalogue(shoplens: Command, drawn: DrawnShop) -> None:
    said = json.loads(shoplens("classify", "--shop", drawn.shop, "--json").out)
    assert {row["of"] for row in said} <= set(drawn.ids)
    assert len(said) > len(drawn.ids) // 2
    refused = shoplens("classify", drawn.query, "--apply", "--shop", drawn.shop)
    assert refused.code == 2
    assert "--apply" in refused.err


def test_inspect_has_exit_codes(shoplens: Command, drawn: DrawnShop) -> None:
    assert shoplens("inspect", "--shop", drawn.shop).code == 1
    assert shoplens("inspect", "--shop", drawn.shop, "--fail-on", "never").code == 0
    assert shoplens("inspect", "--shop", drawn.shop, "--rules", "ebay").code == 2


def test_inspect_puts_the_grave_first(shoplens: Command, drawn: DrawnShop) -> None:
    lines = shoplens("inspect", "--shop", drawn.shop).out.splitlines()
    rows = lines[next(number for number, line in enumerate(lines) if line.startswith("severity")) + 1 :]
    order = ["error", "warning", "info"]
    places = [order.index(row.split()[0]) for row in rows]
    assert places == sorted(places)


def test_import_preview_writes_nothing(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    answer = shoplens("import", drawn.feed, "--preview", "--shop", tmp_path / "new")
    assert answer.code == 0
    assert answer.out.startswith("Detected: google.")
    assert "image_link" in answer.out
    assert not (tmp_path / "new").exists()
    data = json.loads(shoplens("import", drawn.feed, "--preview", "--json").out)
    assert (data["origin"], len(data["rows"])) == ("google", 10)


def test_import_again_changes_nothing(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(drawn.shop, shop)
    summary = json.loads(shoplens("import", drawn.feed, "--shop", shop, "--json").out)
    assert summary["rows"]["unchanged"] == len(drawn.ids)
    assert summary["rows"]["added"] == summary["photos"]["embedded"] == 0


def test_events(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    again = json.loads(shoplens("events", "import", drawn.events, "--shop", drawn.shop, "--json").out)
    assert again["accepted"] == 0
    assert again["repeated"] == len(drawn.events.read_text().splitlines())
    missing = shoplens("events", "import", tmp_path / "none.jsonl", "--shop", drawn.shop)
    assert missing.code == 2
    assert "none.jsonl" in missing.err


def test_photo_process(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    answer = shoplens("photo", "process", drawn.query, tmp_path / "small.webp", "--recipe", "resize:long=64")
    assert answer.code == 0
    assert (tmp_path / "small.webp").stat().st_size


def test_an_empty_shop_answers_everything(shoplens: Command, drawn: DrawnShop, tmp_path: Path) -> None:
    feed = tmp_path / "empty.tsv"
    feed.write_text(drawn.feed.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "shoplens.toml").write_text('model = "none"\n')
    assert shoplens("import", feed, "--shop", shop).code == 0
    for words in (
        ["products"],
        ["search", "dress"],
        ["search", drawn.query],
        ["recommend", "for-you"],
        ["classify"],
        ["inspect"],
    ):
        answer = shoplens(*words, "--shop", shop)
        assert answer.code == 0, (words, answer)
        assert answer.out


def test_training_refuses(shoplens: Command, tmp_path: Path) -> None:
    missing = shoplens("train", tmp_path / "none", "--shop", tmp_path / "shop")
    assert missing.code == 2
    assert shoplens("train", tmp_path, "--budget", "soon", "--shop", tmp_path / "shop").code == 2
    chosen = shoplens("train", tmp_path / "none", "--set", "architecture=simple_cnn", "--shop", tmp_path / "shop")
    assert "no such folder or table" in chosen.err
    (tmp_path / "photos").mkdir()
    reserved = shoplens("train", tmp_path / "photos", "--name", "base", "--shop", tmp_path / "other")
    assert reserved.code == 2
    assert "searches in this shop" in reserved.err
    untaught = shoplens("train", tmp_path / "photos", "--teacher", "none", "--shop", tmp_path / "other")
    assert (untaught.code, "There is no bundle of that name" in untaught.err) == (2, True)
    none = shoplens("train", tmp_path / "photos", "--name", "none", "--shop", tmp_path / "other")
    assert "cannot have that name" in none.err


def test_training_on_the_shops_own_catalogue(shoplens: Command, tmp_path: Path) -> None:
    pytest.importorskip("keras", reason="needs the extra 'train'")
    draw_shop(tmp_path / "source", products=80, size=64)
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    with Shop.open(tmp_path / "shop", create=True) as shop:
        shop.import_catalog(tmp_path / "source" / "products.tsv")
    answer = shoplens(
        "train", "--shop", tmp_path / "shop", "--architecture", "simple_cnn", "--size", 24, "--epochs", 1, "--json"
    )
    assert answer.code == 0, answer.err
    done = json.loads(answer.out)
    assert done["bundle"].endswith("bundles/catalog")
    assert done["data"]["kept_together"] > 0
    assert done["data"]["given_groups"] > 5
    with Shop.open(tmp_path / "shop") as shop:
        known = {name for name, _ in shop.catalog.categories()}
        assert set(done["data"]["train"]) <= known
        listed = shop.training_photos()
        assert {photo.label for photo in listed.photos} == set(done["data"]["train"])
        assert all(photo.groups[0].startswith("listing:") for photo in listed.photos)
