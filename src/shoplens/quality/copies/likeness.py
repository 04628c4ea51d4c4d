"""Measures of likeness between the thumbnails of many pairs at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.channels import strongest

Thumbs = npt.NDArray[np.uint8]
"""Thumbnails, uint8 RGB `[n, 32, 32, 3]`."""

Floats = npt.NDArray[np.float32]

Places = npt.NDArray[np.int16]
"""Sums of 2 x 2 pixels, a plane for each channel: int16 `[n, 3, 16, 16]`."""

Number = TypeVar("Number", bound=np.generic)

_SIDE = 32
_COARSE = 8
_FINE = 16
_BLUR = 2.0
_AT_ONCE = 4096


def flipped(thumbs: Thumbs) -> Thumbs:
    """Return the mirrored thumbnails."""
    return np.ascontiguousarray(thumbs[:, :, ::-1])


def coarse(thumbs: Thumbs) -> Floats:
    """Return the strongest channel at 8 x 8 places, about its mean, as unit vectors: float32 `[n, 64]`.

    They are alike for copies of all kinds but crops.
    """
    return unit(levels(thumbs))


def levels(thumbs: Thumbs) -> Floats:
    """Return the strongest channel at 8 x 8 places, float32 `[n, 8, 8]`, 0 to 255."""
    return _pooled(value(thumbs), _COARSE)


def places(thumbs: Thumbs) -> Places:
    """Return what `largest_gap` compares."""
    planes = thumbs.transpose(0, 3, 1, 2).astype(np.int16)
    rows = planes[:, :, ::2] + planes[:, :, 1::2]
    return np.asarray(rows[..., ::2] + rows[..., 1::2], np.int16)


def largest_gap(left: Places, right: Places) -> Floats:
    """Return the difference at the most different of 16 x 16 places, in levels, mean of the channels; `[n]`.

    The mean over all places would let a product on white, or one in another colour, pass as a copy.
    """
    gap = np.abs(left - right)
    total = gap[:, 0] + gap[:, 1] + gap[:, 2]
    return np.asarray(total.reshape(len(left), -1).max(axis=1, initial=0) / np.float32(12.0), np.float32)


def structure(thumbs: Thumbs) -> Floats:
    """Return what is finer than a broad blur, of the strongest channel at 16 x 16 places: unit rows `[n, 256]`.

    Colours may change and structure remains; two products of one outline differ in it.
    """
    return fine_of(_pooled(value(thumbs), _FINE))


def fine_of(cells: Floats) -> Floats:
    """Return what is finer than a broad blur in 16 x 16 places `[n, 16, 16]`: unit rows `[n, 256]`."""
    blur = _blur()
    return unit(np.asarray(cells - blur @ cells @ blur.T, np.float32))


def value(thumbs: Thumbs) -> Floats:
    """Return the strongest channel, float32 `[n, 32, 32]`: turning hues leaves it as it is."""
    return strongest(thumbs).astype(np.float32)


def in_parts(measure: Callable[[Thumbs], npt.NDArray[Number]], thumbs: Thumbs) -> npt.NDArray[Number]:
    """Return what `measure` gives for all; the numbers of all pixels at once would take gigabytes."""
    starts = range(0, max(1, len(thumbs)), _AT_ONCE)
    return np.concatenate([measure(thumbs[start : start + _AT_ONCE]) for start in starts])


@cache
def _blur() -> Floats:
    """Return the Gaussian along one side as a matrix `[16, 16]`."""
    unit = np.eye(_FINE, dtype=np.float32)
    return np.asarray(cv2.sepFilter2D(unit, -1, np.ones(1), cv2.getGaussianKernel(17, _BLUR)), np.float32)


def _pooled(channel: Floats, side: int) -> Floats:
    step = _SIDE // side
    return np.asarray(channel.reshape(len(channel), side, step, side, step).mean(axis=(2, 4)), np.float32)


def unit(pictures: Floats) -> Floats:
    """Return pictures `[n, h, w]` about their means as rows of unit length, `[n, h * w]`."""
    rows = pictures.reshape(len(pictures), pictures.shape[-1] * pictures.shape[-2])
    rows = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-3), np.float32)
