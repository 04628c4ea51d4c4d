"""Drawn products on drawn backgrounds: the box is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.photos import subject
from shoplens.photos.color_names import lab
from shoplens.photos.subject import background, find_subject
from shoplens.records import Box, Pixels
from tests.photos import reference_distances
from tests.photos.drawing import quarters


def studio(
    box: tuple[int, int, int, int] = (120, 90, 260, 330),
    color: tuple[int, int, int] = (180, 30, 40),
    paper: tuple[int, int, int] = (255, 255, 255),
    size: tuple[int, int] = (400, 420),
    noise: float = 1.5,
    fall: float = 0.0,
) -> Pixels:
    """Draw an ellipse on paper; `fall` darkens the paper from top to bottom by that many levels."""
    width, height = size
    pixels = np.full((height, width, 3), paper, np.float32)
    pixels -= np.linspace(0, fall, height)[:, None, None]
    left, top, right, bottom = box
    cv2.ellipse(
        pixels,
        (((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top), 0),
        [float(c) for c in color],
        -1,
    )
    pixels += np.random.default_rng(0).normal(0, noise, pixels.shape)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def overlap(a: Box, b: Box) -> float:
    """Return intersection over union."""
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    inner = max(width, 0) * max(height, 0)
    return inner / ((a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - inner)


TRUTH = Box(120 / 400, 90 / 420, 260 / 400, 330 / 420)


@pytest.mark.parametrize(
    "picture",
    [
        studio(),
        studio(color=(235, 235, 240)),
        studio(color=(20, 20, 20), paper=(60, 60, 62)),
        studio(fall=70),
        studio(color=(200, 180, 40), paper=(90, 140, 200), noise=5),
        studio(noise=8),
    ],
    ids=["white", "white on white", "black on dark", "fall of light", "blue paper", "noise"],
)
def test_a_product_on_plain_paper_is_boxed(picture: Pixels) -> None:
    subject = find_subject(picture)
    assert overlap(subject.box, TRUTH) > 0.9
    assert subject.score > 0.4
    assert subject.mask.shape == picture.shape[:2]
    assert subject.mask[210, 190]
    assert not subject.mask[10, 10]
    assert subject.share == pytest.approx(np.pi / 4 * 140 * 240 / (400 * 420), rel=0.12)


@pytest.mark.parametrize("size", [(60, 90), (1500, 1200), (200, 900), (16, 16)])
def test_any_size(size: tuple[int, int]) -> None:
    width, height = size
    box = (width // 4, height // 4, width * 3 // 4, height * 3 // 4)
    subject = find_subject(studio(box, size=size))
    assert overlap(subject.box, Box(0.25, 0.25, 0.75, 0.75)) > 0.75


def test_both_shoes_of_a_pair_and_no_speck() -> None:
    picture = studio((40, 150, 170, 250))
    picture[150:250, 230:360] = (30, 30, 90)
    picture[5:9, 5:9] = 0
    assert overlap(find_subject(picture).box, Box(40 / 400, 150 / 420, 360 / 400, 250 / 420)) > 0.9


def test_a_product_on_checkered_cloth_is_found_with_less_trust() -> None:
    ys, xs = np.mgrid[0:420, 0:400] // 30
    cloth = np.where(((ys + xs) % 2)[..., None], (225, 225, 220), (120, 125, 130)).astype(np.uint8)
    product = studio(color=(200, 20, 160), noise=0)
    picture = np.where((product == 255).all(axis=2)[..., None], cloth, product)
    subject = find_subject(picture)
    assert overlap(subject.box, TRUTH) > 0.85
    assert 0.3 <= subject.score <= 0.4


def test_a_product_cut_by_the_edge() -> None:
    picture = studio((100, 200, 300, 640))
    assert overlap(find_subject(picture).box, Box(0.25, 200 / 420, 0.75, 1.0)) > 0.9


@pytest.mark.parametrize(
    "picture",
    [
        np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8),
        np.full((80, 80, 3), 200, np.uint8),
        np.full((1, 1, 3), 9, np.uint8),
        quarters(200, 200),
    ],
    ids=["noise", "blank", "one pixel", "no background"],
)
def test_where_nothing_stands_out_the_whole_picture_comes_back_unsure(picture: Pixels) -> None:
    subject = find_subject(picture)
    assert subject.box == Box(0.0, 0.0, 1.0, 1.0)
    assert subject.score < 0.3
    assert subject.mask.all()


def test_background_facts() -> None:
    white = background(studio(noise=0))
    assert white.white
    assert white.uniform
    assert white.white_share == 1.0
    assert white.color == (255, 255, 255)
    grey = background(studio(paper=(200, 200, 205), noise=1))
    assert grey.uniform
    assert not grey.white
    assert np.abs(np.subtract(grey.color, (200, 200, 205))).max() <= 1
    busy = background(np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8))
    assert not busy.uniform
    assert busy.uniform_share < 0.3


def test_the_white_share_is_measured() -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[:, :50] = 240
    assert background(picture).white_share == pytest.approx(0.5, abs=0.01)
    framed = np.full((1000, 1000, 3), 255, np.uint8)
    framed[:1] = framed[-1:] = framed[:, :1] = framed[:, -1:] = 0
    assert background(framed).white_share == 0.0


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(BadInput):
        find_subject(np.zeros((4, 4), np.uint8))


def cloth(seed: int) -> Pixels:
    """A thing on a cloth of four colours, so that no border is plain."""
    rng = np.random.default_rng(seed)
    tiles = rng.integers(0, 256, (4, 3))[rng.integers(0, 4, (9, 8))].astype(np.uint8)
    return cv2.resize(tiles, (130, 160), interpolation=cv2.INTER_LINEAR)


@pytest.mark.parametrize("photo", [studio(), studio(fall=90, noise=4), studio(paper=(90, 120, 60)), cloth(1), cloth(2)])
def test_distances_are_those_of_the_plain_reference(photo: Pixels) -> None:
    small = subject.reduced(photo)
    colors = lab(small) * np.array([0.7, 1.0, 1.0], np.float32)
    planes = subject._colors(small)
    for found, wanted in (
        (subject._distance_to_background(planes), reference_distances.distance_to_background(colors)),
        (subject._distance_to_patterns(planes), reference_distances.distance_to_patterns(colors)),
    ):
        for value, reference in zip(found, wanted, strict=True):
            np.testing.assert_allclose(value, reference, rtol=1e-5, atol=1e-4)
