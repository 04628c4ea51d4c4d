"""The stages of a network, which a training may hold fixed from the input on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from shoplens.errors import UnknownName
from shoplens.models.settings import Settings

if TYPE_CHECKING:
    import keras


class Stages:
    """Groups of a network's layers, from the input on; the head belongs to none.

    A stage is named by the beginning of its layers' names: "stem", "stage1", "stage2" of the residual networks,
    "conv2", "block_3" of others.

    Args:
        network: whose layers are grouped.
        settings: what `freeze` and `thaw` say.

    Raises:
        UnknownName: `freeze` is neither a number nor the name of a stage.
    """

    def __init__(self, network: keras.Model, settings: Settings) -> None:
        import keras

        self._layers: dict[str, list[Any]] = {}
        for layer in keras.Model(network.input, network.output["features"]).layers:
            if layer.weights:
                self._layers.setdefault(_stage(layer.name), []).append(layer)
        self._thaw = settings.thaw
        self._frozen = self._number(settings.freeze)

    @property
    def names(self) -> tuple[str, ...]:
        """The stages in order."""
        return tuple(self._layers)

    def frozen(self, epochs: float) -> int:
        """Return how many stages are still fixed after so many passes."""
        freed = int(epochs // self._thaw) if self._thaw else 0
        return max(0, self._frozen - freed)

    def hold(self, count: int) -> None:
        """Fix the first `count` stages, their norms' statistics too, and let the others learn."""
        for position, layers in enumerate(self._layers.values()):
            for layer in layers:
                layer.trainable = position >= count

    def _number(self, wish: str) -> int:
        if not wish:
            return 0
        if wish.isdigit():
            return min(int(wish), len(self._layers))
        if wish not in self._layers:
            raise UnknownName("stage to freeze up to", wish, self._layers)
        return self.names.index(wish) + 1


def _stage(name: str) -> str:
    found = re.match(r"[a-z]+_?\d+|[a-z]+", name.lower())
    return found[0] if found else name
