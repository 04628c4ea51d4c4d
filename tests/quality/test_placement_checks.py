"""Where the product stands in the picture: drawn so that the answer is known to the pixel."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.records import Finding, Pixels
from tests.quality.drawn import found

SIZES = pytest.mark.parametrize("size", [(200, 200), (400, 300), (900, 1200)])


def scene(size: tuple[int, int], left: float, top: float, right: float, bottom: float, back: int = 255) -> Pixels:
    """A dark red thing from `left` to `right` and `top` to `bottom`, in shares of the picture's sides."""
    width, height = size
    pixels = np.full((height, width, 3), back, np.uint8)
    x0, x1, y0, y1 = round(left * width), round(right * width), round(top * height), round(bottom * height)
    pixels[max(0, y0) : y1, max(0, x0) : x1] = (150, 30, 40)
    return pixels


@SIZES
@pytest.mark.parametrize("back", [255, 200])
def test_too_small(size: tuple[int, int], back: int) -> None:
    (finding,) = found("product_too_small", scene(size, 0.4, 0.4, 0.6, 0.6, back))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(0.2, abs=0.03)
    assert finding.box is not None
    assert finding.box.x0 == pytest.approx(0.4, abs=0.02)
    assert not found("product_too_small", scene(size, 0.25, 0.25, 0.75, 0.75, back))
    assert not found("product_too_small", scene(size, 0.45, 0.1, 0.55, 0.9, back))


@SIZES
def test_google_asks_for_three_quarters_to_nine_tenths(size: tuple[int, int]) -> None:
    tight, good, loose = (
        scene(size, 0.02, 0.3, 0.98, 0.7),
        scene(size, 0.1, 0.3, 0.9, 0.7),
        scene(size, 0.2, 0.3, 0.8, 0.7),
    )
    assert found("product_too_large", tight, "google")
    assert not found("product_too_large", good, "google")
    assert not found("product_too_small", good, "google")
    assert found("product_too_small", loose, "google")
    assert not found("product_too_large", tight, "shop")


@SIZES
@pytest.mark.parametrize("side", ["left", "top", "right", "bottom"])
def test_cut_off(size: tuple[int, int], side: str) -> None:
    edges = {"left": 0.25, "top": 0.25, "right": 0.75, "bottom": 0.75}
    assert not found("product_cut_off", scene(size, **edges))
    edges[side] = 0.0 if side in ("left", "top") else 1.0
    (finding,) = found("product_cut_off", scene(size, **edges))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(0.5, abs=0.03)
    assert finding.box is not None
    assert {"left": finding.box.x1, "top": finding.box.y1, "right": 1 - finding.box.x0, "bottom": 1 - finding.box.y0}[
        side
    ] < 0.05


@SIZES
def test_off_center(size: tuple[int, int]) -> None:
    (finding,) = found("product_off_center", scene(size, 0.05, 0.3, 0.45, 0.7))
    assert finding.detail is not None
    assert finding.detail.measured == pytest.approx(0.25, abs=0.02)
    assert not found("product_off_center", scene(size, 0.22, 0.3, 0.62, 0.7))


@SIZES
def test_a_busy_photo_is_not_judged_by_place_but_called_not_uniform(size: tuple[int, int]) -> None:
    width, height = size
    coarse = np.random.default_rng(1).integers(0, 256, (6, 6, 3), np.uint8)
    busy = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    for code in ("product_too_small", "product_too_large", "product_cut_off", "product_off_center"):
        assert not found(code, busy)
    assert found("background_not_uniform", busy)


@SIZES
def test_one_colour_or_a_soft_fall_of_light_is_uniform(size: tuple[int, int]) -> None:
    width, height = size
    assert not found("background_not_uniform", scene(size, 0.25, 0.25, 0.75, 0.75, 180))
    ramp = np.linspace(200, 240, width).astype(np.uint8)
    assert not found("background_not_uniform", np.repeat(np.tile(ramp, (height, 1))[..., None], 3, axis=2))
    assert not found("background_not_uniform", np.zeros((height, width, 3), np.uint8), main=False)


@SIZES
@pytest.mark.parametrize("back", [255, 200])
def test_several_products(size: tuple[int, int], back: int) -> None:
    def beside(left: float, height: float) -> list[Finding]:
        """Two things: one from a tenth to two fifths, and another from `left` on, so high."""
        pixels = scene(size, 0.1, 0.2, 0.4, 0.8, back)
        other = scene(size, left, 0.8 - height, 0.9, 0.8, back)
        return found("several_products", np.where(other == back, pixels, other), "amazon")

    (finding,) = beside(0.6, 0.6)
    assert finding.detail is not None
    assert finding.detail.measured == 2
    assert finding.box is not None
    assert (finding.box.x0, finding.box.x1) == pytest.approx((0.1, 0.9), abs=0.02)
    assert not beside(0.4, 0.6)  # they touch
    assert not beside(0.41, 0.6)  # they nearly do
    above = np.minimum(scene(size, 0.2, 0.1, 0.8, 0.4, back), scene(size, 0.3, 0.5, 0.9, 0.9, back))
    assert not found("several_products", above, "amazon")  # as one thing with a band as white as the backdrop
    assert beside(0.6, 0.25)
    assert not beside(0.6, 0.15)  # a quarter of the other one's area
    assert not found("several_products", scene(size, 0.1, 0.2, 0.9, 0.8, back), "amazon")
    assert not found("several_products", scene(size, 0.1, 0.2, 0.9, 0.8, back), "amazon", main=False)
