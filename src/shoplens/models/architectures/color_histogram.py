"""The colours of a photo as part of a network: a soft histogram."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import keras

Floats = npt.NDArray[np.float64]

BINS = 320
SHARPNESS = 100.0
POWER = 0.6
FLOOR = 1e-5
# Luma and the two colour differences of ITU-R BT.601, each brought to -1 to 1 (luma: 0 to 1), of RGB values 0 to 255.
_LUMA = np.array([0.299, 0.587, 0.114])
OPPONENT = np.stack(
    [_LUMA, (np.array([0.0, 0.0, 1.0]) - _LUMA) / 0.886, (np.array([1.0, 0.0, 0.0]) - _LUMA) / 0.701], axis=1
)


def color_histogram(photos: keras.KerasTensor, weight: keras.KerasTensor) -> keras.KerasTensor:
    """Return the square roots of the colours' shares, float32 `[n, 320]`, so that inner products compare histograms.

    Every pixel is shared among the nearest of 320 colours (a softmax of squared distances, the soft assignment of
    NetVLAD, Arandjelovic et al. 2016). The inner product of two such vectors is the Bhattacharyya coefficient.
    Colour differences go through a power of 0.6, since most merchandise lies near grey.

    Args:
        photos: RGB `[n, s, s, 3]`, values 0 to 255.
        weight: how much each place counts, `[n, h, w, 1]`, 0 to 1, coarser than the photos.
    """
    from keras import layers, ops

    small = layers.AveragePooling2D(4, dtype="float32", name="color_shrink")(photos)
    opponent = layers.Conv2D(
        3, 1, use_bias=False, kernel_initializer=_fixed(OPPONENT / 255), trainable=False, dtype="float32",
        name="color_opponent",
    )(small)  # fmt: skip
    chroma = opponent[..., 1:]
    spread = ops.concatenate([opponent[..., :1], ops.sign(chroma) * ops.power(ops.abs(chroma), POWER)], axis=-1)
    # One row a pixel with its colours last: ONNX Runtime takes 15 times as long for a softmax over another axis.
    near = layers.Dense(
        BINS, kernel_initializer=_fixed(2 * SHARPNESS * centers().T), trainable=False, dtype="float32",
        bias_initializer=_fixed(-SHARPNESS * (centers() ** 2).sum(axis=1)), name="color_near",
    )(layers.Reshape((-1, 3), dtype="float32", name="color_pixels")(spread))  # fmt: skip
    shares = layers.Softmax(dtype="float32", name="color_shares")(near)
    places = layers.Reshape((1, -1), dtype="float32", name="color_row")(_stretched(weight, spread))
    counts = layers.Dot(axes=(2, 1), dtype="float32", name="color_counts")([places, shares])[:, 0]
    return ops.sqrt(counts / ops.sum(places, axis=2) + FLOOR)


def _stretched(weight: keras.KerasTensor, photos: keras.KerasTensor) -> keras.KerasTensor:
    """Return the weight at the size of the photos, nowhere 0."""
    from keras import layers, ops

    height, width = photos.shape[1:3]
    if height is None or width is None:
        # only while photos of any size are learned from: a Lambda would write code into a network's file
        return layers.Lambda(
            lambda pair: ops.image.resize(pair[0], ops.shape(pair[1])[1:3], interpolation="bilinear") + 1e-3,
            output_shape=(None, None, 1),
            dtype="float32",
            name="color_places",
        )([weight, photos])
    places = layers.Resizing(height, width, interpolation="bilinear", dtype="float32", name="color_places")(weight)
    return layers.Rescaling(1.0, offset=1e-3, dtype="float32", name="color_floor")(places)


@cache
def centers() -> Floats:
    """Return 320 colours `[320, 3]` spread evenly over all that RGB can show: each the farthest from those before."""
    levels = np.linspace(0, 1, 17)
    lattice = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3) @ OPPONENT
    lattice[:, 1:] = np.sign(lattice[:, 1:]) * np.abs(lattice[:, 1:]) ** POWER
    chosen = [int(np.argmin((lattice**2).sum(axis=1)))]
    distance = np.full(len(lattice), np.inf)
    while len(chosen) < BINS:
        distance = np.minimum(distance, ((lattice - lattice[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int(distance.argmax()))
    return np.asarray(lattice[chosen])


def _fixed(value: Floats) -> Callable[..., npt.NDArray[np.float32]]:
    """Return an initialiser that gives these values, whatever leading axes of length 1 the layer adds."""
    return lambda shape, dtype=None: value.reshape(shape).astype(np.float32)
