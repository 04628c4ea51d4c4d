"""The arithmetic of a training step, in TensorFlow: losses, gradients, the moving average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoplens.models import network as networks
from shoplens.models.settings import Settings

if TYPE_CHECKING:
    from shoplens.records import Pixels

_SCALE = 16.0


class Learner:
    """A network with its optimiser and the moving average of its weights.

    Args:
        settings: architecture and method.
        classes: how many.
        precision: what the network computes with; its weights are float32 in any case.
        start: weights to begin with; the embedding is then held near the one that they gave, so that what they knew of
            looks is kept. Without them the embedding learns to point at its class.
    """

    def __init__(
        self, settings: Settings, classes: int, precision: networks.Precision, start: networks.Weights | None
    ) -> None:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(settings.seed)
        self._settings = settings

        def build() -> keras.Model:
            return networks.build(
                settings.architecture, settings.architecture_settings, settings.size, classes, precision
            )

        self._network = build()
        self._teacher: keras.Model | None = None
        self._proxies: keras.Variable | None = None
        if start is not None:
            networks.fill(self._network, start)
        if settings.looks and start is not None:
            self._teacher = build()
            networks.fill(self._teacher, start)
        elif settings.looks:
            dim = self._network.output["embedding"].shape[-1]
            self._proxies = keras.Variable(
                keras.initializers.RandomNormal(1.0, seed=settings.seed)((classes, dim)), name="proxies"
            )
        self._trained = self._network.trainable_variables + ([self._proxies] if self._proxies is not None else [])
        self._optimizer = self._make_optimizer()
        self._optimizer.build(self._trained)
        self._average = [tf.Variable(variable.value, trainable=False) for variable in self._network.weights]
        self._steps = tf.Variable(0.0, trainable=False)
        self._step = tf.function(self._traced_step)
        photos = tf.TensorSpec((None, settings.size, settings.size, 3), tf.uint8)
        self._forward = tf.function(self._traced_forward, input_signature=[photos])

    def step(self, photos: Pixels, targets: npt.NDArray[np.float32], rate: float) -> float:
        """Learn one batch, uint8 `[n, size, size, 3]` and float32 `[n, classes]`; return its loss."""
        self._optimizer.learning_rate.assign(rate)
        return float(self._step(photos, targets))

    def logits(self, photos: Iterable[Pixels]) -> npt.NDArray[np.float32]:
        """Return the logits `[n, classes]` that the averaged weights give for batches `[m, size, size, 3]`."""
        own = [np.asarray(variable) for variable in self._network.weights]
        for variable, average in zip(self._network.weights, self._average, strict=True):
            variable.assign(average)
        try:
            return np.concatenate([np.asarray(self._forward(part)) for part in photos])
        finally:
            for variable, value in zip(self._network.weights, own, strict=True):
                variable.assign(value)

    def kept_weights(self) -> networks.Weights:
        """Return the averaged weights by path."""
        return {v.path: np.asarray(a) for v, a in zip(self._network.weights, self._average, strict=True)}

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that the next step depends on, by name."""
        return {name: np.asarray(variable) for name, variable in self._variables().items()}

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Go back to what `state` returned."""
        for name, variable in self._variables().items():
            variable.assign(arrays[name])

    def _variables(self) -> dict[str, Any]:
        parts = {"network": self._network.variables, "optimizer": self._optimizer.variables, "average": self._average}
        if self._proxies is not None:
            parts["proxies"] = [self._proxies]
        named = {f"{part}/{i}": variable for part, group in parts.items() for i, variable in enumerate(group)}
        return {**named, "steps": self._steps}

    def _make_optimizer(self) -> Any:  # noqa: ANN401 - Keras is untyped
        import keras

        settings = self._settings
        if settings.optimizer == "adam":
            return keras.optimizers.Adam(settings.learning_rate)
        optimizer = keras.optimizers.AdamW(settings.learning_rate, weight_decay=settings.weight_decay)
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta", "proxies"])
        return optimizer

    def _traced_forward(self, photos: Any) -> Any:  # noqa: ANN401 - tensors of an untyped library
        import tensorflow as tf

        return self._network(tf.cast(photos, tf.float32), training=False)["logits"]

    def _traced_step(self, photos: Any, targets: Any) -> Any:  # noqa: ANN401 - tensors of an untyped library
        import tensorflow as tf

        inputs = tf.cast(photos, tf.float32)
        with tf.GradientTape() as tape:
            out = self._network(inputs, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, out["logits"]))
            loss += self._settings.looks * self._looks_loss(inputs, targets, out["embedding"])
        gradients = tape.gradient(loss, [variable.value for variable in self._trained])
        self._optimizer.apply(gradients, self._trained)
        self._steps.assign_add(1.0)
        # a young average follows quickly, else it would remember the random start
        decay = tf.minimum(self._settings.average, self._steps / (9.0 + self._steps)) if self._settings.average else 0.0
        for average, variable in zip(self._average, self._network.weights, strict=True):
            average.assign(decay * average + (1.0 - decay) * variable.value)
        return loss

    def _looks_loss(self, inputs: Any, targets: Any, embedding: Any) -> Any:  # noqa: ANN401 - tensors
        import tensorflow as tf

        if self._teacher is not None:
            taught = tf.stop_gradient(self._teacher(inputs, training=False)["embedding"])
            return tf.reduce_mean(1.0 - tf.reduce_sum(taught * embedding, axis=1))
        if self._proxies is not None:
            proxies = tf.math.l2_normalize(self._proxies.value, axis=1)
            similar = _SCALE * tf.matmul(embedding, proxies, transpose_b=True)
            return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, similar))
        return 0.0
