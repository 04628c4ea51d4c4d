"""Texts, availabilities, categories, photo lists and attribute names of any merchant."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.feeds.attribute_name import attribute_name
from shoplens.feeds.availability import parse_availability
from shoplens.feeds.category_path import category_path, most_specific
from shoplens.feeds.photo_list import split_photos
from shoplens.feeds.plain_text import one_line, plain_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("in stock", "in_stock"), ("In_Stock", "in_stock"), ("https://schema.org/InStock", "in_stock"),
        ("有货", "in_stock"), ("1", "in_stock"), ("auf Lager", "in_stock"), ("В наличии", "in_stock"), 
        ("out-of-stock", "out_of_stock"),
        ("http://schema.org/SoldOut", "out_of_stock"), ("缺货", "out_of_stock"), ("ausverkauft", "out_of_stock"),
        ("pre-order", "preorder"), ("预售", "preorder"), ("onbackorder", "backorder"), ("под заказ", "backorder"),
        ("Промо", None), ("maybe", None), ("", None),
    ],
)  # fmt: skip
def test_availability(text: str, value: str | None) -> None:
    assert parse_availability(text) == value


def test_html_becomes_lines() -> None:
    html = "<div>One<br/>two &nbsp; &amp; <b>three</b></div><style>p{}</style><ul><li>four<li>five</ul><!-- no -->"
    assert plain_text(html) == "One\ntwo & three\nfour\nfive"
    assert plain_text("a < b and b > a") == "a < b and b > a"
    assert one_line(" <p>a</p>\n<p>b</p> ") == "a b"


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing_more_in_plain_words(text: str) -> None:
    words = "".join(sign for sign in text if sign not in "<>&;")
    once = plain_text(words)
    assert plain_text(once) == once
    assert once == unicodedata.normalize("NFC", once)
    assert "\x00" not in once


@pytest.mark.parametrize(
    ("text", "path"),
    [("A > B>C", "A > B > C"), ("A &gt; B &amp; C", "A > B & C"), ("A » B", "A > B"), (" > A > ", "A"), ("", "")],
)
def test_category_paths(text: str, path: str) -> None:
    assert category_path(text) == path


def test_the_most_specific_category() -> None:
    paths = [["Promotions", "Men Sale", "Tees", "Blue"], ["Men", "Tops"], ["Men", "Tops", "Tees"], ["Gear"]]
    assert most_specific(paths) == ("Men > Tops > Tees", ("Blue", "Gear"))
    assert most_specific([["Sale", "Shoes"]]) == ("Sale > Shoes", ())
    assert most_specific([[""], []]) == ("", ())


@pytest.mark.parametrize(
    ("text", "photos"),
    [
        ("a.jpg", ["a.jpg"]),
        ("a.jpg, b.png;c.webp|d.jpg", ["a.jpg", "b.png", "c.webp", "d.jpg"]),
        ("red, large.jpg", ["red, large.jpg"]),
        ("https://x/w_300,h_300/a.jpg", ["https://x/w_300,h_300/a.jpg"]),
        ("https://x/i?id=1,https://x/i?id=2", ["https://x/i?id=1", "https://x/i?id=2"]),
        ("https://x/a.jpg https://x/b.jpg\n//x/c.jpg", ["https://x/a.jpg", "https://x/b.jpg", "//x/c.jpg"]),
        ("/m/h/a.jpg,/m/h/b.jpg", ["/m/h/a.jpg", "/m/h/b.jpg"]),
        (" , ", []),
    ],
)
def test_photo_lists(text: str, photos: list[str]) -> None:
    assert split_photos(text) == photos


@pytest.mark.parametrize(
    ("text", "name"), [("Colour", "color"), ("pa_size", "size"), ("颜色", "color"), ("Heel height", "heel_height")]
)
def test_attribute_names(text: str, name: str) -> None:
    assert attribute_name(text) == name
