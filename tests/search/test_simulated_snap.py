from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.photos.subject import find_subject
from shoplens.search.simulated_snap import simulated_snap

RED, BLUE = (200, 30, 30), (30, 60, 200)


def product(color: tuple[int, int, int]) -> np.ndarray:
    photo = np.full((240, 240, 3), 255, np.uint8)
    return np.asarray(cv2.circle(photo, (120, 120), 80, color, -1), np.uint8)


def share_of(color: tuple[int, int, int], picture: np.ndarray) -> float:
    near = np.abs(picture.astype(int) - color).sum(axis=2) < 150
    return float(near.mean())


@pytest.mark.parametrize("seed", range(6))
def test_the_product_is_in_another_place_and_the_ground_is_not_its_own(seed: int) -> None:
    snap = simulated_snap(product(RED), [product(BLUE)], 160, np.random.default_rng(seed))
    assert snap.shape == (160, 160, 3)
    assert snap.dtype == np.uint8
    assert 0.04 < share_of(RED, snap) < 0.5, "the red disc is there, and smaller than in its own photo"
    assert share_of((255, 255, 255), snap) < 0.7


def test_the_same_seed_takes_the_same_picture() -> None:
    one, other, third = (
        simulated_snap(product(RED), [product(BLUE)], 96, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)


def test_a_photo_without_a_plain_ground_is_kept_whole() -> None:
    busy = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    assert find_subject(busy).score < 0.5
    snap = simulated_snap(busy, [product(BLUE)], 96, np.random.default_rng(0))
    assert share_of(BLUE, snap) < 0.1, "nothing of another product is in it"
