"""The rules by which weights follow their gradients, as TensorFlow's fused kernels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shoplens.models.settings import Settings

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-7


class Optimizer:
    """Adam (Kingma and Ba 2015), AdamW (Loshchilov and Hutter 2019), or SGD with (Nesterov's) momentum.

    One kernel per weight reads and writes it once; the ready-made optimisers of Keras take a dozen passes over memory,
    which costs a network with a wide dense layer a tenth of its step. It also lets a step touch only some of the
    weights, as layers that are frozen for a while need.

    Args:
        settings: the rule, its momentum and the weight decay. A step takes that share of each kernel, times the rate,
            off, for SGD too; biases and norms are spared.
        weights: every weight that may ever be trained, as Keras variables.
    """

    def __init__(self, settings: Settings, weights: Sequence[Any]) -> None:
        import tensorflow as tf

        self._settings = settings
        self._places = {id(weight): place for place, weight in enumerate(weights)}
        self._first = [tf.Variable(tf.zeros(weight.shape), trainable=False) for weight in weights]
        adaptive = settings.optimizer != "sgd"
        self._second = [tf.Variable(tf.zeros(weight.shape), trainable=False) for weight in weights if adaptive]
        self._powers = [tf.Variable(1.0, trainable=False), tf.Variable(1.0, trainable=False)]

    @property
    def variables(self) -> list[Any]:
        """Everything that the next step depends on."""
        return [*self._first, *self._second, *self._powers]

    def apply(self, gradients: Sequence[Any], weights: Sequence[Any], rate: Any) -> None:  # noqa: ANN401 - a tensor
        """Move `weights`, some or all of those that the optimiser was made for; called while a step is traced."""
        self._powers[0].assign(self._powers[0] * _BETA1)
        self._powers[1].assign(self._powers[1] * _BETA2)
        decay = self._settings.weight_decay if self._settings.optimizer != "adam" else 0.0
        for gradient, weight in zip(gradients, weights, strict=True):
            if gradient is None:  # a weight that no loss depends on
                continue
            if decay and len(weight.shape) > 1 and weight.name != "proxies":
                weight.value.assign_sub(rate * decay * weight.value)
            self._move(gradient, weight, rate)

    def _move(self, gradient: Any, weight: Any, rate: Any) -> None:  # noqa: ANN401 - tensors
        import tensorflow as tf

        place, settings = self._places[id(weight)], self._settings
        if settings.optimizer == "sgd":
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=weight.value.handle,
                accum=self._first[place].handle,
                lr=rate,
                grad=gradient,
                momentum=settings.momentum,
                use_nesterov=settings.nesterov,
            )
            return
        tf.raw_ops.ResourceApplyAdam(
            var=weight.value.handle,
            m=self._first[place].handle,
            v=self._second[place].handle,
            beta1_power=self._powers[0],
            beta2_power=self._powers[1],
            lr=rate,
            beta1=_BETA1,
            beta2=_BETA2,
            epsilon=_EPSILON,
            grad=gradient,
        )
