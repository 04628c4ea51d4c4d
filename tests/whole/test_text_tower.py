"""A shop whose model reads words: what no title says is found by its look."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="needs the extra 'dev'")
pytest.importorskip("tokenizers", reason="needs the extra 'text'")

from shoplens.catalog.filter import Filter
from shoplens.models.text_tower import add_text_tower
from shoplens.search.query import Example, Query
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.models.tiny_tower import SPEC, make_bundle, write_text_network, write_tokenizer
from tests.search.conftest import HUES, swatch
from tests.serving.drawn_shop import write_photo


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    bundle = tmp_path / "shop" / "bundles" / "tiny"
    make_bundle(bundle)
    write_text_network(tmp_path / "text.onnx")
    write_tokenizer(tmp_path / "tokenizer.json")
    add_text_tower(bundle, tmp_path / "text.onnx", tmp_path / "tokenizer.json", SPEC)
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "tiny")
    with (tmp_path / "feed.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["id", "title", "image_link", "price"])
        writer.writeheader()
        for name in ("red", "green", "blue"):
            write_photo(tmp_path / f"{name}.jpg", swatch(HUES[name]))
            writer.writerow({"id": f"n-{name[0]}", "title": "Thing", "image_link": f"{name}.jpg", "price": "5.00 EUR"})
    (tmp_path / "shop" / "bundles" / "photos.onnx").unlink()
    opened = Shop.open(tmp_path / "shop", create=True)
    opened.import_catalog(tmp_path / "feed.csv")
    return opened


def test_words_find_looks(shop: Shop) -> None:
    with shop:
        for word, wanted in (("red", "n-r"), ("green", "n-g"), ("Blue", "n-b")):
            assert shop.catalog.search_text(word) == []
            assert shop.search_text(word)[0].product.id == wanted
            assert shop.search(Query(text=word, limit=1)).matches[0].product.id == wanted
        assert shop.search_text("red", where=Filter(category="None")) == []


def test_words_beside_a_photo_count_by_their_look_too(shop: Shop) -> None:
    with shop:
        plain = [m.product.id for m in shop.search(Query((Example(product="n-r"),), text="thing")).matches]
        # No product is labelled blue, so the word is searched as a word, and only the network knows how it looks.
        found = shop.search(Query((Example(product="n-r"),), text="blue"))
        assert found.understood is not None
        assert (found.understood.colors, found.understood.words) == ((), "blue")
        assert [m.product.id for m in found.matches] == ["n-b", "n-g"]
        assert set(plain) == {"n-b", "n-g"}
