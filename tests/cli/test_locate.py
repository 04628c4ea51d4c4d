"""`locate` and `search --objects` on drawn photos: where things are is known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from shoplens.demo.backdrop import surface
from shoplens.photos.encode import encode
from shoplens.records import Box, Pixels
from tests.cli.conftest import Command
from tests.cli.drawn_shop import DrawnShop
from tests.serving.drawn_shop import COLORS, photo


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large red shirt at the upper left and a small blue one at the lower right, on marble."""
    scene = surface("marble", 2, 480).copy()
    small: Pixels = np.ascontiguousarray(photo(COLORS["blue"], "shirt")[::2, ::2])
    for shirt, left, top in ((photo(COLORS["red"], "shirt"), 5, 0), (small, 315, 320)):
        inside = shirt.min(axis=2) < 240
        scene[top : top + inside.shape[0], left : left + inside.shape[1]][inside] = shirt[inside]
    path = tmp_path_factory.mktemp("scenes") / "two.png"
    path.write_bytes(encode(scene, "png"))
    return path


def test_locate_prints_a_box_that_search_takes(shoplens: Command, drawn: DrawnShop, two: Path) -> None:
    answer = shoplens("locate", two)
    assert answer.code == 0
    header, first, *_ = answer.out.splitlines()
    assert header.split() == ["score", "box"]
    assert shoplens("search", two, "--box", first.split()[1], "--shop", drawn.shop).code == 0


def test_locate_finds_both_the_larger_first(shoplens: Command, two: Path) -> None:
    found = json.loads(shoplens("locate", two, "--json").out)
    assert [Box(**one["box"]).overlap(truth) > 0.5 for one, truth in zip(found, TRUTH, strict=True)] == [True, True]
    assert len(json.loads(shoplens("locate", two, "--json", "--limit", 1).out)) == 1


def test_locate_takes_a_plain_photo_whole(shoplens: Command, tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    path.write_bytes(encode(np.full((90, 90, 3), 200, np.uint8), "png"))
    whole = {"box": {"x0": 0, "y0": 0, "x1": 1, "y1": 1}, "score": 0}
    assert json.loads(shoplens("locate", path, "--json").out) == [whole]


def test_locate_says_what_is_wrong(shoplens: Command, tmp_path: Path) -> None:
    assert shoplens("locate", tmp_path / "none.jpg").code == 2
    (tmp_path / "text.jpg").write_text("no picture")
    assert "not a picture" in shoplens("locate", tmp_path / "text.jpg").err


def test_search_by_objects_answers_in_groups(shoplens: Command, drawn: DrawnShop, two: Path) -> None:
    told = json.loads(shoplens("search", two, "--objects", "--limit", 3, "--shop", drawn.shop, "--json").out)
    groups = told["groups"]
    keys = ["box", "facets", "kinds", "matches", "no_match", "score", "understood"]
    assert [sorted(group) for group in groups] == [keys] * 2
    assert all(len(group["matches"]) == 3 and group["kinds"] for group in groups)
    assert Box(**groups[0]["box"]).overlap(TRUTH[0]) > 0.5
    table = shoplens("search", two, "--objects", "--shop", drawn.shop).out
    assert table.startswith("1. at 0.")
    assert "\n2. at 0." in table


def test_objects_are_those_of_a_whole_photo(shoplens: Command, drawn: DrawnShop, two: Path) -> None:
    assert shoplens("search", two, "--objects", "--box", "0,0,1,0.5", "--shop", drawn.shop).code == 2
    assert "photo's path" in shoplens("search", "red dress", "--objects", "--shop", drawn.shop).err


TRUTH = (
    Box((5 + 41) / 480, 71 / 480, (5 + 260) / 480, 250 / 480),
    Box((315 + 20) / 480, (320 + 35) / 480, (315 + 130) / 480, (320 + 125) / 480),
)
