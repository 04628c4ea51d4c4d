"""What a training says of itself while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotosRead:
    """So many of the photos are decoded, or taken from the copies on disk."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """A batch has been learned; passes and steps count from 1, times are in seconds."""

    epoch: int
    epochs: int
    step: int
    steps: int
    photos_per_second: float
    seconds_left: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """A pass is over and has been validated.

    Attributes:
        epoch: from 1.
        epochs: at most so many.
        loss: mean training loss of the pass, all parts together.
        validation_loss: mean of `-log p(class)`.
        validation_accuracy: share of validation photos named right.
        learning_rate: at the end of the pass.
        photos_per_second: learned, without the validation.
        seconds: of training up to now, earlier runs included.
        best: whether these are the best weights so far.
        validation_macro_f1: mean of the F1 of the classes on the validation side.
    """

    epoch: int
    epochs: int
    loss: float
    validation_loss: float
    validation_accuracy: float
    learning_rate: float
    photos_per_second: float
    seconds: float
    best: bool
    validation_macro_f1: float = 0.0


@dataclass(frozen=True, slots=True)
class MemberBegun:
    """Another network of an ensemble is trained, from 1; `distilled` for the one that learns from all of them."""

    number: int
    members: int
    distilled: bool = False


@dataclass(frozen=True, slots=True)
class StageBegun:
    """Another part of the work begins: "download", "embed", "fit", "export", "evaluate" or "report"."""

    name: str


TrainingEvent = PhotosRead | StepDone | EpochDone | MemberBegun | StageBegun
Listener = Callable[[TrainingEvent], None]
"""Receives each event on the thread that trains."""


def unheard(event: TrainingEvent) -> None:
    """Listen to nothing."""
