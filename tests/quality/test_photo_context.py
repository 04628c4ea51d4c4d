"""Smaller copies of a photo are the same as OpenCV makes of its bytes, whichever way they are made."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.runtime import OnnxModel
from shoplens.quality.gist_reader import gist_reader
from shoplens.quality.photo_context import PhotoContext
from tests.quality.drawn import as_photo


@pytest.mark.parametrize("size", [(400, 400), (300, 451), (640, 200), (113, 500), (512, 512), (192, 320)])
@pytest.mark.parametrize("side", [(256, 256), (160, 96), (112, 112), (100, 57)])
def test_smaller_copies_are_those_of_bytes(size: tuple[int, int], side: tuple[int, int]) -> None:
    pixels = np.random.default_rng(sum(size)).integers(0, 256, (*size, 3), np.uint8)
    context = PhotoContext(as_photo(pixels))
    assert np.array_equal(context.shrunk(*side), cv2.resize(context.work, side, interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("size", [(60, 90), (111, 300), (400, 300)])
def test_the_networks_square_is_the_readers(size: tuple[int, int]) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (*size, 3), np.uint8)
    context = PhotoContext(as_photo(pixels))
    assert np.array_equal(context.square, gist_reader().square(context.work))


def test_a_gist_is_the_means_of_nine_overlapping_parts_of_the_last_map() -> None:
    reader = gist_reader()
    squares = np.random.default_rng(3).integers(0, 256, (2, reader.side, reader.side, 3), np.uint8)
    maps = OnnxModel(load_bundle(BASE)).run(squares, ["features"])["features"]
    length, size = maps.shape[1], -(-maps.shape[1] // 3)
    parts = [slice(start, start + size) for start in (0, round((length - size) / 2), length - size)]
    means = [maps[:, down, across].mean(axis=(1, 2)) for down in parts for across in parts]
    assert reader.read(list(squares)) == pytest.approx(np.concatenate(means, axis=1), abs=1e-5)
