"""The perceptual hash outlives saving and resizing, and the search for pairs misses none that it promises."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.photos.fingerprint import candidate_pairs, perceptual_hash
from shoplens.records import Pixels


def picture(seed: int) -> Pixels:
    """A smooth random picture: unlike any other seed's."""
    cells = np.random.default_rng(seed).integers(0, 256, (7, 7, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(cells, (240, 180), interpolation=cv2.INTER_CUBIC), np.uint8)


def distance(left: Pixels, right: Pixels) -> int:
    return (perceptual_hash(left) ^ perceptual_hash(right)).bit_count()


@pytest.mark.parametrize("seed", range(8))
def test_copies_are_near_and_other_pictures_far(seed: int) -> None:
    original = picture(seed)
    saved = cv2.imdecode(cv2.imencode(".jpg", original, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
    small = cv2.resize(original, (100, 75), interpolation=cv2.INTER_AREA)
    brighter = np.asarray(np.clip(original * 0.8 + 40, 0, 255), np.uint8)
    for copy in (saved, small, brighter):
        assert distance(original, np.asarray(copy, np.uint8)) <= 6
    assert distance(original, picture(seed + 1)) > 12


def test_a_view_into_a_larger_picture_has_the_hash_of_its_copy() -> None:
    part = picture(3)[10:150, 20:200]
    assert perceptual_hash(part) == perceptual_hash(part.copy())


@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=40),
    st.lists(st.integers(0, 63), max_size=12),
    st.integers(0, 2**64 - 1),
    st.integers(0, 10),
)
def test_every_pair_within_the_distance_is_proposed_once(
    hashes: list[int], flips: list[int], base: int, most: int
) -> None:
    hashes = [*hashes, base]
    for flip in flips:
        hashes.append(hashes[-1] ^ (1 << flip))
    parts = candidate_pairs(np.array(hashes, np.uint64), most)
    pairs = [pair for left, right in parts for pair in zip(left.tolist(), right.tolist(), strict=True)]
    wanted = {
        (i, j)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (hashes[i] ^ hashes[j]).bit_count() <= most
    }
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == wanted


def test_more_photos_than_are_compared_at_once() -> None:
    hashes = np.repeat(np.array([0, 2**64 - 1], np.uint64), [1500, 1])
    found = {pair for left, right in candidate_pairs(hashes, 0) for pair in zip(left, right, strict=True)}
    assert len(found) == 1500 * 1499 // 2


def test_no_photo_has_no_pair() -> None:
    assert not list(candidate_pairs(np.zeros(0, np.uint64), 7))
