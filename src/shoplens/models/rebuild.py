"""A bundle's network in Keras again: the architecture from this package's code, from the bundle its weights alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shoplens.errors import BundleError
from shoplens.models import network as networks
from shoplens.models.bundle import Bundle
from shoplens.models.quiet_tensorflow import import_quietly
from shoplens.models.weight_names import named_weights

if TYPE_CHECKING:
    import keras

_HEAD = "_logits"
_MEMBER = re.compile(r"member\d+/")
_REMEDY = "Export it as onnx, onnx-int8 or onnx-float16; these need only the network that it runs."


def rebuild(bundle: Bundle) -> keras.Model:
    """Return the network as it serves, in float32.

    Returns:
        A model from RGB `[n, s, s, 3]`, values 0 to 255, to a dict of "embedding" float32 `[n, dim]` of unit length,
        "probabilities" float32 `[n, categories]`, the probabilities of each head under its name, and the maps that the
        architecture gives, such as "features".

    Raises:
        BundleError: the bundle has no weights or not all of them, as after `--preset fast`, does not name its
            architecture, or is an ensemble.
        MissingExtra: TensorFlow is not installed.
    """
    weights, architecture = bundle.weights(), dict(bundle.card.get("architecture", {}))
    if weights is None or "name" not in architecture:
        raise BundleError(
            "The bundle has no weights to rebuild its network from, or does not name its architecture.",
            received=bundle.id,
            remedy=_REMEDY,
        )
    _refuse_ensemble(bundle, weights)
    import_quietly()
    name = str(architecture.pop("name"))
    heads = {head: len(labels) for head, labels in bundle.heads.items()}
    network = networks.build(name, architecture, bundle.input_size, len(bundle.categories), heads=heads)
    lacking = [
        weight
        for weight, variable in named_weights(network).items()
        if weight not in weights or weights[weight].shape != tuple(variable.shape)
    ]
    if lacking:
        raise BundleError(
            "The bundle's classes were fitted on the network of another bundle, and its weights do not hold them."
            if all(weight.startswith("category/") for weight in lacking)
            else "The bundle's weights are not those of its network.",
            received=f"{bundle.id}: {', '.join(lacking[:4])}",
            remedy=_REMEDY,
        )
    networks.fill(network, weights)
    _forget_initializers(network)
    mirror = bool(bundle.card.get("settings", {}).get("mirror", False))
    return _served(networks.ensemble([network], shared_looks=False, mirror=mirror), bundle)


def _refuse_ensemble(bundle: Bundle, weights: networks.Weights) -> None:
    """Refuse weights of several networks, of which the first alone would say something else."""
    others = {name.partition("/")[0] for name in weights if _MEMBER.match(name)}
    if others:
        raise BundleError(
            "The bundle is an ensemble, whose networks are one network only as ONNX.",
            received=f"{bundle.id}: {len(others) + 1} members",
            remedy=f"{_REMEDY} Or train it with --distill, which ships one network.",
        )


def _forget_initializers(network: keras.Model) -> None:
    """The weights are there: a saved network needs no code of ours to make them."""
    import keras

    for layer in network.layers:
        for initializer in ("kernel_initializer", "bias_initializer"):
            if hasattr(layer, initializer):
                setattr(layer, initializer, keras.initializers.Zeros())


def _served(network: keras.Model, bundle: Bundle) -> keras.Model:
    """Put the temperatures and the softmax on the logits, with layers that any Keras knows."""
    import keras
    from keras import layers

    outputs = dict(network.output)
    temperatures = {"logits": ("probabilities", bundle.calibration.temperature)}
    temperatures |= {f"{head}{_HEAD}": (head, fit.temperature) for head, fit in bundle.head_calibrations.items()}
    for logits, (output, temperature) in temperatures.items():
        if logits in outputs:
            softened = layers.Rescaling(1 / temperature, dtype="float32", name=f"{output}_temperature")
            outputs[output] = layers.Softmax(dtype="float32", name=f"{output}_softmax")(softened(outputs.pop(logits)))
    return keras.Model(network.input, outputs, name=network.name)
