"""A recipe replays: written, read and applied again, it gives the same picture."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BadInput, UnknownName
from shoplens.photos import transform
from shoplens.photos.recipe import OPERATIONS, Recipe, Step
from tests.photos.drawing import quarters

SOME = st.sampled_from(
    [
        Step("resize", {"width": 30, "height": 20}),
        Step("resize", {"short": 25}),
        Step("pad", {"aspect": 1.5, "fill": "white"}),
        Step("pad", {"fill": [1, 2, 3]}),
        Step("rotate", {"degrees": 30.0}),
        Step("flip"),
        Step("sharpen"),
        Step("denoise", {"strength": 2.0}),
        Step("crop", {"x0": 0.1, "y0": 0.1, "x1": 0.9, "y1": 0.8}),
        Step("autocontrast"),
        Step("white_balance", {"method": "white_patch"}),
        Step("center_crop"),
    ]
)
recipes = st.lists(SOME, max_size=4).map(lambda steps: Recipe(tuple(steps), "drawn"))


@settings(max_examples=40, deadline=None)
@given(recipes)
def test_written_and_read_again(recipe: Recipe) -> None:
    again = Recipe.from_dict(json.loads(json.dumps(recipe.to_dict())))
    assert again == recipe
    assert hash(again) == hash(recipe)
    assert again.digest == recipe.digest
    assert (again.apply(quarters()) == recipe.apply(quarters())).all()
    assert pickle.loads(pickle.dumps(recipe)) == recipe


@given(recipes, recipes)
@settings(max_examples=40, deadline=None)
def test_the_digest_tells_recipes_apart(a: Recipe, b: Recipe) -> None:
    assert (a.digest == b.digest) == (a.steps == b.steps)


def test_the_digest_is_stable_and_does_not_hold_the_name() -> None:
    recipe = Recipe((Step("flip"),), "a")
    assert recipe.digest == Recipe((Step("flip", {"axis": "horizontal"}),), "b").digest
    assert recipe.digest == "79208542dd884c52"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        ("denoise", (Step("denoise"),)),
        (
            "resize:800x600, denoise ,pad:1.0",
            (Step("resize", {"width": 800, "height": 600}), Step("denoise"), Step("pad", {"aspect": 1.0})),
        ),
        (
            "resize:short=256,center_crop:224",
            (Step("resize", {"short": 256}), Step("center_crop", {"width": 224})),
        ),
        ("pad:1.5:#ffeedd", (Step("pad", {"aspect": 1.5, "fill": "#ffeedd"}),)),
        ("rotate:-7.5:expand=false", (Step("rotate", {"degrees": -7.5, "expand": False}),)),
        ("crop:0.1:0:0.9:1", (Step("crop", {"x0": 0.1, "y0": 0, "x1": 0.9, "y1": 1}),)),
    ],
)
def test_the_short_form(text: str, steps: tuple[Step, ...]) -> None:
    assert Recipe.parse(text).steps == steps


def test_unknown_operations_list_the_choices() -> None:
    with pytest.raises(UnknownName, match=r"blur.*autocontrast, center_crop, crop"):
        Recipe.parse("blur:3")
    with pytest.raises(UnknownName, match="pyramid"):
        Step("pyramid")


@pytest.mark.parametrize(
    "text", ["flip:1:2:3", "flip:speed=3", "crop:0.1", "resize", "pad:abc", "resize:0x0", "crop:2:0:3:1"]
)
def test_bad_arguments_are_refused_before_any_photo(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        Recipe.parse(text)
    assert caught.value.remedy


@pytest.mark.parametrize("data", [{}, {"steps": "flip"}, {"steps": [3]}, {"steps": [{"op": "flip", "args": 1}]}])
def test_data_of_another_shape(data: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        Recipe.from_dict(data)


def test_a_recipe_of_another_version_is_not_replayed() -> None:
    with pytest.raises(BadInput, match="version"):
        Recipe.from_dict(Recipe.encoder(32).to_dict() | {"version": 99})


def test_files(tmp_path: Path) -> None:
    toml, js, bad = tmp_path / "square.toml", tmp_path / "a.json", tmp_path / "bad.toml"
    toml.write_text('steps = ["resize:long=64", {op = "pad", args = {aspect = 1.0, fill = [9, 9, 9]}}]')
    js.write_text(json.dumps(Recipe.encoder(64).to_dict()))
    bad.write_text("steps = [")
    assert Recipe.load(toml).name == "square"
    assert tuple(Recipe.load(toml).apply(quarters())[0, 0]) == (9, 9, 9)
    assert Recipe.load(js) == Recipe.encoder(64)
    for path in (bad, tmp_path / "none.toml"):
        with pytest.raises(BadInput, match="recipe file"):
            Recipe.load(path)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([8, 97, 112]))
def test_the_encoder_gives_its_square_for_every_picture(width: int, height: int, size: int) -> None:
    out = Recipe.encoder(size).apply(np.full((height, width, 3), 50, np.uint8))
    assert out.shape == (size, size, 3)
    assert (out == 50).all()


def test_the_encoder_pads_with_the_border_and_keeps_the_aspect() -> None:
    pixels = np.full((100, 300, 3), (250, 240, 230), np.uint8)
    pixels[25:75, 100:200] = (10, 20, 30)
    out = Recipe.encoder(60).apply(pixels)
    assert tuple(out[0, 0]) == (250, 240, 230)
    dark = (out < 128).all(axis=2)
    assert (dark.any(axis=1).sum(), dark.any(axis=0).sum()) == (10, 20)


def test_the_encoder_survives_the_longest_strip() -> None:
    assert Recipe.encoder(112).apply(np.zeros((1, 60_000, 3), np.uint8)).shape == (112, 112, 3)


def test_every_operation_is_a_transform() -> None:
    assert set(OPERATIONS) | {"pyramid"} == set(transform.__all__)
