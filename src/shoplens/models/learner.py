"""The arithmetic of a training step, in TensorFlow: losses, gradients, averages of the weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoplens.models import network as networks
from shoplens.models.optimizer import Optimizer
from shoplens.models.settings import Settings
from shoplens.models.stages import Stages
from shoplens.models.weight_names import named_weights

if TYPE_CHECKING:
    from shoplens.models.start import Start
    from shoplens.models.teacher import Teacher
    from shoplens.records import Pixels

_SCALE = 16.0


class Learner:
    """A network with its optimiser and an average of its weights.

    Args:
        settings: architecture and method.
        classes: how many.
        precision: what the network computes with; its weights are float32 in any case.
        start: weights to begin with; where they make an embedding, it is held near the one that they gave, so that what
            they knew of looks is kept. Otherwise the embedding learns to point at its class.
        members: weights of an ensemble that this network is to answer like.
        teacher: a bundle that it is to answer like; where its embedding is as long, that is held near the teacher's,
            unless it is held near that of `start`.

    Attributes:
        looks_taught: whether the embedding is held near the teacher's.
    """

    def __init__(
        self,
        settings: Settings,
        classes: int,
        precision: networks.Precision,
        start: Start | None = None,
        members: Sequence[networks.Weights] = (),
        teacher: Teacher | None = None,
    ) -> None:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(settings.seed)
        self._settings, self._classes, self._precision = settings, classes, precision
        self._network = self._build()
        self._teacher = teacher
        self.looks_taught = False
        self._origin: keras.Model | None = None
        self._proxies: keras.Variable | None = None
        if start is not None:
            networks.fill(self._network, start.weights)
        if settings.looks and start is not None and start.looks:
            self._origin = self._build(start.weights)
        elif settings.looks:
            dim = self._network.output["embedding"].shape[-1]
            self.looks_taught = teacher is not None and teacher.dim == dim
            if not self.looks_taught:
                random = keras.initializers.RandomNormal(1.0, seed=settings.seed)
                self._proxies = keras.Variable(random((classes, dim)), name="proxies")
        self._members = [self._build(weights) for weights in members]
        self._stages, self._held = Stages(self._network, settings), 0
        self._optimizer = Optimizer(settings, self._trained())
        averaged = settings.averaging == "swa" or settings.average > 0
        weights = self._network.weights if averaged else []
        self._average = [tf.Variable(variable.value, trainable=False) for variable in weights]
        self._steps = tf.Variable(0.0, trainable=False)
        self._swept = tf.Variable(0.0, trainable=False)
        self._step = tf.function(self._traced_step)
        photos = tf.TensorSpec((None, settings.size, settings.size, 3), tf.uint8)
        self._forward = tf.function(self._traced_forward, input_signature=[photos])

    def begin(self, epochs: float) -> None:
        """Hold the stages that are fixed after so many passes, and let the others learn."""
        import tensorflow as tf

        count = self._stages.frozen(epochs)
        if count != self._held:
            self._stages.hold(count)
            self._held = count
            self._step = tf.function(self._traced_step)  # other weights learn, so it is another graph

    def step(self, photos: Pixels, targets: npt.NDArray[np.float32], rate: float) -> float:
        """Learn one batch, uint8 `[n, size, size, 3]` and float32 `[n, classes]`; return its loss."""
        looks = np.zeros((0, 0), np.float32)
        if self._teacher is not None:
            said, shown = self._teacher.look(photos)
            targets = self._told(targets, said)
            looks = shown if self.looks_taught else looks
        return float(self._step(photos, targets, looks, np.float32(rate)))

    def end(self, progress: float, batches: Iterable[tuple[Pixels, Any]]) -> None:
        """Close a pass at a progress of 0 to 1: take its weights into the plain average, if there is one.

        Args:
            progress: of the whole training.
            batches: a few training batches, from which the norms of the averaged weights are measured anew.
        """
        if self._settings.averaging != "swa":
            return
        count = float(self._swept) + 1 if progress >= self._settings.swa_from else 1.0
        for average, variable in zip(self._average, self._network.weights, strict=True):
            average.assign(average + (np.asarray(variable) - average) / count)
        self._swept.assign(count if progress >= self._settings.swa_from else 0.0)
        if count > 1:
            self._measure_norms(batches)

    def logits(self, photos: Iterable[Pixels]) -> npt.NDArray[np.float32]:
        """Return the logits `[n, classes]` that the averaged weights give for batches `[m, size, size, 3]`."""
        own = self._swap_in()
        try:
            return np.concatenate([np.asarray(self._forward(part)) for part in photos])
        finally:
            self._put_back(own)

    def kept_weights(self) -> networks.Weights:
        """Return the averaged weights by name, the network's own where no average is kept."""
        values = self._average or self._network.weights
        return {name: np.asarray(value) for name, value in zip(named_weights(self._network), values, strict=True)}

    def state(self) -> dict[str, npt.NDArray[Any]]:
        """Return everything that the next step depends on, by name."""
        return {name: np.asarray(variable) for name, variable in self._variables().items()}

    @property
    def layout(self) -> list[tuple[str, tuple[int, ...]]]:
        """Names and shapes of what `state` returns: what another version saved may be laid out otherwise."""
        return [(name, tuple(variable.shape)) for name, variable in self._variables().items()]

    def restore(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Go back to what `state` returned."""
        for name, variable in self._variables().items():
            variable.assign(arrays[name])

    def _build(self, weights: networks.Weights | None = None) -> Any:  # noqa: ANN401 - Keras is untyped
        settings = self._settings
        made = networks.build(
            settings.architecture, settings.architecture_settings, settings.size, self._classes, self._precision
        )
        if weights is not None:
            networks.fill(made, weights)
        return made

    def _trained(self) -> list[Any]:
        return [*self._network.trainable_variables, *([self._proxies] if self._proxies is not None else [])]

    def _variables(self) -> dict[str, Any]:
        parts = {"network": self._network.variables, "optimizer": self._optimizer.variables, "average": self._average}
        if self._proxies is not None:
            parts["proxies"] = [self._proxies]
        named = {f"{part}/{i}": variable for part, group in parts.items() for i, variable in enumerate(group)}
        return {**named, "steps": self._steps, "swept": self._swept}

    def _swap_in(self) -> list[npt.NDArray[Any]]:
        """Put the average into the network, where there is one, and return the network's own weights."""
        own = [np.asarray(variable) for variable in self._network.weights] if self._average else []
        for variable, average in zip(self._network.weights, self._average, strict=False):
            variable.assign(average)
        return own

    def _put_back(self, own: list[npt.NDArray[Any]]) -> None:
        for variable, value in zip(self._network.weights, own, strict=False):
            variable.assign(value)

    def _measure_norms(self, batches: Iterable[tuple[Pixels, Any]]) -> None:
        """Run the averaged weights as in training, so that their norms' means and variances become their own."""
        own = self._swap_in()
        try:
            for photos, _ in batches:
                self._network(photos.astype(np.float32), training=True)
            for average, variable in zip(self._average, self._network.weights, strict=True):
                average.assign(variable.value)
        finally:
            self._put_back(own)

    def _traced_forward(self, photos: Any) -> Any:  # noqa: ANN401 - tensors of an untyped library
        import tensorflow as tf

        return self._network(tf.cast(photos, tf.float32), training=False)["logits"]

    def _traced_step(self, photos: Any, targets: Any, looks: Any, rate: Any) -> Any:  # noqa: ANN401 - tensors
        import tensorflow as tf

        inputs, trained = tf.cast(photos, tf.float32), self._trained()
        if self._members:
            said = tf.add_n([tf.nn.softmax(member(inputs, training=False)["logits"]) for member in self._members])
            targets = self._told(targets, tf.stop_gradient(said) / len(self._members))
        with tf.GradientTape() as tape:
            out = self._network(inputs, training=True)
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, out["logits"]))
            loss += self._settings.looks * self._looks_loss(inputs, targets, looks, out["embedding"])
        gradients = tape.gradient(loss, [variable.value for variable in trained])
        self._optimizer.apply(gradients, trained, rate)
        self._steps.assign_add(1.0)
        if self._average and self._settings.averaging == "ema":
            # a young average follows quickly, else it would remember the random start
            decay = tf.minimum(self._settings.average, self._steps / (9.0 + self._steps))
            for average, variable in zip(self._average, self._network.weights, strict=True):
                average.assign_sub((1.0 - decay) * (average - variable.value))
        return loss

    def _told(self, targets: Any, said: Any) -> Any:  # noqa: ANN401 - arrays or tensors
        """Return targets of which a share is what others say."""
        return (1 - self._settings.taught) * targets + self._settings.taught * said

    def _looks_loss(self, inputs: Any, targets: Any, looks: Any, embedding: Any) -> Any:  # noqa: ANN401 - tensors
        import tensorflow as tf

        if self._origin is not None:
            looks = tf.stop_gradient(self._origin(inputs, training=False)["embedding"])
        if self._origin is not None or self.looks_taught:
            return tf.reduce_mean(1.0 - tf.reduce_sum(looks * embedding, axis=1))
        if self._proxies is not None:
            proxies = tf.math.l2_normalize(self._proxies.value, axis=1)
            similar = _SCALE * tf.matmul(embedding, proxies, transpose_b=True)
            return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, similar))
        return 0.0
