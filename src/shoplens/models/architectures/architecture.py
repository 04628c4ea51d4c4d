"""What a network must offer to be trained, exported and explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import keras


class Architecture(Protocol):
    """Settings that build a network; the settings alone, never code, travel in a bundle.

    An implementation is a frozen dataclass whose fields are plain numbers and strings, so that
    `dataclasses.asdict` writes them into a bundle's card and the constructor reads them back.

    Attributes:
        name: the name under which the architecture is registered, such as "residual".
        feature_layer: name of the layer whose output is the last feature map `[n, h, w, channels]`, the one that heat
            maps are drawn from.
    """

    @property
    def name(self) -> str:
        """The name under which the architecture is registered."""
        ...

    @property
    def feature_layer(self) -> str:
        """The layer that heat maps are drawn from."""
        ...

    def features(self, photos: keras.KerasTensor) -> keras.KerasTensor:
        """Return the last feature map `[n, h, w, channels]` of `photos` `[n, s, s, 3]`, values 0 to 255."""
        ...

    def build(self, input_size: int, classes: int) -> keras.Model:
        """Return an untrained classifier.

        Args:
            input_size: side of the square input in pixels.
            classes: number of probabilities in the output, at least 2.

        Returns:
            A model from RGB `[n, input_size, input_size, 3]`, values 0 to 255 (any number type; the rescaling is part
            of the graph), to float32 probabilities `[n, classes]`. It follows Keras's global dtype policy.
        """
        ...
