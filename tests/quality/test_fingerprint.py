"""Fingerprints recognise copies, and the search for pairs misses none that it promises."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.quality.fingerprint import Fingerprint, candidate_pairs, difference
from shoplens.records import Pixels
from tests.quality.drawn import product


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


def half(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.mark.parametrize("seed", range(6))
def test_copies_are_near_and_other_products_are_far(seed: int) -> None:
    original = product(400, seed=seed)
    mark = Fingerprint.of(original)
    for copy in (jpeg(original, 40), half(original), jpeg(half(original), 50)):
        other = Fingerprint.of(copy)
        assert (mark.hash ^ other.hash).bit_count() <= 7
        assert difference(mark, other) <= 16
        assert mark.digest != other.digest
    assert difference(mark, Fingerprint.of(product(400, seed=seed + 1))) > 16
    recoloured = original[:, :, ::-1]
    assert difference(mark, Fingerprint.of(np.ascontiguousarray(recoloured))) > 16


def test_the_digest_tells_pixels_and_shape() -> None:
    pixels = product(64)
    assert Fingerprint.of(pixels).digest == Fingerprint.of(pixels.copy()).digest
    flat = np.zeros((20, 30, 3), np.uint8)
    assert Fingerprint.of(flat).digest != Fingerprint.of(flat.reshape(30, 20, 3)).digest


@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=40),
    st.lists(st.integers(0, 63), max_size=9),
    st.integers(0, 2**64 - 1),
)
def test_every_pair_within_seven_bits_is_proposed_once(hashes: list[int], flips: list[int], base: int) -> None:
    hashes = [*hashes, base]
    for flip in flips:
        hashes.append(hashes[-1] ^ (1 << flip))
    blank = np.zeros((16, 16, 3), np.uint8)
    pairs = list(candidate_pairs([Fingerprint(b"", value, blank) for value in hashes]))
    wanted = {
        (i, j)
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (hashes[i] ^ hashes[j]).bit_count() <= 7
    }
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == wanted
