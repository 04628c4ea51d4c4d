"""Named colours and their harmony."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.catalog.color_words import named_color
from shoplens.recommend.color_harmony import NEUTRAL, UNKNOWN_HARMONY, harmony, relation


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Red", "red"),
        ("heather grey", "grey"),
        ("Dark Navy Blue / White", "navy"),
        ("藏青色", "navy"),
        ("红色", "red"),
        ("Rose Gold", "rose gold"),
        ("深蓝", "navy"),
        ("flavour", ""),
        ("", ""),
        ("multicolor", ""),
    ],
)
def test_the_colour_that_a_text_names(text: str, name: str) -> None:
    found, lab = named_color(text)
    assert found == name
    assert np.isfinite(lab).all() == bool(name)


def pair(one: str, other: str) -> float:
    return float(harmony(named_color(one)[1], named_color(other)[1][None])[0])


@pytest.mark.parametrize("color", ["red", "green", "yellow", "purple", "navy", "pink", "orange"])
@pytest.mark.parametrize("neutral", ["black", "white", "grey"])
def test_a_neutral_goes_with_everything_and_a_clash_does_not(color: str, neutral: str) -> None:
    assert pair(color, neutral) >= NEUTRAL - 1e-6
    assert pair(color, neutral) == pytest.approx(pair(neutral, color), abs=1e-6)


def test_equal_colours_are_best_and_neighbours_beat_strangers() -> None:
    assert pair("red", "red") == pytest.approx(1.0)
    assert pair("blue", "navy") > pair("blue", "red")
    assert pair("red", "green") < NEUTRAL
    assert pair("magenta", "green") > pair("red", "green")


def test_the_relation_has_a_name() -> None:
    def name(one: str, other: str) -> str:
        return relation(named_color(one)[1], named_color(other)[1])

    assert name("red", "black") == "neutral"
    assert name("denim", "navy") == "tone_on_tone"
    assert name("yellow", "blue") == "complementary"
    assert name("red", "green") == ""
    assert name("", "red") == ""


def test_an_unknown_colour_is_neither_good_nor_bad() -> None:
    assert pair("", "red") == pair("red", "") == UNKNOWN_HARMONY
