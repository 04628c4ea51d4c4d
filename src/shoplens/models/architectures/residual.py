"""A residual family of plain convolutions, made for processors without a graphics card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from shoplens.errors import BadInput, UnknownName
from shoplens.models.architectures.simple_cnn import ACTIVATIONS, POOLINGS, Activation, Pooling

if TYPE_CHECKING:
    import keras


class Plan(NamedTuple):
    """Channels of the first convolution, then channels and blocks of the stages."""

    stem: int
    channels: tuple[int, ...]
    blocks: tuple[int, ...]


# Plain 3 x 3 and 1 x 1 convolutions with channels in multiples of 16: depthwise nets train 3 to 5 times slower on a
# processor and gain nothing from bfloat16.
PLANS: dict[str, Plan] = {
    "small": Plan(32, (32, 64, 128, 192), (1, 1, 2, 1)),
    "medium": Plan(32, (32, 64, 160, 256), (1, 2, 3, 2)),
    "large": Plan(32, (64, 128, 192, 384), (1, 2, 3, 2)),
}


@dataclass(frozen=True)
class Residual:
    """A residual network (He et al. 2016, with the shortcut of He et al. 2019: pooling, then 1 x 1).

    Attributes:
        size: "small" (1.1 M parameters), "medium" (3.6 M) or "large" (7.0 M).
        dropout: share of the pooled features dropped before the softmax.
        stochastic_depth: probability that the last block is skipped in training; it grows linearly from 0 at the
            first block (Huang et al. 2016).
        early_stride: reduce the photo by 4 before the first stage, as photos of 96 pixels and more want; False keeps
            small pictures (28 to 64 pixels) at full size in the first stage.
        late_stride: reduce by 2 before the last stage, as large photos bear; False keeps a finer last map (a
            sixteenth of the photo with `early_stride`), which tells the product from its background better.
        activation: after each convolution and each sum.
        pooling: how a shortcut shrinks.
        channels: of the stages, instead of the size's; any number of stages.
        blocks: of the stages, instead of the size's.
        strides: of the first convolution and of each stage, instead of what `early_stride` and `late_stride` say.
    """

    size: Literal["small", "medium", "large"] = "medium"
    dropout: float = 0.2
    stochastic_depth: float = 0.0
    early_stride: bool = True
    late_stride: bool = True
    activation: Activation = "relu"
    pooling: Pooling = "average"
    channels: tuple[int, ...] = ()
    blocks: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()

    name = "residual"
    feature_layer = "features"

    def __post_init__(self) -> None:
        for field in ("channels", "blocks", "strides"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        if self.size not in PLANS:
            raise UnknownName("size of the residual network", self.size, PLANS)
        if self.activation not in ACTIVATIONS:
            raise UnknownName("activation", self.activation, ACTIVATIONS)
        if self.pooling not in POOLINGS:
            raise UnknownName("pooling", self.pooling, POOLINGS)
        for field in ("dropout", "stochastic_depth"):
            if not 0.0 <= getattr(self, field) < 1.0:
                raise BadInput(f"{field} is a share from 0 to below 1.", received=getattr(self, field))
        stages = len(self.plan.channels)
        if len(self.plan.blocks) != stages or len(self.all_strides) != stages + 1:
            raise BadInput(
                "Channels and blocks need one number for each stage, strides one more for the first convolution.",
                received=f"channels={self.channels}, blocks={self.blocks}, strides={self.strides}",
            )

    @property
    def plan(self) -> Plan:
        """The size's plan, with what was chosen instead."""
        plan = PLANS[self.size]
        return Plan(plan.stem, self.channels or plan.channels, self.blocks or plan.blocks)

    def features(self, photos: keras.KerasTensor) -> keras.KerasTensor:
        """See `Architecture.features`."""
        from keras import layers

        plan, strides = self.plan, self.all_strides
        total = sum(plan.blocks)
        x = layers.Rescaling(1 / 64, offset=-2.0, name="rescale")(photos)
        x = self._activated(_conv(x, plan.stem, 3, strides[0], "stem"), "stem_relu")
        done = 0
        for stage, (channels, blocks) in enumerate(zip(plan.channels, plan.blocks, strict=True)):
            for block in range(blocks):
                done += 1
                stride = strides[stage + 1] if block == 0 else 1
                drop = self.stochastic_depth * done / total
                out = "features" if done == total else ""
                x = self._block(x, channels, stride, drop, f"stage{stage + 1}_block{block + 1}", out)
        return x

    def build(self, input_size: int, classes: int) -> keras.Model:
        """See `Architecture.build`."""
        import keras
        from keras import layers

        photos = keras.Input((input_size, input_size, 3), name="photos")
        x = layers.GlobalAveragePooling2D(name="pool")(self.features(photos))
        x = layers.Dropout(self.dropout, name="dropout")(x)
        probabilities = layers.Dense(classes, activation="softmax", dtype="float32", name="probabilities")(x)
        return keras.Model(photos, probabilities, name=self.name)

    @property
    def all_strides(self) -> tuple[int, ...]:
        """Of the first convolution and of each stage."""
        first, last = 2 if self.early_stride else 1, 2 if self.late_stride else 1
        middle = [2] * (len(self.plan.channels) - 2)
        return self.strides or (first, first, *middle, *([last] if len(self.plan.channels) > 1 else []))

    def _block(
        self, x: keras.KerasTensor, channels: int, stride: int, drop: float, name: str, out: str
    ) -> keras.KerasTensor:
        """Two 3 x 3 convolutions beside a shortcut; `drop` is the probability that a photo skips them in training."""
        from keras import layers

        shortcut = x
        if stride > 1:
            pool = layers.AveragePooling2D if self.pooling == "average" else layers.MaxPooling2D
            shortcut = pool(stride, padding="same", name=f"{name}_shrink")(shortcut)
        if stride > 1 or x.shape[-1] != channels:
            shortcut = _conv(shortcut, channels, 1, 1, f"{name}_shortcut")
        y = self._activated(_conv(x, channels, 3, stride, f"{name}_1"), f"{name}_relu1")
        y = _conv(y, channels, 3, 1, f"{name}_2")
        if drop > 0:
            y = layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}_depth")(y)
        y = layers.Add(name=f"{name}_add")([shortcut, y])
        return self._activated(y, out or f"{name}_relu2")

    def _activated(self, x: keras.KerasTensor, name: str) -> keras.KerasTensor:
        from keras import layers

        layer = layers.ReLU(name=name) if self.activation == "relu" else layers.Activation(self.activation, name=name)
        return layer(x)


def _conv(x: keras.KerasTensor, channels: int, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    """Convolution without bias, then batch normalisation."""
    from keras import layers

    x = layers.Conv2D(
        channels, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}_norm")(x)
