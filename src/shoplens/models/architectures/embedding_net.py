"""The network that a bundle ships: one trunk that looks at the product, a unit embedding, and probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shoplens.models.architectures.color_histogram import color_histogram

if TYPE_CHECKING:
    import keras

    from shoplens.models.architectures.architecture import Architecture

COLOR_SHARE = 3 / 8
"""Share of the embedding's numbers that only know colours; the others only know what the trunk sees."""


def embedding_net(
    architecture: Architecture,
    input_size: int | None,
    classes: int,
    dim: int = 256,
    heads: Mapping[str, int] | None = None,
) -> keras.Model:
    """Return an untrained network with several outputs.

    An attention map tells the product from what lies around it; it weighs the places of the trunk's last map and of a
    soft colour histogram. The embedding is made of both, each of the same length, so that an inner product is the mean
    of how alike two photos look in shape and in colour.

    Args:
        architecture: the trunk, which reduces a photo by 16.
        input_size: side of the square input in pixels, a multiple of 16; None for any.
        classes: number of categories.
        dim: length of the embedding.
        heads: further things to predict and their numbers of classes; a head named "color" sees the histogram too.

    Returns:
        A model from RGB `[n, input_size, input_size, 3]`, values 0 to 255, to a dict of "embedding" float32
        `[n, dim]` of unit length, "logits" float32 `[n, classes]`, "<head>_logits" for each of the heads, "features"
        `[n, h, w, channels]` and "attention" `[n, h, w, 1]`, 0 to 1.
        Layers "attention", "embedding_*", "color_*", "category" and "head_*" lie above the trunk.
    """
    import keras
    from keras import layers, ops

    photos = keras.Input((input_size, input_size, 3), name="photos")
    features = architecture.features(photos)
    attention = layers.Conv2D(1, 1, activation="sigmoid", dtype="float32", name="attention")(features)
    floats = ops.cast(features, "float32")
    weight = attention + 0.05
    looked_at = ops.sum(floats * weight, axis=(1, 2)) / ops.sum(weight, axis=(1, 2))
    pooled = ops.concatenate(
        [looked_at, layers.GlobalAveragePooling2D(dtype="float32", name="pool")(features)], axis=-1
    )
    colors = color_histogram(photos, attention)
    color_dim = int(dim * COLOR_SHARE)
    parts = [
        _part(pooled, dim - color_dim, "embedding_shape"),
        _part(colors, color_dim, "embedding_color"),
    ]
    embedding = layers.UnitNormalization(dtype="float32", name="embedding")(ops.concatenate(parts, axis=-1))
    dropped = layers.Dropout(getattr(architecture, "dropout", 0.0), dtype="float32", name="category_dropout")(pooled)
    outputs = {
        "embedding": embedding,
        "logits": layers.Dense(classes, dtype="float32", name="category")(dropped),
        "features": features,
        "attention": attention,
    }
    for head, count in (heads or {}).items():
        seen = ops.concatenate([dropped, colors], axis=-1) if head == "color" else dropped
        outputs[f"{head}_logits"] = layers.Dense(count, dtype="float32", name=f"head_{head}")(seen)
    return keras.Model(photos, outputs, name=f"{architecture.name}_embedding")


def _part(x: keras.KerasTensor, dim: int, name: str) -> keras.KerasTensor:
    from keras import layers

    x = layers.Dense(dim, use_bias=False, dtype="float32", name=f"{name}_dense")(x)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-3, dtype="float32", name=f"{name}_norm")(x)
    return layers.UnitNormalization(dtype="float32", name=f"{name}_unit")(x)
