"""What each transform promises about sizes, colours and refusals."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shoplens.errors import BadInput
from shoplens.photos import transform
from shoplens.records import Box, Pixels
from tests.photos.drawing import CORNERS, off_by, quarters

sides = st.integers(1, 40)
pictures = st.tuples(sides, sides, st.just(3)).flatmap(lambda shape: arrays.arrays(np.uint8, shape))
few = settings(max_examples=60, deadline=None)


def is_picture(pixels: Pixels) -> bool:
    return bool(pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.flags.c_contiguous)


@few
@given(pictures, sides, sides)
def test_resize_gives_exactly_the_size_asked(pixels: Pixels, width: int, height: int) -> None:
    out = transform.resize(pixels, width, height)
    assert out.shape == (height, width, 3)
    assert is_picture(out)


@few
@given(pictures, sides)
def test_resize_by_one_side_keeps_the_aspect(pixels: Pixels, side: int) -> None:
    height, width = pixels.shape[:2]
    for key, old in (("short", min(width, height)), ("long", max(width, height)), ("width", width), ("height", height)):
        out = transform.resize(pixels, **{key: side})
        scale = side / old
        assert abs(out.shape[1] - max(1, width * scale)) <= 0.5
        assert abs(out.shape[0] - max(1, height * scale)) <= 0.5
    assert min(transform.resize(pixels, short=side).shape[:2]) == side
    assert max(transform.resize(pixels, long=side).shape[:2]) == side


@given(st.integers(0, 255), sides, sides)
@few
def test_resizing_one_colour_keeps_it(level: int, width: int, height: int) -> None:
    pixels = np.full((13, 17, 3), level, np.uint8)
    assert (transform.resize(pixels, width, height) == level).all()


def test_shrinking_averages_areas() -> None:
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 200
    assert (transform.resize(stripes, 32, 32) == 100).all()
    assert (transform.resize(stripes, 32, 128) == 100).all()


@pytest.mark.parametrize(
    "sizes",
    [{}, {"width": 5, "short": 5}, {"short": 5, "long": 6}, {"width": 0}, {"width": 0, "height": 5}, {"long": -1}],
)
def test_resize_refuses_sizes_that_make_no_sense(sizes: dict[str, int]) -> None:
    with pytest.raises(BadInput) as caught:
        transform.resize(quarters(), **sizes)
    assert caught.value.remedy


@few
@given(pictures, st.data())
def test_crop_is_a_slice(pixels: Pixels, data: st.DataObject) -> None:
    height, width = pixels.shape[:2]
    left, top = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    right, bottom = data.draw(st.integers(left + 1, width)), data.draw(st.integers(top + 1, height))
    out = transform.crop(pixels, (left, top, right, bottom))
    assert (out == pixels[top:bottom, left:right]).all()
    assert is_picture(out)
    box = Box(left / width, top / height, right / width, bottom / height)
    assert abs(transform.crop(pixels, box).shape[0] - (bottom - top)) <= 1


@pytest.mark.parametrize("box", [(0, 0, 65, 10), (-1, 0, 5, 5), (5, 5, 5, 9), (9, 5, 5, 9)])
def test_crop_stays_inside(box: tuple[int, int, int, int]) -> None:
    with pytest.raises(BadInput, match="64 x 48"):
        transform.crop(quarters(), box)


@few
@given(pictures, sides, sides)
def test_center_crop(pixels: Pixels, width: int, height: int) -> None:
    out = transform.center_crop(pixels, width, height)
    assert out.shape == (min(height, pixels.shape[0]), min(width, pixels.shape[1]), 3)
    square = transform.center_crop(pixels)
    assert square.shape[0] == square.shape[1] == min(pixels.shape[:2])


def test_center_crop_is_central() -> None:
    out = transform.center_crop(quarters(), 32)
    assert [tuple(out[y, x]) for y, x in ((0, 0), (0, -1), (-1, 0), (-1, -1))] == list(CORNERS.values())


@few
@given(pictures, st.floats(0.1, 8))
def test_pad_cuts_nothing_and_reaches_the_aspect(pixels: Pixels, aspect: float) -> None:
    height, width = pixels.shape[:2]
    out = transform.pad(pixels, aspect, fill=(1, 2, 3))
    new_height, new_width = out.shape[:2]
    assert new_width == width or new_height == height
    assert abs(new_width - new_height * aspect) <= 0.5 + 0.5 * aspect
    left, top = (new_width - width) // 2, (new_height - height) // 2
    assert (out[top : top + height, left : left + width] == pixels).all()
    margin = np.ones((new_height, new_width), bool)
    margin[top : top + height, left : left + width] = False
    assert (out[margin] == (1, 2, 3)).all()


def test_fills() -> None:
    pixels = np.full((10, 20, 3), (10, 20, 30), np.uint8)
    pixels[3:7, 5:15] = 255
    assert tuple(transform.pad(pixels)[0, 0]) == (10, 20, 30)
    assert tuple(transform.pad(pixels, fill="white")[0, 0]) == (255, 255, 255)
    assert tuple(transform.pad(pixels, fill="#ff8001")[0, 0]) == (255, 128, 1)
    for fill in ("pink", "#ff", (1, 2), (1, 2, 300), 7):
        with pytest.raises(BadInput, match="fill"):
            transform.pad(pixels, fill=fill)


@pytest.mark.parametrize("aspect", [0.0, -1.0, float("nan"), float("inf")])
def test_pad_refuses_impossible_aspects(aspect: float) -> None:
    with pytest.raises(BadInput, match="aspect"):
        transform.pad(quarters(), aspect)


def test_a_strip_cannot_be_padded_into_gigabytes() -> None:
    with pytest.raises(BadInput, match="100,000,000"):
        transform.pad(np.zeros((2, 30_000, 3), np.uint8))


@few
@given(pictures)
def test_turns_and_flips_undo_each_other(pixels: Pixels) -> None:
    turned = pixels
    for _ in range(4):
        turned = transform.rotate(turned, 90)
        assert is_picture(turned)
    assert (turned == pixels).all()
    assert (transform.rotate(transform.rotate(pixels, 180), -180) == pixels).all()
    for axis in ("horizontal", "vertical"):
        assert (transform.flip(transform.flip(pixels, axis), axis) == pixels).all()
    both = transform.flip(transform.flip(pixels, "horizontal"), "vertical")
    assert (both == transform.rotate(pixels, 180)).all()


def test_rotation_is_counter_clockwise() -> None:
    # Red, green / blue, yellow becomes green, yellow / red, blue.
    out = transform.rotate(quarters(), 90)
    assert out.shape == (64, 48, 3)
    assert tuple(out[0, 0]) == CORNERS[0, 1]
    assert tuple(out[-1, 0]) == CORNERS[0, 0]
    slightly = transform.rotate(quarters(64, 64), 89.999, expand=False)
    assert off_by(slightly[2:-2, 2:-2], transform.rotate(quarters(64, 64), 90)[2:-2, 2:-2]) < 1


@few
@given(pictures, st.floats(-720, 720))
def test_rotation_sizes(pixels: Pixels, degrees: float) -> None:
    assert transform.rotate(pixels, degrees, expand=False).shape == pixels.shape
    grown = transform.rotate(pixels, degrees)
    assert is_picture(grown)
    diagonal = np.hypot(*pixels.shape[:2])
    assert max(grown.shape[:2]) <= diagonal + 2
    assert grown.shape[0] * grown.shape[1] >= pixels.shape[0] * pixels.shape[1] * 0.99 or min(grown.shape[:2]) < 3


def test_an_expanded_rotation_holds_the_whole_picture() -> None:
    white = np.full((40, 60, 3), 255, np.uint8)
    out = transform.rotate(white, 30, fill=(0, 0, 0))
    assert (out > 127).all(axis=2).sum() == pytest.approx(40 * 60, rel=0.02)
    assert (out[0, 0] == 0).all()


@few
@given(pictures)
def test_pyramid_halves(pixels: Pixels) -> None:
    levels = transform.pyramid(pixels, 4)
    assert (levels[0] == pixels).all()
    for above, below in pairwise(levels):
        assert below.shape[:2] == ((above.shape[0] + 1) // 2, (above.shape[1] + 1) // 2)
        assert is_picture(below)


def test_pyramid_stops_at_the_smallest_side() -> None:
    assert [level.shape[0] for level in transform.pyramid(quarters(64, 48), min_side=12)] == [48, 24, 12]
    assert len(transform.pyramid(quarters(64, 48), min_side=100)) == 1
    with pytest.raises(BadInput):
        transform.pyramid(quarters(), 0)


TONES: list[Callable[[Pixels], Pixels]] = [
    transform.denoise,
    lambda pixels: transform.denoise(pixels, method="nlm"),
    transform.sharpen,
    transform.white_balance,
    lambda pixels: transform.white_balance(pixels, "white_patch"),
    transform.autocontrast,
]


@settings(max_examples=25, deadline=None)
@given(pictures, st.sampled_from(TONES))
def test_tones_keep_sizes_and_leave_their_input_alone(pixels: Pixels, tone: Callable[[Pixels], Pixels]) -> None:
    before = pixels.copy()
    out = tone(pixels)
    assert out.shape == pixels.shape
    assert is_picture(out)
    assert not np.shares_memory(out, pixels)
    assert (pixels == before).all()


@pytest.mark.parametrize("method", ["bilateral", "nlm"])
def test_denoise_comes_closer_to_the_clean_picture(method: str) -> None:
    clean = quarters(96, 96)
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 9, clean.shape), 0, 255).astype(np.uint8)
    assert off_by(transform.denoise(noisy, 6.0, method), clean) < 0.65 * off_by(noisy, clean)


def test_sharpen_widens_edges_and_leaves_plains() -> None:
    pixels = np.full((20, 20, 3), 100, np.uint8)
    pixels[:, 10:] = 150
    out = transform.sharpen(pixels)
    assert out.max() > 150
    assert out.min() < 100
    assert (transform.sharpen(np.full((9, 9, 3), 77, np.uint8)) == 77).all()


@pytest.mark.parametrize("method", ["grey_world", "white_patch"])
def test_white_balance_takes_a_cast_away(method: str) -> None:
    grey = np.random.default_rng(0).integers(20, 200, (32, 32, 1)).astype(np.uint8).repeat(3, axis=2)
    cast = np.clip(grey * [1.2, 1.0, 0.85], 0, 255).astype(np.uint8)
    out = transform.white_balance(cast, method)
    assert np.ptp(out.reshape(-1, 3).mean(axis=0)) < 2 < np.ptp(cast.reshape(-1, 3).mean(axis=0))


def test_white_balance_is_bounded() -> None:
    red = np.full((8, 8, 3), (200, 20, 20), np.uint8)
    out = transform.white_balance(red, limit=1.5)
    assert tuple(out[0, 0]) == (133, 30, 30)


def test_autocontrast_reaches_black_and_white() -> None:
    ramp = np.linspace(90, 160, 64 * 64).reshape(64, 64, 1).repeat(3, axis=2).astype(np.uint8)
    out = transform.autocontrast(ramp)
    assert out.min() == 0
    assert out.max() == 255
    assert (transform.autocontrast(np.full((4, 4, 3), 9, np.uint8)) == 9).all()


@pytest.mark.parametrize(
    "call",
    [
        lambda p: transform.denoise(p, -1),
        lambda p: transform.denoise(p, method="magic"),
        lambda p: transform.sharpen(p, 9),
        lambda p: transform.sharpen(p, sigma=0),
        lambda p: transform.white_balance(p, "guess"),
        lambda p: transform.white_balance(p, limit=0.5),
        lambda p: transform.autocontrast(p, 50),
        lambda p: transform.flip(p, "diagonal"),
        lambda p: transform.rotate(p, float("nan")),
        lambda p: transform.resize(p, 100_000, 100_000),
    ],
)
def test_bad_arguments_are_refused_with_a_remedy(call: Callable[[Pixels], Pixels]) -> None:
    with pytest.raises(BadInput) as caught:
        call(quarters())
    assert caught.value.received is not None
    assert caught.value.remedy


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_what_is_no_picture_is_refused(bad: Pixels) -> None:
    for function in (transform.pad, transform.flip, transform.denoise, transform.center_crop, transform.autocontrast):
        with pytest.raises(BadInput, match=r"\[h, w, 3\]"):
            function(bad)
