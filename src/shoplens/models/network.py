"""The network of a training: built, filled with another's weights, joined to an ensemble."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from shoplens import plugins
from shoplens.errors import BadInput
from shoplens.models.architectures.embedding_net import embedding_net
from shoplens.models.weight_names import named_weights

if TYPE_CHECKING:
    import keras

    from shoplens.models.architectures.architecture import Architecture

Weights = Mapping[str, npt.NDArray[Any]]
"""Arrays by the name of their variable, such as "stem_conv/kernel"; see `named_weights`."""

Precision = Literal["float32", "bfloat16"]


def plan(architecture: str, arguments: Mapping[str, Any]) -> Architecture:
    """Return an architecture with its settings.

    Raises:
        UnknownName: there is no such architecture.
        BadInput: it has no such setting, or the value is none for it.
    """
    kind = plugins.load("architecture", architecture)
    known = {item.name for item in fields(kind)} if is_dataclass(kind) else set(arguments)
    if strange := sorted(set(arguments) - known):
        raise BadInput(
            f"The architecture '{architecture}' has no such setting.",
            received=", ".join(strange),
            remedy=f"It has: {', '.join(sorted(known))}.",
        )
    made: Architecture = kind(**arguments)
    return made


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
        BadInput: it has no such setting.
    """
    import keras
    from keras import layers

    design = plan(architecture, arguments)
    with _policy("mixed_bfloat16" if precision == "bfloat16" else "float32"):
        whole = design.build(size, classes)
        if not any(layer.name == "dense" for layer in whole.layers):
            return embedding_net(design, size, classes, heads=heads)
        below = whole.get_layer("probabilities").input
        outputs = {
            "embedding": layers.UnitNormalization(dtype="float32", name="embedding")(whole.get_layer("dense").output),
            "logits": layers.Dense(classes, dtype="float32", name="category")(below),
            "features": whole.get_layer(design.feature_layer).output,
        }
        return keras.Model(whole.input, outputs, name=f"{design.name}_embedding")


def fill(network: keras.Model, weights: Weights) -> None:
    """Give the network every weight whose name and shape fit; the others keep theirs."""
    for name, variable in named_weights(network).items():
        value = weights.get(name)
        if value is not None and value.shape == tuple(variable.shape):
            variable.assign(value)


def ensemble(members: Sequence[keras.Model], *, shared_looks: bool, mirror: bool) -> keras.Model:
    """Return one network whose probabilities are the mean of its members', and of the photo's and its mirror image's.

    Args:
        members: networks of `build` with the same input and classes.
        shared_looks: whether their embeddings lie in one space, as those of networks that started from the same weights
            and were held near them do, and those that were held near one teacher's; the mean, brought to unit length,
            is then the embedding. Otherwise it is the first member's, since the mean of unrelated spaces means nothing.
        mirror: whether the mirror image is looked at too. It costs as much again, but only where the probabilities are
            asked for: the embedding, the maps and the heads are those of the photo.

    Returns:
        A network with the outputs of `build`: "logits" are the logarithms of the mean probabilities, the maps and the
        heads are the first member's.
    """
    import keras
    from keras import layers, ops

    if len(members) == 1 and not mirror:
        return members[0]
    photos = keras.Input(members[0].input.shape[1:], name="photos")
    for number, member in enumerate(members, start=1):
        member.name = f"member{number}"
    said = [member(photos) for member in members]
    turned = [member(photos[:, :, ::-1]) for member in members] if mirror else []
    chances = layers.Average(name="probabilities_mean")(
        [layers.Softmax(name=f"probabilities_{i}")(out["logits"]) for i, out in enumerate(said + turned)]
    )
    embedding = said[0]["embedding"]
    if shared_looks and len(members) > 1:
        mean = layers.Average(name="head_looks")([out["embedding"] for out in said])
        embedding = layers.UnitNormalization(name="embedding")(mean)
    outputs = {"embedding": embedding, "logits": ops.log(ops.maximum(chances, 1e-9))}
    outputs |= {name: value for name, value in said[0].items() if name not in outputs}
    return keras.Model(photos, outputs, name="ensemble")


def member_weights(members: Sequence[Weights]) -> dict[str, npt.NDArray[Any]]:
    """Return the weights of all members by name.

    The first one's keep their own names, so that a training can start from it; the others' stand behind "member2/",
    "member3/".
    """
    joined = dict(members[0])
    for number, weights in enumerate(members[1:], start=2):
        joined |= {f"member{number}/{name}": value for name, value in weights.items()}
    return joined


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
