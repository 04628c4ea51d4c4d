"""Channels and medians are those of numpy's own, slower ways."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from shoplens.photos.channels import strongest, weakest
from shoplens.photos.median import median


@given(arrays(np.uint8, st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(1, 5), st.just(3))))
def test_the_strongest_and_the_weakest_channel(pixels: npt.NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(strongest(pixels), pixels.max(axis=-1))
    np.testing.assert_array_equal(weakest(pixels), pixels.min(axis=-1))


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
@given(data=st.data(), shape=st.tuples(st.integers(1, 3), st.integers(1, 9)))
def test_the_median(kind: type[np.generic], data: st.DataObject, shape: tuple[int, int]) -> None:
    values = data.draw(arrays(kind, shape, elements=st.integers(0, 255)))
    np.testing.assert_array_equal(median(values), np.median(values, axis=-1))
