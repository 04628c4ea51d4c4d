"""The overlay network: plain 3x3 convolutions, a map for each kind at a quarter of the input's size, a judge above."""

from __future__ import annotations

import keras
from architecture import LIKELIEST, SEAMS, SURE, WIDTHS
from keras import layers, ops
from overlays import KINDS


class Evidence(layers.Layer):
    """Logits `[n, h/8, w/8, 4 * kinds]` and the collage's `[n, 1]` to what is weighed, `[n, 5 * (kinds + 1) + 1]`.

    A map's likeliest cells alone are a poor judge: a watermark of 60 % that the network half takes for words reaches
    neither threshold, and a word over a quiet photo says more than one on a shelf full of cartons. So it is told how
    sure the likeliest 3 to 125 cells are, and all of them, of each kind and of the likeliest kind.
    """

    def call(self, maps: keras.KerasTensor, collage: keras.KerasTensor) -> keras.KerasTensor:
        cells = ops.clip(finer(maps), -SURE, SURE)
        cells = ops.concatenate([cells, ops.max(cells, axis=-1, keepdims=True)], axis=-1)
        calm = ops.max_pool(ops.average_pool(cells, 3, 1, "same"), 2, 2, "same")
        flat = ops.transpose(ops.reshape(calm, (ops.shape(calm)[0], -1, len(KINDS) + 1)), (0, 2, 1))
        best = ops.top_k(flat, max(LIKELIEST), sorted=True)[0]
        numbers = [ops.mean(best[..., :count], axis=-1) for count in LIKELIEST]
        numbers.append(ops.mean(flat, axis=-1))
        return ops.concatenate([*numbers, ops.clip(collage, -SURE, SURE)], axis=-1)

    def compute_output_shape(self, maps_shape: tuple, collage_shape: tuple) -> tuple:
        return (maps_shape[0], (len(LIKELIEST) + 1) * (len(KINDS) + 1) + 1)


class Seams(layers.Layer):
    """`[n, h, w, c]` to the most of any column's and of any row's mean, `[n, 2 c]`.

    Where two panels meet, something is there all the way down or across; a mean over the whole picture drowns it.
    """

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        across, down = ops.max(ops.mean(x, axis=1), axis=1), ops.max(ops.mean(x, axis=2), axis=1)
        return ops.concatenate([across, down], axis=-1)

    def compute_output_shape(self, shape: tuple) -> tuple:
        return (shape[0], 2 * shape[-1])


def finer(maps: keras.KerasTensor) -> keras.KerasTensor:
    """`[n, h, w, 4 * kinds]` to the cells that stand in it, `[n, 2 h, 2 w, kinds]`."""
    count, height, width, channels = ops.shape(maps)
    cells = ops.reshape(maps, (count, height, width, 2, 2, channels // 4))
    return ops.reshape(ops.transpose(cells, (0, 1, 3, 2, 4, 5)), (count, 2 * height, 2 * width, channels // 4))


def overlay_network(size: int | None = None) -> keras.Model:
    """uint8 `[n, h, w, 3]`, sides multiples of 32, to logits.

    "maps" `[n, h/8, w/8, 4 kinds]`, four cells of half the size for each; "kinds" `[n, kinds]`, of what is there at
    all; "collage" `[n, 1]`.
    """
    photos = keras.Input((size, size, 3), dtype="uint8", name="photos")
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(photos)
    first, second, third, fourth, fifth = WIDTHS
    x = _conv(x, first, 2)
    x = _conv(_conv(x, second, 2), second)
    fine = _conv(_conv(x, third, 2), third)
    mid = _conv(_conv(_conv(fine, fourth, 2), fourth), fourth)
    deep = _conv(_conv(mid, fifth, 2), fifth)
    mean, most = layers.GlobalAveragePooling2D()(deep), layers.GlobalMaxPooling2D()(deep)
    pooled = layers.Concatenate(name="pooled", dtype="float32")([mean, most])
    up = layers.Add()([mid, layers.UpSampling2D(2)(layers.Conv2D(fourth, 1)(deep))])
    up = layers.Add()([fine, layers.UpSampling2D(2)(layers.Conv2D(third, 1)(up))])
    up = _conv(up, third)
    refined = layers.Conv2D(third, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(up)
    refined = layers.BatchNormalization(momentum=0.97, gamma_initializer="zeros")(refined)
    up = layers.ReLU()(layers.Add()([up, refined]))
    seams = Seams(name="collage_seams", dtype="float32")(layers.Conv2D(SEAMS, 1, activation="relu")(up))
    seen = layers.Concatenate(name="collage_weighs", dtype="float32")([pooled, seams])
    hidden = layers.Dense(32, activation="relu", name="collage_hidden")(layers.Dropout(0.2)(seen))
    collage = layers.Dense(1, name="collage", dtype="float32")(hidden)
    # Four cells of half the size each: the finer map costs no convolution at that size.
    rare = keras.initializers.Constant(-3.0)
    maps = layers.Conv2D(4 * len(KINDS), 1, bias_initializer=rare, name="maps", dtype="float32")(up)
    evidence = layers.Concatenate(name="judge_weighs", dtype="float32")(
        [
            Evidence(name="judge_evidence", dtype="float32")(maps, collage),
            pooled,
            layers.GlobalAveragePooling2D()(up),
            layers.GlobalMaxPooling2D()(up),
        ]
    )
    evidence = layers.BatchNormalization(momentum=0.99, name="judge_norm", dtype="float32")(evidence)
    judge = layers.Dense(32, activation="relu", name="judge_hidden", dtype="float32")(evidence)
    kinds = layers.Dense(len(KINDS), name="judge_kinds", dtype="float32")(layers.Dropout(0.1)(judge))
    return keras.Model(photos, {"maps": maps, "kinds": kinds, "collage": collage})


def _conv(x: keras.KerasTensor, filters: int, stride: int = 1) -> keras.KerasTensor:
    x = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.97)(x))
