"""The network that a bundle ships: one trunk, a unit embedding and category probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

    from shoplens.models.architectures.architecture import Architecture


def embedding_net(architecture: Architecture, input_size: int | None, classes: int, dim: int = 256) -> keras.Model:
    """Return an untrained network with three outputs.

    Args:
        architecture: the trunk.
        input_size: side of the square input in pixels; None for any.
        classes: number of categories.
        dim: length of the embedding.

    Returns:
        A model from RGB `[n, input_size, input_size, 3]`, values 0 to 255, to a dict of "embedding" float32
        `[n, dim]` of unit length, "logits" float32 `[n, classes]` and "features" `[n, h, w, channels]`.
        Layers "embedding_dense", "embedding_norm" and "category" lie above the trunk.
    """
    import keras
    from keras import layers

    photos = keras.Input((input_size, input_size, 3), name="photos")
    features = architecture.features(photos)
    pooled = layers.GlobalAveragePooling2D(dtype="float32", name="pool")(features)
    x = layers.Dense(dim, use_bias=False, dtype="float32", name="embedding_dense")(pooled)
    x = layers.BatchNormalization(momentum=0.9, epsilon=1e-3, dtype="float32", name="embedding_norm")(x)
    embedding = layers.UnitNormalization(dtype="float32", name="embedding")(x)
    dropped = layers.Dropout(getattr(architecture, "dropout", 0.0), dtype="float32", name="category_dropout")(pooled)
    logits = layers.Dense(classes, dtype="float32", name="category")(dropped)
    outputs = {"embedding": embedding, "logits": logits, "features": features}
    return keras.Model(photos, outputs, name=f"{architecture.name}_embedding")
