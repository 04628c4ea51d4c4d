"""Fingerprints recognise copies and tell them from other products."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.quality.copies.likeness import largest_gap, places
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Pixels
from tests.quality.drawn import product


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1), np.uint8)


def half(pixels: Pixels) -> Pixels:
    return np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)


def difference(left: Fingerprint, right: Fingerprint) -> float:
    return float(largest_gap(places(left.thumbnail[None]), places(right.thumbnail[None]))[0])


@pytest.mark.parametrize("seed", range(6))
def test_copies_are_near_and_other_products_are_far(seed: int) -> None:
    original = product(400, seed=seed)
    mark = Fingerprint.of(original)
    for copy in (jpeg(original, 40), half(original), jpeg(half(original), 50)):
        other = Fingerprint.of(copy)
        assert difference(mark, other) <= 12
        assert mark.digest != other.digest
    assert difference(mark, Fingerprint.of(product(400, seed=seed + 1))) > 12
    recoloured = original[:, :, ::-1]
    assert difference(mark, Fingerprint.of(np.ascontiguousarray(recoloured))) > 12


def test_the_digest_tells_pixels_and_shape() -> None:
    pixels = product(64)
    assert Fingerprint.of(pixels).digest == Fingerprint.of(pixels.copy()).digest
    flat = np.zeros((20, 30, 3), np.uint8)
    assert Fingerprint.of(flat).digest != Fingerprint.of(flat.reshape(30, 20, 3)).digest
