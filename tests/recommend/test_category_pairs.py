"""The tables of pairs: what ships is sound, and what a shop writes is checked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.recommend.category_pairs import CategoryPairs, default_pairs, read_pairs


@pytest.mark.parametrize(
    ("category", "title", "kind"),
    [
        ("Clothing > Tops > T-Shirts", "", "top"),
        ("Default Category > Men > Bottoms > Pants", "", "bottom"),
        ("Apparel > Shirt Dresses", "", "dress"),
        ("Dress Shirts", "", "top"),
        ("Electronics > Phone Cases", "", "phone_case"),
        ("Electronics > Mobile Phones", "", "phone"),
        ("Home > Lighting > Table Lamps", "", "lamp"),
        ("Accessories > Watches", "", "watch"),
        ("Eyewear > Glasses", "", "eyewear"),
        ("Kitchen > Mugs", "", "mug"),
        ("女装 > 连衣裙", "", "dress"),
        ("数码 > 笔记本电脑", "", "laptop"),
        ("", "Blue denim jeans", "bottom"),
        ("Zorp", "Quux", ""),
    ],
)
def test_words_tell_the_kind(category: str, title: str, kind: str) -> None:
    pairs = default_pairs()
    code = pairs.kind(category, title)
    assert (pairs.kinds[code] if code >= 0 else "") == kind


def test_what_ships_is_symmetric_and_pairs_every_important_kind() -> None:
    pairs = default_pairs()
    assert np.array_equal(pairs.weights, pairs.weights.T)
    assert pairs.weights.min() == 0.0
    assert pairs.weights.max() == 1.0
    lonely = [kind for kind, row in zip(pairs.kinds, pairs.weights, strict=True) if not row.any()]
    assert lonely == []


@pytest.mark.parametrize(
    ("category", "attributes", "who"),
    [
        ("Women > Dresses", {}, "women"),
        ("Men's Shoes", {}, "men"),
        ("Shoes", {"gender": "female"}, "women"),
        ("Shoes", {"gender": "unisex"}, ""),
        ("Women > Girls", {"age_group": "kids", "gender": "female"}, "kids"),
        ("童装 > 上衣", {}, "kids"),
        ("男装 > 衬衫", {}, "men"),
        ("Lamps", {}, ""),
    ],
)
def test_words_tell_for_whom(category: str, attributes: dict[str, str], who: str) -> None:
    assert default_pairs().audience(category, attributes) == who


def test_a_shop_writes_its_own_on_top_of_those_that_ship(tmp_path: Path) -> None:
    file = tmp_path / "pairs.toml"
    file.write_text(
        '[kinds]\nkite = ["kite", "风筝"]\nstring = ["string"]\n'
        "[pairs]\nkite = { string = 0.9, top = 0.4 }\nbottom = { top = 0.1 }\n",
        "utf-8",
    )
    pairs, shipped = read_pairs(file), default_pairs()
    kite, string = pairs.kind("Toys > Kites"), pairs.kind("Strings")
    top, bottom, shoes = (pairs.kind(name) for name in ("Shirts", "Jeans", "Sneakers"))
    assert pairs.weights[kite, string] == pairs.weights[string, kite] == np.float32(0.9)
    assert pairs.weights[kite, top] == np.float32(0.4)
    # what the file says counts, whichever of the two it names first; what it leaves out stays
    assert pairs.weights[top, bottom] == pairs.weights[bottom, top] == np.float32(0.1)
    assert pairs.weights[top, shoes] == shipped.weights[top, shoes] > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("kinds = [", "no TOML"),
        ('[kinds]\na = ["a"]\n[pairs]\na = { b = 1.0 }\n', "Add b to"),
        ('[kinds]\na = ["a"]\n[pairs]\na = { a = 2.0 }\n', "weight from 0 to 1"),
        ('kinds = "lamp"\n', r"kinds = lamp.*list of words"),
        ('[kinds]\na = "lamp"\n', r"kinds.a = lamp.*list of words"),
        ("[kinds]\na = [3]\n", "list of words"),
        ("[[pairs]]\na = 1\n", "table of weights"),
        ("[pairs]\na = 0.5\n", "a = 0.5.*table of weights"),
        ('[kind]\na = ["a"]\n', r"kind\b.*audience, kinds, pairs"),
    ],
)
def test_a_wrong_table_says_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        CategoryPairs.read([text])


def test_without_a_file_the_tables_are_those_that_ship(tmp_path: Path) -> None:
    assert read_pairs(tmp_path / "none.toml") is default_pairs()
    with pytest.raises(BadInput, match="cannot be read"):
        read_pairs(tmp_path)


def test_a_mistake_in_the_shops_own_file_is_told_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "pairs.toml"
    file.write_text("[pairs]\nlamp = { unheard-of = 0.8 }\n")
    with pytest.raises(BadInput, match=r"pairs\.toml.*lamp with unheard-of"):
        read_pairs(file)


def test_that_a_product_is_for_adults_does_not_hide_for_whom() -> None:
    pairs = default_pairs()
    assert pairs.audience("Dresses", {"age_group": "adult", "gender": "female"}) == "women"
    assert pairs.audience("Jackets", {"age_group": "adult", "gender": "male"}) == "men"
    assert pairs.audience("Jackets", {"age_group": "adult", "gender": "unisex"}) == ""
