"""Every choice of a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from shoplens.errors import BadInput, UnknownName
from shoplens.models.presets import ARTICLE, FAST, NEEDED, PRESETS, RATE, RATE_ON, members_within

SUFFIXES = (".npz", ".h5")
"""Files of weights: of `save_weights` of this package, and of Keras."""

Preset = Literal["fast", "good", "best"]
Fit = Literal["letterbox", "stretch"]
Metric = Literal["accuracy", "loss", "macro_f1"]
Rule = Literal["adam", "adamw", "sgd"]
Schedule = Literal["cosine", "constant"]
Changes = Literal["none", "light", "strong", "randaugment", "shift"]
Averaging = Literal["ema", "swa"]
Wish = Literal["auto", "float32", "bfloat16"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "fit": get_args(Fit),
    "metric": get_args(Metric),
    "optimizer": get_args(Rule),
    "schedule": get_args(Schedule),
    "augmentation": get_args(Changes),
    "averaging": get_args(Averaging),
    "precision": get_args(Wish),
}


_REGULARISERS = ("dropout", "stochastic_depth")


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
        patience: passes without a better validation figure after which training stops.
        metric: the validation figure that chooses the best pass: "accuracy", "loss" or "macro_f1".
        batch: photos per step.
        optimizer: "adam", "adamw" or "sgd".
        learning_rate: the highest one; None for the usual one of a training that starts so, see `rate`.
        momentum: of "sgd".
        nesterov: whether that momentum looks ahead.
        schedule: "cosine" falls to nothing at the end (Loshchilov and Hutter 2017), "constant" does not.
        warmup: passes over which the rate grows from nothing.
        weight_decay: share of a kernel, times the rate, that a step takes off; not for "adam".
        dropout: before the softmax.
        stochastic_depth: probability that the last block is skipped in training, where the architecture has blocks.
        label_smoothing: share of a target that is spread over all classes.
        mixup: alpha of MixUp, 0 for off.
        cutmix: alpha of CutMix, 0 for off.
        augmentation: "none"; "light" or "strong" crop, turn, tilt and relight and keep the hue; "randaugment" draws
            operations of RandAugment (Cubuk et al. 2020), which change the hue too; "shift" moves by a few pixels and
            mirrors, for small pictures whose subject fills the frame.
        rand_operations: how many operations RandAugment puts after one another.
        rand_magnitude: their strength, 0 to 10.
        shift: largest shift of "shift", in pixels.
        erase: probability that a rectangle is painted over; None leaves it to the augmentation.
        balance: 0 shows every photo equally often, 1 every class.
        averaging: which average of the weights is validated and kept: "ema", an exponential one of every step, or
            "swa", the plain one of the passes after `swa_from` (Izmailov et al. 2018).
        average: decay of "ema", 0 for none.
        swa_from: share of the training after which "swa" begins.
        looks: weight of the loss that shapes the embedding.
        freeze: layers that keep their transferred weights: "" for none, the number of stages from the input, or the
            name of the last frozen stage ("stage2").
        thaw: passes after which one more stage is set free, counted from the last frozen one; 0 keeps all frozen.
        mirror: answer with the mean of what the photo and its mirror image say, where the training mirrored photos
            too; naming a category then takes twice as long, searching does not.
        members: networks of an ensemble whose probabilities are averaged.
        distill: teach one network the members' probabilities and ship that one.
        near_duplicates: keep photos of one picture on one side; off for sets whose pictures are all alike.
        validation_share: share of the photos that choose the pass, where no others are given for it.
        test_share: share of the photos that judge, where no others are given for it.
        precision: "auto" takes bfloat16 where the processor computes with it.
        transfer: "base", "none", the folder of a bundle, or a file of weights (.npz, .h5) to start from.
        teacher: "base", or the folder of a bundle that knows every class and whose answers are learned; an embedding as
            long as its own is held near it, unless it is held near that of `transfer`. "" for none.
        taught: share of a target that the teacher, or the members of `distill`, say of the photo; the label says the
            rest. Usual in distillation are more than half (Hinton et al. 2015 weigh the labels lower).
        budget_minutes: time after which training has come to its end, None for no limit. The cosine follows whichever
            is further on, the passes or the time. Members share it.
        seed: of every random choice.
    """

    preset: Preset = "good"
    architecture: str = "residual"
    architecture_settings: Mapping[str, Any] = field(default_factory=dict)
    size: int = 112
    fit: Fit = "letterbox"
    epochs: int = 30
    patience: int = 12
    metric: Metric = "accuracy"
    batch: int = 64
    optimizer: Rule = "adamw"
    learning_rate: float | None = None
    momentum: float = 0.9
    nesterov: bool = True
    schedule: Schedule = "cosine"
    warmup: float = 1.0
    weight_decay: float = 0.05
    dropout: float = 0.2
    stochastic_depth: float = 0.0
    label_smoothing: float = 0.1
    mixup: float = 0.2
    cutmix: float = 0.0
    augmentation: Changes = "strong"
    rand_operations: int = 2
    rand_magnitude: float = 7.0
    shift: int = 4
    erase: float | None = None
    balance: float = 0.3
    averaging: Averaging = "ema"
    average: float = 0.995
    swa_from: float = 0.6
    looks: float = 0.3
    freeze: str = ""
    thaw: float = 0.0
    mirror: bool = True
    members: int = 1
    distill: bool = False
    near_duplicates: bool = True
    validation_share: float = 0.15
    test_share: float = 0.15
    precision: Wish = "auto"
    transfer: str = "base"
    teacher: str = ""
    taught: float = 0.7
    budget_minutes: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.preset not in PRESETS:
            raise UnknownName("preset", self.preset, PRESETS)
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise UnknownName(name, getattr(self, name), choices)
        for name in ("size", "epochs", "patience", "batch", "members"):
            _check(name, getattr(self, name), 1, None, "must be 1 or more")
        for name in ("dropout", "stochastic_depth", "label_smoothing", "average", "momentum", "swa_from"):
            _check(name, getattr(self, name), 0, 1, "must be from 0 to below 1")
        for name in ("warmup", "weight_decay", "mixup", "cutmix", "shift", "balance", "looks", "thaw"):
            _check(name, getattr(self, name), 0, None, "must be 0 or more")
        _check(
            "the shares of validation and test", self.validation_share + self.test_share, 0, 1, "must sum to below 1"
        )
        if self.learning_rate is not None and self.learning_rate <= 0:
            raise BadInput("learning_rate must be above 0.", received=self.learning_rate)
        if not 0 < self.taught <= 1:
            raise BadInput("taught is a share above 0 and at most 1.", received=self.taught)
        if self.erase is not None and not 0 <= self.erase <= 1:
            raise BadInput("erase is a probability.", received=self.erase)
        if self.budget_minutes is not None and self.budget_minutes <= 0:
            raise BadInput("The budget must be a positive number of minutes.", received=self.budget_minutes)
        self._check_together()

    def _check_together(self) -> None:
        if self.distill and self.teacher:
            raise BadInput(
                "A network learns from its own ensemble or from a teacher.",
                received=f"distill and teacher={self.teacher}",
                remedy="Leave --distill or --teacher out.",
            )
        if self.distill and self.members == 1:
            raise BadInput(
                "There is no ensemble to distil.", received="members=1", remedy="Ask for members too: --members 3."
            )
        if self.freeze and self.transfer == "none":
            raise BadInput(
                "Frozen layers of random weights would learn nothing.",
                received=f"freeze={self.freeze}",
                remedy="Start from a bundle or a file of weights with --from, or freeze nothing.",
            )

        if self.thaw and not self.freeze:
            raise BadInput(
                "Nothing is frozen that could thaw.", received=f"thaw={self.thaw}", remedy="Freeze stages: --freeze 3."
            )

    @property
    def rate(self) -> float:
        """The highest learning rate: the one wished, else what suits random weights, or those of `transfer`."""
        if self.learning_rate is not None:
            return self.learning_rate
        return RATE if self.transfer == "none" else RATE_ON

    @property
    def mirrors(self) -> bool:
        """Whether the network that ships looks at mirror images too."""
        return self.mirror and "mirror" in self.used()

    def used(self) -> dict[str, Any]:
        """Return the choices that count, by name, as a bundle's card and the report state them.

        What only the other way of training knows, or only another value of a choice, is left out; the learning rate is
        the number used, and dropout and stochastic depth are those of the architecture, where it knows them. Of a
        folder or a file only its name is told, since bundles and reports go to others.
        """
        chosen = asdict(self) | {"learning_rate": self.rate}
        chosen |= {name: _without_folders(chosen[name]) for name in ("transfer", "teacher")}
        if self.preset == "fast":
            return {name: value for name, value in chosen.items() if name in FAST | {"preset"}}
        idle = {name for name, (other, values) in NEEDED.items() if chosen[other] not in values}
        idle |= {name for name in _REGULARISERS if name not in self.architecture_settings}
        needed = {"thaw": self.freeze, "teacher": self.teacher, "taught": self.teacher or self.distill}
        idle |= {name for name, other in needed.items() if not other}
        kept = {name: value for name, value in chosen.items() if name not in idle}
        regularisers = {name: self.architecture_settings[name] for name in _REGULARISERS if name in kept}
        return kept | regularisers

    @classmethod
    def for_preset(cls, preset: str = "good", architecture: str = "", **changes: object) -> Settings:
        """Return a preset's settings with `changes` over them; None changes nothing.

        The architecture "simple_cnn" brings the method of the article that it comes from: plain Adam, resized pixels,
        no augmentation. A name with a capital, such as "MobileNetV2", is one of `keras.applications`. With a budget,
        the preset "best" trains as many members as it has time for. An architecture of one's own, or arguments of one,
        let the training start from random weights, since a bundle that it would start from has one already.

        Raises:
            UnknownName: there is no such preset or setting.
            BadInput: a value is out of range, or a choice would not count beside the others.
        """
        if preset not in PRESETS:
            raise UnknownName("preset", preset, PRESETS)
        choices: dict[str, Any] = dict(PRESETS[preset])
        known = {item.name for item in fields(cls)} - {"preset"}
        for name in changes:
            if name not in known:
                raise UnknownName("setting", name, known)
        changes = {name: value for name, value in changes.items() if value is not None}
        if preset == "fast":
            _check_fast({**changes, **({"architecture": architecture} if architecture else {})})
        budget = changes.get("budget_minutes")
        if preset == "best" and isinstance(budget, int | float):
            choices["members"] = members_within(budget)
        if architecture or changes.get("architecture_settings"):
            _check_start(str(changes.get("transfer", "none")), architecture or "architecture_settings")
            choices["transfer"] = "none"
        if architecture:
            choices |= ARTICLE if architecture == "simple_cnn" else {}
            choices |= _architecture(architecture, changes)
        settings = cls(preset=preset, **{**choices, **changes})  # type: ignore[arg-type]
        _check_counts(settings, changes)
        return settings


def is_file_of_weights(transfer: str) -> bool:
    """Return whether a training that starts so begins with a file of weights, not with a bundle."""
    return transfer.startswith(("http://", "https://")) or transfer.lower().endswith(SUFFIXES)


def _without_folders(place: str) -> str:
    """Return an address or a plain name as it is, and of a path its last part."""
    return place if not place or place.startswith(("http://", "https://")) else Path(place).resolve().name


def _check_fast(changes: Mapping[str, object]) -> None:
    if strange := sorted(set(changes) - FAST):
        raise BadInput(
            "The preset 'fast' fits a head on another bundle's embeddings, and has no such choice.",
            received=", ".join(f"{name}={changes[name]}" for name in strange),
            remedy=f"Leave it out, or use --preset good. It has: {', '.join(sorted(FAST))}.",
        )


def _check_start(transfer: str, architecture: str) -> None:
    if transfer != "none" and not is_file_of_weights(transfer):
        raise BadInput(
            "A network that starts from a bundle keeps the architecture of that bundle.",
            received=f"{architecture} from {transfer}",
            remedy="Leave the architecture out, or start from random weights with --from none.",
        )


def _check_counts(settings: Settings, changes: Mapping[str, object]) -> None:
    """Refuse a choice that another one makes idle, rather than to leave it without effect."""
    if "taught" in changes and not (settings.teacher or settings.distill):
        raise BadInput(
            "taught counts only where a network learns from others.",
            received=f"taught={settings.taught}",
            remedy="Leave it out, or name a --teacher, or --distill an ensemble.",
        )
    for name, (other, values) in NEEDED.items():
        if name in changes and getattr(settings, other) not in values:
            raise BadInput(
                f"{name} counts only with {other}={' or '.join(values)}.",
                received=f"{name}={changes[name]}, {other}={getattr(settings, other)}",
                remedy=f"Leave {name} out, or set {other} too.",
            )


def _architecture(name: str, changes: dict[str, object]) -> dict[str, Any]:
    """Return the architecture, and take its arguments out of `changes`."""
    arguments = changes.pop("architecture_settings", {})
    if not isinstance(arguments, Mapping):
        raise BadInput("architecture_settings are names with values.", received=arguments)
    if name[:1].isupper():
        return {"architecture": "application", "architecture_settings": {"model": name, **arguments}}
    return {"architecture": name, "architecture_settings": dict(arguments)}


def _check(name: str, value: float, low: float, high: float | None, rule: str) -> None:
    if not low <= value or (high is not None and value >= high):
        raise BadInput(f"{name} {rule}.", received=value)
