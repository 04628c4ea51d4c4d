"""The overlay network: plain 3x3 convolutions, a map for each kind at a quarter of the input's size, and collages."""

from __future__ import annotations

import keras
from keras import layers
from overlays import KINDS

WIDTHS = (8, 16, 32, 48, 72)


def overlay_network(size: int | None = None) -> keras.Model:
    """uint8 `[n, h, w, 3]`, sides multiples of 32, to logits "maps" `[n, h/8, w/8, 4 kinds]`, "collage" `[n, 1]`."""
    photos = keras.Input((size, size, 3), dtype="uint8", name="photos")
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(photos)
    first, second, third, fourth, fifth = WIDTHS
    x = _conv(x, first, 2)
    x = _conv(_conv(x, second, 2), second)
    fine = _conv(_conv(x, third, 2), third)
    mid = _conv(_conv(_conv(fine, fourth, 2), fourth), fourth)
    deep = _conv(_conv(mid, fifth, 2), fifth)
    mean, most = layers.GlobalAveragePooling2D()(deep), layers.GlobalMaxPooling2D()(deep)
    pooled = layers.Concatenate(name="pooled")([mean, most])
    collage = layers.Dense(1, name="collage")(layers.Dense(32, activation="relu")(layers.Dropout(0.2)(pooled)))
    up = layers.Add()([mid, layers.UpSampling2D(2)(layers.Conv2D(fourth, 1)(deep))])
    up = layers.Add()([fine, layers.UpSampling2D(2)(layers.Conv2D(third, 1)(up))])
    up = _conv(up, third)
    # Four cells of half the size each: the finer map costs no convolution at that size.
    maps = layers.Conv2D(4 * len(KINDS), 1, bias_initializer=keras.initializers.Constant(-3.0), name="maps")(up)
    return keras.Model(photos, {"maps": maps, "collage": collage})


def _conv(x: keras.KerasTensor, filters: int, stride: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))
