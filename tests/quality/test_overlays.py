"""What is laid over a photo: boxes from maps are exact, and the network that ships sees what is drawn on photos."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import cv2
import numpy as np
import pytest

from shoplens.errors import BundleError
from shoplens.quality.overlay_detector import (
    KINDS,
    SIDES,
    Overlay,
    OverlayDetector,
    OverlayKind,
    box_around,
    overlay_detector,
    overlay_thresholds,
)
from shoplens.records import Pixels
from tests.quality.drawn import found as findings_of
from tests.quality.drawn import product

OVERLAYS = ("text_overlay", "promotional_badge", "photo_watermark", "logo_overlay", "photo_collage")


def area(height: int, width: int, *parts: tuple[int, int, int, int], value: float = 0.9) -> np.ndarray:
    """A map that is zero but for the parts, each top, bottom, left, right in cells."""
    likely = np.zeros((height, width), np.float32)
    for top, bottom, left, right in parts:
        likely[top:bottom, left:right] = value
    return likely


def test_a_box_is_exact_to_the_cell() -> None:
    box = box_around(area(64, 48, (8, 24, 12, 36)), "badge")
    assert box is not None
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((12 / 48, 8 / 64, 36 / 48, 24 / 64), abs=1e-6)


def test_a_half_covered_rim_counts_half() -> None:
    likely = area(64, 64, (20, 40, 10, 50))
    likely[20] = likely[20] / 1.9
    box = box_around(likely, "text")
    assert box is not None
    assert box.y0 == pytest.approx((21 - 1 / 1.9) / 64, abs=1e-6)


def test_letters_of_one_word_are_one_box() -> None:
    letters = [(30, 36, left, left + 4) for left in range(10, 50, 7)]
    box = box_around(area(64, 64, *letters), "text")
    assert box is not None
    assert (box.x0, box.x1) == pytest.approx((10 / 64, 49 / 64), abs=0.02)


@pytest.mark.parametrize("kind", ["text", "watermark", "logo"])
def test_words_far_apart_are_one_box(kind: OverlayKind) -> None:
    box = box_around(area(64, 64, (4, 12, 4, 24), (50, 58, 36, 60)), kind)
    assert box is not None
    assert (box.x0, box.y0, box.x1, box.y1) == pytest.approx((4 / 64, 4 / 64, 60 / 64, 58 / 64), abs=0.01)


def test_a_badge_is_the_heaviest_piece() -> None:
    box = box_around(area(64, 64, (4, 12, 4, 24), (50, 58, 36, 60)), "badge")
    assert box is not None
    assert box.x0 == pytest.approx(36 / 64, abs=0.01)


def test_a_speck_beside_a_word_is_not_in_its_box() -> None:
    box = box_around(area(64, 64, (30, 36, 10, 40), (60, 62, 60, 62)), "text")
    assert box is not None
    assert (box.x1, box.y1) == pytest.approx((40 / 64, 36 / 64), abs=0.01)


def test_nothing_has_no_box() -> None:
    assert box_around(np.zeros((64, 64), np.float32), "logo") is None


@pytest.mark.parametrize("size", [(1, 1), (5, 700), (700, 5), (33, 47), (256, 256), (900, 1200)])
def test_any_size_is_looked_at(size: tuple[int, int]) -> None:
    seen = overlay_detector().look(np.full((*size, 3), 200, np.uint8))
    assert set(seen.kinds) == set(KINDS)
    assert all(0.0 <= overlay.score <= 1.0 for overlay in seen.kinds.values())
    assert 0.0 <= seen.collage <= 1.0


def badge(photo: Pixels, *sides: int) -> Overlay:
    return overlay_detector().look(photo, sides or SIDES).kinds["badge"]


def test_what_surely_has_nothing_over_it_is_looked_at_once() -> None:
    plain = product(400, seed=0)
    np.testing.assert_array_equal(badge(plain).logits, badge(plain, SIDES[0]).logits)
    assert badge(plain).score == badge(plain, SIDES[0]).score


def test_of_two_looks_the_mean_counts_and_the_closer_one_says_where() -> None:
    badged = with_badge(product(400, seed=0))
    both, first, closer = badge(badged), badge(badged, SIDES[0]), badge(badged, SIDES[1])
    assert first.score != closer.score
    assert logit(both.score) == pytest.approx((logit(first.score) + logit(closer.score)) / 2)
    np.testing.assert_array_equal(both.logits, closer.logits)


def logit(score: float) -> float:
    return math.log(score / (1 - score))


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (31, 20)])
def test_tiny_pictures_are_not_judged(size: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    seen = overlay_detector().look(noise)
    assert seen.collage == 0.0
    assert [(overlay.score, overlay.box) for overlay in seen.kinds.values()] == [(0.0, None)] * len(KINDS)


@pytest.mark.parametrize(("width", "asked"), [(480, True), (1920, True), (1921, False), (2400, False)])
def test_strips_are_not_asked_whether_they_are_collages(width: int, asked: bool) -> None:
    strip = np.full((480, width, 3), 255, np.uint8)
    strip[:, (width - 480) // 2 : (width + 480) // 2] = product(480, seed=0)
    assert (overlay_detector().look(strip).collage > 0.0) == asked


def test_what_ships_is_small_and_described() -> None:
    folder = files("shoplens.quality") / "overlays"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert len((folder / "overlays.onnx").read_bytes()) <= 1_200_000
    assert set(card["thresholds"]) == {*KINDS, "collage"} == set(overlay_thresholds())
    assert card["data"]
    assert "magento2-luma" in card["never_trained_on"]


def test_a_broken_network_is_named() -> None:
    with pytest.raises(BundleError, match="overlay network"):
        OverlayDetector(b"no network")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [200, 400, 900])
def test_a_plain_product_raises_none_of_the_alarms(seed: int, size: int) -> None:
    assert not [code for code in OVERLAYS if findings_of(code, product(size, seed=seed))]


def with_badge(pixels: Pixels) -> Pixels:
    """A red disc with white words in the upper right corner, its box 0.66 to 0.96 across and 0.04 to 0.34 down."""
    height, width = pixels.shape[:2]
    side = min(height, width)
    center, radius = (round(0.81 * width), round(0.19 * height)), round(0.15 * side)
    marked = cv2.circle(pixels.copy(), center, radius, (210, 20, 30), -1, cv2.LINE_AA)
    scale = cv2.getFontScaleFromHeight(cv2.FONT_HERSHEY_DUPLEX, max(6, round(0.4 * radius)), max(1, side // 200))
    (wide, high), _ = cv2.getTextSize("-40%", cv2.FONT_HERSHEY_DUPLEX, scale, max(1, side // 200))
    where = (center[0] - wide // 2, center[1] + high // 2)
    white = (255, 255, 255)
    cv2.putText(marked, "-40%", where, cv2.FONT_HERSHEY_DUPLEX, scale, white, max(1, side // 200), cv2.LINE_AA)
    return np.asarray(marked, np.uint8)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("size", [200, 400, 900])
def test_a_badge_is_found_where_it_is(seed: int, size: int) -> None:
    (finding,) = findings_of("promotional_badge", with_badge(product(size, seed=seed)))
    assert finding.box is not None
    box, x0, y0, x1, y1 = finding.box, 0.66, 0.04, 0.96, 0.34
    both = (min(box.x1, x1) - max(box.x0, x0)) * (min(box.y1, y1) - max(box.y0, y0))
    assert both / ((box.x1 - box.x0) * (box.y1 - box.y0) + (x1 - x0) * (y1 - y0) - both) > 0.5
