"""The locator's network: the first half of the base model's trunk, then a small pyramid of its own."""

from __future__ import annotations

from pathlib import Path

import keras
from keras import layers, ops

from shoplens.models.architectures.residual import Residual
from shoplens.models.bundle import load_bundle

SIDE = 128
STRIDE = 8
TRUNK = Residual("medium", channels=(32, 64, 96, 96), blocks=(1, 2, 1, 1), strides=(2, 2, 2, 2, 2))
"""Up to the second stage it is the base model's, so that its weights can be taken over."""

START_HEAT = -4.0


def locator_network(side: int | None = None) -> keras.Model:
    """Return the network: RGB `[n, s, s, 3]`, 0 to 255, s a multiple of 32, to "heat_raw", "edges", "mask_raw".

    Each has a cell for 8 x 8 pixels. "heat_raw" `[n, s / 8, s / 8, 1]` is a logit; "edges" are the distances from
    a cell's centre to its product's left, top, right and bottom edge as shares of the picture's side; "mask_raw", the
    logit of a product's being there, is for training alone.
    """
    photos = keras.Input((side, side, 3), name="photos")
    x = TRUNK.features(photos)
    trunk = keras.Model(photos, x)
    fine, middle = (trunk.get_layer(name).output for name in ("stage2_block2_relu2", "stage3_block1_relu2"))
    context = layers.GlobalAveragePooling2D(keepdims=True, name="context_pool")(x)
    context = layers.Conv2D(64, 1, activation="relu", name="context")(context)
    x = layers.Add(name="coarse_sum")([_even(x, 64, 1, "coarse"), context])
    x = layers.Add(name="middle_sum")([layers.UpSampling2D(2, name="coarse_up")(x), _even(middle, 64, 1, "middle")])
    x = layers.ReLU(name="middle_relu")(x)
    x = layers.Add(name="fine_sum")([layers.UpSampling2D(2, name="middle_up")(x), _even(fine, 64, 1, "fine")])
    x = layers.ReLU(name="fine_relu")(x)
    x = layers.ReLU(name="head1_relu")(_even(x, 64, 3, "head1"))
    x = layers.ReLU(name="head2_relu")(_even(x, 32, 3, "head2"))
    heat = layers.Conv2D(1, 1, dtype="float32", bias_initializer=keras.initializers.Constant(START_HEAT),
                         name="out_heat")(x)  # fmt: skip
    edges = layers.Conv2D(4, 1, dtype="float32", bias_initializer=keras.initializers.Constant(-1.0),
                          name="out_edges")(x)  # fmt: skip
    mask = layers.Conv2D(1, 1, dtype="float32", name="out_mask")(x)
    return keras.Model(photos, {"heat_raw": heat, "edges": ops.softplus(edges), "mask_raw": mask}, name="locator")


def shipped(network: keras.Model) -> keras.Model:
    """Return the part that ships: "heat" 0 to 1, and "edges"."""
    out = network.output
    return keras.Model(network.input, {"heat": ops.sigmoid(out["heat_raw"]), "edges": out["edges"]}, name="locator")


def begin_from(network: keras.Model, bundle: Path) -> int:
    """Take over what fits of a bundle's weights, and return how many arrays that were."""
    weights = load_bundle(bundle).weights() or {}
    taken = 0
    for variable in network.weights:
        value = weights.get(variable.path)
        if value is not None and value.shape == tuple(variable.shape) and variable.path.startswith(("stem", "stage")):
            variable.assign(value)
            taken += 1
    return taken


def _even(x: keras.KerasTensor, channels: int, kernel: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(channels, kernel, padding="same", use_bias=False, kernel_initializer="he_normal",
                      name=f"{name}_conv")(x)  # fmt: skip
    return layers.BatchNormalization(momentum=0.95, epsilon=1e-3, name=f"{name}_norm")(x)
