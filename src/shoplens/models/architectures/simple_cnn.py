"""The founding article's network: two convolutions, two poolings and a dense softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from shoplens.errors import BadInput, UnknownName

if TYPE_CHECKING:
    import keras

Activation = Literal["relu", "gelu", "silu", "elu", "tanh"]
Pooling = Literal["max", "average"]
ACTIVATIONS, POOLINGS = get_args(Activation), get_args(Pooling)


@dataclass(frozen=True)
class SimpleCnn:
    """A small network for small pictures and for comparison.

    Attributes:
        filters: channels of the two convolutions.
        units: width of the dense layer before the softmax.
        activation: after each convolution and the dense layer.
        pooling: how 2 x 2 neighbours become one.
        dropout: share of the dense layer's units that are dropped in training, 0 to below 1.
    """

    filters: tuple[int, int] = (32, 64)
    units: int = 128
    activation: Activation = "relu"
    pooling: Pooling = "max"
    dropout: float = 0.0

    name = "simple_cnn"
    feature_layer = "features"

    def __post_init__(self) -> None:
        object.__setattr__(self, "filters", tuple(self.filters))
        if self.activation not in ACTIVATIONS:
            raise UnknownName("activation", self.activation, ACTIVATIONS)
        if self.pooling not in POOLINGS:
            raise UnknownName("pooling", self.pooling, POOLINGS)
        if not 0.0 <= self.dropout < 1.0:
            raise BadInput("Dropout is a share from 0 to below 1.", received=self.dropout)

    def features(self, photos: keras.KerasTensor) -> keras.KerasTensor:
        """See `Architecture.features`."""
        from keras import layers

        pool = layers.MaxPooling2D if self.pooling == "max" else layers.AveragePooling2D
        x = layers.Rescaling(1 / 255, name="rescale")(photos)
        x = layers.Conv2D(self.filters[0], 3, activation=self.activation, name="conv1")(x)
        x = pool(2, name="pool1")(x)
        x = layers.Conv2D(self.filters[1], 3, activation=self.activation, name="conv2")(x)
        return pool(2, name="features")(x)

    def build(self, input_size: int, classes: int) -> keras.Model:
        """See `Architecture.build`."""
        import keras
        from keras import layers

        photos = keras.Input((input_size, input_size, 3), name="photos")
        x = layers.Flatten(name="flatten")(self.features(photos))
        x = layers.Dense(self.units, activation=self.activation, name="dense")(x)
        x = layers.Dropout(self.dropout, name="dropout")(x)
        probabilities = layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(x)
        return keras.Model(photos, probabilities, name=self.name)
