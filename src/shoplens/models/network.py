"""The network of a training: built, filled with another's weights, and rebuilt for export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from shoplens import plugins
from shoplens.models.architectures.embedding_net import embedding_net

if TYPE_CHECKING:
    import keras

Weights = Mapping[str, npt.NDArray[Any]]
"""Arrays by the path of their variable, such as "stem_conv/kernel"."""

Precision = Literal["float32", "bfloat16"]


def build(
    architecture: str,
    arguments: Mapping[str, Any],
    size: int,
    classes: int,
    precision: Precision = "float32",
    heads: Mapping[str, int] | None = None,
) -> keras.Model:
    """Return an untrained network from RGB `[n, size, size, 3]`, values 0 to 255, to a dict.

    The dict holds "embedding" float32 `[n, dim]` of unit length, "logits" float32 `[n, classes]` and "features", the
    last feature map; the layer of the logits is named "category". A network that ends in a dense layer of its own
    ("dense", as simple_cnn has) is taken as it is, and that layer's output is the embedding; any other gets the head of
    the bundles that ship, and with it "<head>_logits" for each of `heads`, which gives their numbers of labels.

    Raises:
        UnknownName: there is no such architecture.
    """
    import keras
    from keras import layers

    plan = plugins.load("architecture", architecture)(**arguments)
    with _policy("mixed_bfloat16" if precision == "bfloat16" else "float32"):
        whole = plan.build(size, classes)
        if not any(layer.name == "dense" for layer in whole.layers):
            return embedding_net(plan, size, classes, heads=heads)
        below = whole.get_layer("probabilities").input
        outputs = {
            "embedding": layers.UnitNormalization(dtype="float32", name="embedding")(whole.get_layer("dense").output),
            "logits": layers.Dense(classes, dtype="float32", name="category")(below),
            "features": whole.get_layer(plan.feature_layer).output,
        }
        return keras.Model(whole.input, outputs, name=f"{plan.name}_embedding")


def fill(network: keras.Model, weights: Weights) -> None:
    """Give the network every weight whose path and shape fit; the others keep theirs."""
    for variable in network.weights:
        value = weights.get(variable.path)
        if value is not None and value.shape == tuple(variable.shape):
            variable.assign(value)


def choose_precision(wish: str) -> Precision:
    """Return "bfloat16" if wished, or if "auto" and the processor or a graphics card computes with it."""
    if wish != "auto":
        return "bfloat16" if wish == "bfloat16" else "float32"
    import tensorflow as tf

    info = Path("/proc/cpuinfo")
    flags = info.read_text("ascii", errors="replace") if info.exists() else ""
    native = any(flag in flags for flag in ("avx512_bf16", "amx_bf16"))
    return "bfloat16" if native or tf.config.list_physical_devices("GPU") else "float32"


@contextmanager
def _policy(name: str) -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
