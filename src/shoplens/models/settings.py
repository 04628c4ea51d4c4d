"""Every choice of a training, and the presets that make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from shoplens.errors import BadInput, UnknownName

Preset = Literal["fast", "good", "best"]


@dataclass(frozen=True)
class Settings:
    """How a model is trained; a bundle's card records all of it.

    Attributes:
        preset: "fast" fits a head on the embeddings of another bundle, the others train the whole network.
        architecture: registered name; a transferred network keeps the one that it was trained with.
        architecture_settings: arguments of the architecture, such as {"size": "medium"}.
        size: side of the square input in pixels.
        fit: how a photo becomes a square: "letterbox" keeps its aspect, "stretch" does not.
        epochs: at most so many passes.
        patience: passes without a better validation accuracy after which training stops.
        batch: photos per step.
        optimizer: "adam" or "adamw".
        learning_rate: the highest one.
        schedule: "cosine" falls to nothing at the end (Loshchilov and Hutter 2017), "constant" does not.
        warmup: passes over which the rate grows from nothing.
        weight_decay: of AdamW; biases and norms are spared.
        dropout: before the softmax.
        label_smoothing: share of a target that is spread over all classes.
        mixup: alpha of MixUp, 0 for off.
        cutmix: alpha of CutMix, 0 for off.
        augmentation: "none", "light" or "strong".
        balance: 0 shows every photo equally often, 1 every class.
        average: decay of the moving average of the weights that is validated and kept, 0 for none.
        looks: weight of the loss that shapes the embedding.
        precision: "auto" takes bfloat16 where the processor computes with it.
        transfer: "base", "none" or the folder of a bundle to start from.
        budget_minutes: time after which training has come to its end, None for no limit. The cosine follows whichever
            is further on, the passes or the time.
        seed: of every random choice.
    """

    preset: Preset = "good"
    architecture: str = "residual"
    architecture_settings: Mapping[str, Any] = field(default_factory=dict)
    size: int = 112
    fit: Literal["letterbox", "stretch"] = "letterbox"
    epochs: int = 30
    patience: int = 12
    batch: int = 64
    optimizer: Literal["adam", "adamw"] = "adamw"
    learning_rate: float = 1e-3
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup: float = 1.0
    weight_decay: float = 0.05
    dropout: float = 0.2
    label_smoothing: float = 0.1
    mixup: float = 0.2
    cutmix: float = 0.0
    augmentation: Literal["none", "light", "strong"] = "strong"
    balance: float = 0.3
    average: float = 0.995
    looks: float = 0.3
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    transfer: str = "base"
    budget_minutes: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise UnknownName("preset", self.preset, PRESETS)
        for name in ("size", "epochs", "patience", "batch"):
            if getattr(self, name) < 1:
                raise BadInput(f"{name} must be 1 or more.", received=getattr(self, name))
        for name in ("dropout", "label_smoothing", "average"):
            if not 0 <= getattr(self, name) < 1:
                raise BadInput(f"{name} must be from 0 to below 1.", received=getattr(self, name))
        if self.budget_minutes is not None and self.budget_minutes <= 0:
            raise BadInput("The budget must be a positive number of minutes.", received=self.budget_minutes)

    @classmethod
    def for_preset(cls, preset: str = "good", architecture: str = "", **changes: object) -> Settings:
        """Return a preset's settings with `changes` over them; None changes nothing.

        The architecture "simple_cnn" brings the method of the article that it comes from: plain Adam, resized pixels,
        no augmentation.

        Raises:
            UnknownName: there is no such preset or setting.
            BadInput: a value is out of range, or the preset cannot train that architecture.
        """
        if preset not in PRESETS:
            raise UnknownName("preset", preset, PRESETS)
        if preset == "fast" and architecture:
            raise BadInput(
                "The preset 'fast' has no architecture of its own: it fits a head on another bundle's embeddings.",
                received=architecture,
                remedy="Use --preset good, or leave the architecture out.",
            )
        choices: dict[str, Any] = dict(PRESETS[preset])
        if architecture:
            choices |= ARTICLE if architecture == "simple_cnn" else {}
            choices["architecture"] = architecture
        known = {item.name for item in fields(cls)}
        for name, value in changes.items():
            if name not in known:
                raise UnknownName("setting", name, known)
            if value is not None:
                choices[name] = value
        return cls(preset=preset, **choices)  # type: ignore[arg-type]


PRESETS: Mapping[str, Mapping[str, Any]] = {
    "fast": {"looks": 0.0},
    "good": {},
    "best": {"size": 144, "epochs": 80, "patience": 30, "average": 0.998, "cutmix": 0.5},
}

ARTICLE: Mapping[str, Any] = {
    "size": 64,
    "fit": "stretch",
    "epochs": 30,
    "patience": 8,
    "optimizer": "adam",
    "schedule": "constant",
    "warmup": 0.0,
    "weight_decay": 0.0,
    "dropout": 0.0,
    "label_smoothing": 0.0,
    "mixup": 0.0,
    "cutmix": 0.0,
    "augmentation": "none",
    "balance": 0.0,
    "average": 0.0,
    "looks": 0.0,
    "precision": "float32",
    "transfer": "none",
}
"""The founding article's method; only the early stopping is ours, since it trained for a fixed number of passes."""
