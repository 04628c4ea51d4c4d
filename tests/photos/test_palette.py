"""Colours that people agree on get their names, alone, in shade and on products."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.photos.color_names import COLOR_NAMES, name_color, name_pixels
from shoplens.photos.palette import PaletteColor, main_color, palette
from shoplens.records import Pixels
from tests.photos.drawing import CORNERS, quarters

SWATCHES = {
    "black": "000000 1a1a1a 151820",
    "white": "ffffff f8f8f4 f0f0f2",
    "grey": "808080 a9a9a9 555a60 c0c0c0",
    "red": "ff0000 dc143c b22222 8b0000",
    "orange": "ff8c00 ff7f50 f08020",
    "yellow": "ffff00 ffd700 fff44f e1c41e",
    "green": "008000 228b22 90ee90 6b8e23 2e8b57 98ff98",
    "blue": "0000ff 4169e1 87ceeb 1e90ff 4682b4 add8e6",
    "navy": "000080 1b2a4e 191970 14213d",
    "purple": "800080 8a2be2 9370db 4b0082 c8a2c8",
    "pink": "ffc0cb ff69b4 ff1493 f4a6c0",
    "brown": "8b4513 a0522d 654321 5c4033",
    "beige": "f5f5dc d2b48c e8dcc8 c8b496",
}


def rgb(code: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def garment(color: tuple[int, int, int], paper: int = 255, seed: int = 0) -> Pixels:
    """Draw a shirt with folds, a fall of light and grain on paper."""
    dice = np.random.default_rng(seed)
    folds = cv2.GaussianBlur(dice.normal(0, 1, (300, 300)).astype(np.float32), (0, 0), 12)
    light = 0.92 + 0.6 * folds / np.abs(folds).max() * 0.15 + np.linspace(0.06, -0.08, 300)[:, None]
    shaded = np.clip(np.array(color, np.float32) * light[..., None], 0, 255)
    shape = np.array(
        [
            [90, 50],
            [210, 50],
            [280, 110],
            [250, 150],
            [215, 120],
            [215, 270],
            [85, 270],
            [85, 120],
            [50, 150],
            [20, 110],
        ]
    )
    mask = cv2.fillPoly(np.zeros((300, 300), np.uint8), [shape], 1).astype(bool)
    picture = np.where(mask[..., None], shaded, float(paper)) + dice.normal(0, 2, (300, 300, 3))
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(("code", "name"), [(code, name) for name, codes in SWATCHES.items() for code in codes.split()])
def test_swatches(code: str, name: str) -> None:
    assert name_color(rgb(code)) == name


@pytest.mark.parametrize("name", [name for name in COLOR_NAMES if name != "multicolor"])
@pytest.mark.parametrize("paper", [255, 130])
def test_a_shirt_in_shade_has_its_colour(name: str, paper: int) -> None:
    colors = palette(garment(rgb(SWATCHES[name].split()[0]), 60 if paper == 130 and name == "grey" else paper))
    assert main_color(colors) == name
    assert colors[0].share > 0.5


def test_every_name_has_chinese_and_can_be_given() -> None:
    assert COLOR_NAMES["red"] == "红色"
    assert all(name.endswith("色") for name in COLOR_NAMES.values())
    cube = np.stack(np.meshgrid(*[np.arange(0, 256, 15)] * 3), axis=-1).reshape(-1, 3).astype(np.uint8)
    assert {list(COLOR_NAMES)[i] for i in name_pixels(cube)} == set(COLOR_NAMES) - {"multicolor"}


def test_shares_and_values() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[20:80, 20:60] = (200, 20, 30)
    picture[20:80, 60:80] = (20, 40, 200)
    colors = palette(picture)
    assert [color.name for color in colors[:2]] == ["red", "blue"]
    assert colors[0].rgb == (200, 20, 30)
    assert colors[0].share == pytest.approx(2 / 3, abs=0.06)
    assert sum(color.share for color in colors) == pytest.approx(1.0)
    assert len(palette(picture, n=1)) == 1


def test_the_mask_decides() -> None:
    mask = np.zeros((48, 64), bool)
    mask[:20, :28] = True
    (only,) = palette(quarters(), mask)
    assert (only.name, only.rgb, only.share) == ("red", CORNERS[0, 0], pytest.approx(1.0))
    assert palette(quarters(), np.zeros((48, 64), bool))
    with pytest.raises(BadInput, match="mask"):
        palette(quarters(), np.ones((2, 2), bool))
    with pytest.raises(BadInput):
        palette(quarters(), n=0)


def test_many_hues_are_multicolour() -> None:
    colors = palette(quarters(), np.ones((48, 64), bool), n=4)
    assert {color.name for color in colors} == {"red", "green", "blue", "yellow"}
    assert main_color(colors) == "multicolor"
    assert main_color([PaletteColor("red", (200, 0, 0), 0.8), PaletteColor("blue", (0, 0, 200), 0.2)]) == "red"
    with pytest.raises(BadInput):
        main_color([])


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (700, 2)])
def test_any_size(shape: tuple[int, int]) -> None:
    assert palette(np.full((*shape, 3), (0, 0, 0), np.uint8))[0].name == "black"
