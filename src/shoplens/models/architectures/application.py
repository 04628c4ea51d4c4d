"""Any network of `keras.applications`, with the preprocessing that its published weights want."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from inspect import ismodule
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, UnknownName
from shoplens.models.weight_names import named_weights

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Application:
    """A network of `keras.applications` without its top.

    Most of them are made of depthwise convolutions or are very deep: on a processor they train several times slower
    than "residual". They are for who has weights to start from.

    Attributes:
        model: the function's name, such as "MobileNetV2" or "ResNet50".
        dropout: share of the pooled features dropped before the softmax.
    """

    model: str = "MobileNetV2"
    dropout: float = 0.2

    name = "application"
    feature_layer = "features"

    def __post_init__(self) -> None:
        if not 0.0 <= self.dropout < 1.0:
            raise BadInput("dropout is a share from 0 to below 1.", received=self.dropout)

    def features(self, photos: keras.KerasTensor) -> keras.KerasTensor:
        """See `Architecture.features`."""
        import keras

        base, preprocess = self._base(photos.shape[1]), self._preprocess()
        # a layer without a name of its own is numbered through the whole process, so that its weights' paths would be
        # others each time that the network is built
        made: list[str] = []

        def renamed(layer: Any) -> Any:  # noqa: ANN401 - Keras is untyped
            config = layer.get_config()
            if re.fullmatch(rf"{_snake(type(layer).__name__)}(_\d+)?", layer.name):
                config["name"] = f"{_snake(type(layer).__name__)}_at_{len(made)}"
            made.append(config["name"])
            return type(layer).from_config(config)

        # `call` and not the model itself, so that its layers become layers of the network around it
        found = keras.models.clone_model(base, clone_function=renamed).call(preprocess(photos))
        return keras.layers.Activation("linear", name=self.feature_layer)(found)

    def build(self, input_size: int, classes: int) -> keras.Model:
        """See `Architecture.build`."""
        import keras
        from keras import layers

        photos = keras.Input((input_size, input_size, 3), name="photos")
        x = layers.GlobalAveragePooling2D(name="pool")(self.features(photos))
        x = layers.Dropout(self.dropout, name="dropout")(x)
        probabilities = layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(x)
        return keras.Model(photos, probabilities, name=self.model.lower())

    def pretrained(self, path: Path, input_size: int) -> dict[str, npt.NDArray[np.float32]]:
        """Return the weights of a Keras HDF5 file of this network without top, by name in what `features` makes.

        Args:
            path: the file; `shoplens.models.start` has checked that it refers to no other one.
            input_size: side of the input in pixels.

        Raises:
            ValueError: the file holds the weights of another network.
        """
        import keras

        base = self._base(input_size)
        base.load_weights(path)
        photos = keras.Input((input_size, input_size, 3))
        own = keras.Model(photos, self.features(photos))
        return {name: np.asarray(theirs) for name, theirs in zip(named_weights(own), base.weights, strict=True)}

    def _base(self, side: int | None) -> keras.Model:
        import keras

        known = [name for name in dir(keras.applications) if name[:1].isupper()]
        if self.model not in known:
            raise UnknownName("network in keras.applications", self.model, known)
        try:
            return getattr(keras.applications, self.model)(include_top=False, weights=None, input_shape=(side, side, 3))
        except ValueError as error:
            raise BadInput(
                f"{self.model} cannot be made for this input.",
                received=f"{side} pixels: {error}",
                remedy="Give --size.",
            ) from error

    def _preprocess(self) -> Callable[[Any], Any]:
        """Return what turns values 0 to 255 into the network's own; some have it in their first layers."""
        import keras

        modules = [value for value in vars(keras.applications).values() if ismodule(value)]
        own = [m for m in modules if hasattr(m, self.model) and hasattr(m, "preprocess_input")]
        return own[0].preprocess_input if own else lambda photos: photos


def _snake(name: str) -> str:
    """Return the name that Keras gives a layer of a class: "Conv2D" is "conv2d", "ReLU" is "re_lu"."""
    spaced = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))
    return re.sub("([a-z])([A-Z])", r"\1_\2", spaced).lower()
