"""A residual family of plain convolutions, made for processors without a graphics card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from shoplens.errors import BadInput, UnknownName

if TYPE_CHECKING:
    import keras


class Plan(NamedTuple):
    """Channels of the first convolution, then channels and blocks of the four stages."""

    stem: int
    channels: tuple[int, int, int, int]
    blocks: tuple[int, int, int, int]


# Plain 3 x 3 and 1 x 1 convolutions with channels in multiples of 16: depthwise nets train 3 to 5 times slower on a
# processor and gain nothing from bfloat16.
PLANS: dict[str, Plan] = {
    "small": Plan(32, (32, 64, 128, 192), (1, 1, 2, 1)),
    "medium": Plan(32, (32, 64, 160, 256), (1, 2, 3, 2)),
    "large": Plan(32, (64, 128, 192, 384), (1, 2, 3, 2)),
}


@dataclass(frozen=True)
class Residual:
    """A residual network (He et al. 2016, with the shortcut of He et al. 2019: average pooling, then 1 x 1).

    Attributes:
        size: "small" (1.1 M parameters), "medium" (3.6 M) or "large" (7.0 M).
        dropout: share of the pooled features dropped before the softmax.
        stochastic_depth: probability that the last block is skipped in training; it grows linearly from 0 at the
            first block (Huang et al. 2016).
        early_stride: reduce the photo by 4 before the first stage, as photos of 96 pixels and more want; False keeps
            small pictures (28 to 64 pixels) at full size in the first stage.
        late_stride: reduce by 2 before the last stage, as large photos bear; False keeps a finer last map (a
            sixteenth of the photo with `early_stride`), which tells the product from its background better.
    """

    size: Literal["small", "medium", "large"] = "medium"
    dropout: float = 0.2
    stochastic_depth: float = 0.0
    early_stride: bool = True
    late_stride: bool = True

    name = "residual"
    feature_layer = "features"

    def __post_init__(self) -> None:
        if self.size not in PLANS:
            raise UnknownName("size of the residual network", self.size, PLANS)
        for field, value in (("dropout", self.dropout), ("stochastic_depth", self.stochastic_depth)):
            if not 0.0 <= value < 1.0:
                raise BadInput(f"{field} is a share from 0 to below 1.", received=value)

    def features(self, photos: keras.KerasTensor) -> keras.KerasTensor:
        """See `Architecture.features`."""
        from keras import layers

        plan = PLANS[self.size]
        total = sum(plan.blocks)
        x = layers.Rescaling(1 / 64, offset=-2.0, name="rescale")(photos)
        x = _conv(x, plan.stem, 3, 2 if self.early_stride else 1, "stem")
        x = layers.ReLU(name="stem_relu")(x)
        done = 0
        for stage, (channels, blocks) in enumerate(zip(plan.channels, plan.blocks, strict=True)):
            for block in range(blocks):
                done += 1
                last = done == total
                reduces = (self.early_stride, True, True, self.late_stride)[stage]
                stride = 2 if block == 0 and reduces else 1
                drop = self.stochastic_depth * done / total
                x = _block(x, channels, stride, drop, f"stage{stage + 1}_block{block + 1}", "features" if last else "")
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


def _conv(x: keras.KerasTensor, channels: int, kernel: int, stride: int, name: str) -> keras.KerasTensor:
    """Convolution without bias, then batch normalisation."""
    from keras import layers

    x = layers.Conv2D(
        channels, kernel, stride, "same", use_bias=False, kernel_initializer="he_normal", name=f"{name}_conv"
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=f"{name}_norm")(x)


def _block(
    x: keras.KerasTensor, channels: int, stride: int, drop: float, name: str, out: str = ""
) -> keras.KerasTensor:
    """Two 3 x 3 convolutions beside a shortcut; `drop` is the probability that a photo skips them in training."""
    from keras import layers

    shortcut = x
    if stride > 1:
        shortcut = layers.AveragePooling2D(stride, padding="same", name=f"{name}_shrink")(shortcut)
    if stride > 1 or x.shape[-1] != channels:
        shortcut = _conv(shortcut, channels, 1, 1, f"{name}_shortcut")
    y = layers.ReLU(name=f"{name}_relu1")(_conv(x, channels, 3, stride, f"{name}_1"))
    y = _conv(y, channels, 3, 1, f"{name}_2")
    if drop > 0:
        y = layers.Dropout(drop, noise_shape=(None, 1, 1, 1), name=f"{name}_depth")(y)
    y = layers.Add(name=f"{name}_add")([shortcut, y])
    return layers.ReLU(name=out or f"{name}_relu2")(y)
