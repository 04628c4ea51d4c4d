"""What the canvas paints: where, in what colour, and how edges mix."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.demo.drawing.canvas import FLAT, Canvas, Relief
from shoplens.demo.drawing.outline import both_sides, ellipse, mirrored, polygon, rounded, smooth
from shoplens.demo.drawing.paint import Paint
from shoplens.demo.sprite import Sprite, laid_on

_RED = Paint((200, 40, 40))


def test_a_flat_square_covers_its_area_in_its_colour() -> None:
    canvas = Canvas(200)
    canvas.fill(polygon((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)), _RED, FLAT)
    assert np.count_nonzero(canvas.alpha > 127) == pytest.approx(100 * 100, rel=0.03)
    assert canvas.alpha[100, 100] == 255
    assert canvas.alpha[10, 10] == 0
    assert np.abs(canvas.color[100, 100].astype(int) - _RED.color).max() <= 1


def test_a_bulging_part_is_brighter_towards_the_light_at_the_upper_left() -> None:
    canvas = Canvas(200)
    canvas.fill(ellipse(0.5, 0.5, 0.4, 0.4), Paint((128, 128, 128)), Relief(bulge=1.0, soft=0.1, fall=0.0))
    upper_left, lower_right = canvas.color[50, 50].mean(), canvas.color[150, 150].mean()
    assert upper_left > lower_right + 20


def test_painting_inside_never_leaves_what_is_painted_already() -> None:
    canvas = Canvas(120)
    canvas.fill(ellipse(0.5, 0.5, 0.2, 0.2), _RED, FLAT)
    before = canvas.alpha.copy()
    canvas.fill(polygon((0, 0), (1, 0), (1, 1), (0, 1)), Paint((0, 0, 255)), FLAT, inside=True)
    assert np.abs(canvas.alpha.astype(int) - before).max() <= 64
    assert canvas.alpha[before == 0].max() == 0
    assert canvas.color[60, 60, 2] > 250


def test_half_opaque_paint_meets_the_colour_below_in_the_middle() -> None:
    canvas = Canvas(60)
    square = polygon((0, 0), (1, 0), (1, 1), (0, 1))
    canvas.fill(square, Paint((0, 0, 0)), FLAT)
    canvas.fill(square, Paint((200, 200, 200)), FLAT, opacity=0.5)
    assert canvas.color[30, 30].mean() == pytest.approx(100, abs=2)


def test_a_line_has_the_width_that_was_asked_for() -> None:
    canvas = Canvas(200)
    canvas.tube(polygon((0.1, 0.5), (0.9, 0.5)), 0.1, _RED, FLAT)
    assert np.count_nonzero(canvas.alpha[:, 100] > 127) == pytest.approx(20, abs=2)


def test_symmetric_outlines_are_symmetric() -> None:
    outline = both_sides([(0, 0.1), (0.3, 0.2, 1), (0.2, 0.8), (0, 0.9)])
    canvas, twin = Canvas(101), Canvas(101)
    canvas.fill(outline, _RED, FLAT)
    twin.fill(mirrored(outline), _RED, FLAT)
    assert np.count_nonzero(np.abs(canvas.alpha.astype(int) - twin.alpha) > 128) < 40


def test_two_corners_are_joined_by_a_straight_line() -> None:
    line = smooth([(0.0, 0.0, 1), (1.0, 1.0, 1)], closed=False)
    assert np.allclose(line[:, 0], line[:, 1])


def test_round_corners_stay_within_the_rectangle() -> None:
    outline = rounded(0.2, 0.3, 0.6, 0.9, 0.5)
    assert outline.min(axis=0) == pytest.approx([0.2, 0.3])
    assert outline.max(axis=0) == pytest.approx([0.6, 0.9])


def test_a_sprite_keeps_its_colour_on_any_background() -> None:
    canvas = Canvas(100)
    canvas.fill(ellipse(0.5, 0.5, 0.4, 0.4), _RED, FLAT)
    sprite = Sprite.of(canvas)
    color, alpha = sprite.placed(sprite.fit(middle=(50, 50), side=60), 100, 100)
    for shade in (0, 255):
        picture = laid_on(np.full((100, 100, 3), shade, np.uint8), color, alpha)
        assert np.abs(picture[50, 50].astype(int) - _RED.color).max() <= 2
        assert (picture[2, 2] == shade).all()
    assert np.count_nonzero(alpha > 127) == pytest.approx(np.pi * 30**2, rel=0.06)
