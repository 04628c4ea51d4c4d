"""Fits a network to labelled photos, pass by pass."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from shoplens.models import network as networks
from shoplens.models.batches import Batches, plain
from shoplens.models.calibrate import log_loss, softmax
from shoplens.models.checkpoint import Checkpoint
from shoplens.models.dataset import Dataset
from shoplens.models.interruption import Interruption
from shoplens.models.learner import Learner
from shoplens.models.progress import EpochDone, Listener, StepDone, unheard
from shoplens.models.settings import Settings
from shoplens.models.split import Split
from shoplens.models.start import Start
from shoplens.models.teacher import Teacher

Stop = Literal["epochs", "budget", "patience", "interrupted"]

_NORM_BATCHES = 16
_SWA_RATE = 0.1
"""Share of the highest rate that the cosine does not fall below while passes are averaged, since they would be one."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a training leaves.

    Attributes:
        weights: the best ones on the validation side, by path.
        history: every pass, those before a resumption included.
        stopped: why it ended.
        precision: what it computed with.
        checkpoint: its state on disk; once the weights are safe elsewhere, it may be deleted.
        looks_taught: whether its embedding was held near a teacher's.
    """

    weights: networks.Weights
    history: tuple[EpochDone, ...]
    stopped: Stop
    precision: str
    checkpoint: Path
    looks_taught: bool = False


@dataclass(slots=True, eq=False)
class _State:
    """What grows while training runs, and travels in a checkpoint beside the weights."""

    epoch: int = 0
    seconds: float = 0.0
    history: list[EpochDone] = field(default_factory=list)
    best: networks.Weights = field(default_factory=dict)

    @property
    def best_epoch(self) -> int:
        return max((record.epoch for record in self.history if record.best), default=0)


class Trainer:
    """One training: the same data, split and settings give the same weights, resumed or not, up to rounding.

    Args:
        dataset: photos and labels.
        split: which of them train and which choose.
        settings: the method.
        folder: where checkpoints lie; a training of the same data, split and settings goes on from there, and one that
            was over is not done again.
        start: weights to begin with, and None to begin with random ones.
        members: weights of an ensemble to learn from.
        teacher: a bundle to learn from.
        listener: told of every step and pass.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        settings: Settings,
        folder: Path,
        *,
        start: Start | None = None,
        members: Sequence[networks.Weights] = (),
        teacher: Teacher | None = None,
        listener: Listener = unheard,
    ) -> None:
        self._dataset, self._split, self._settings, self._listener = dataset, split, settings, listener
        self._precision = networks.choose_precision(settings.precision)
        self._batches = Batches(dataset, split.train, settings)
        self._learner = Learner(settings, len(dataset.classes), self._precision, start, members, teacher)
        self._path = folder / f"{self._identity(start, members, teacher)}.npz"
        self._state = _State()
        self._interruption = Interruption()

    def run(self) -> Trained:
        """Train until the passes, the budget or the patience are over, or Ctrl-C; return the best weights.

        Raises:
            KeyboardInterrupt: Ctrl-C came before the first pass was over.
        """
        self._resume()
        stopped: Stop = "epochs"
        try:
            with self._interruption:
                while (reason := self._over()) is None:
                    self._pass()
                stopped = reason
        except KeyboardInterrupt:
            if not self._state.best:
                raise
            stopped = "interrupted"
        history, taught = tuple(self._state.history), self._learner.looks_taught
        return Trained(self._state.best, history, stopped, self._precision, self._path, taught)

    def _over(self) -> Stop | None:
        state, settings = self._state, self._settings
        if state.epoch >= settings.epochs:
            return "epochs"
        if settings.budget_minutes is not None and state.epoch and state.seconds >= 60 * settings.budget_minutes:
            return "budget"
        if state.epoch - state.best_epoch >= settings.patience:
            return "patience"
        return None

    def _pass(self) -> None:
        state, begun = self._state, time.monotonic()
        losses, rate = self._learn(begun)
        learned = time.monotonic() - begun
        progress = self._progress(state.epoch + 1, state.seconds + learned)
        self._learner.end(progress, islice(self._batches.of_epoch(state.epoch), _NORM_BATCHES))
        loss, accuracy, macro_f1 = self._validate()
        state.epoch += 1
        state.seconds += time.monotonic() - begun
        record = EpochDone(
            epoch=state.epoch,
            epochs=self._settings.epochs,
            loss=float(np.mean(losses)) if losses else float("nan"),
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=rate,
            photos_per_second=len(losses) * self._batches.size / max(learned, 1e-9),
            seconds=state.seconds,
            best=False,
            validation_macro_f1=macro_f1,
        )
        if self._is_best(record):
            state.best = self._learner.kept_weights()
            record = replace(record, best=True)
        state.history.append(record)
        self._save()
        self._listener(record)

    def _learn(self, begun: float) -> tuple[list[float], float]:
        """Take the steps of a pass; return their losses and the last rate."""
        state, steps, losses, rate = self._state, len(self._batches), [], 0.0
        self._learner.begin(state.epoch)
        for step, (photos, targets) in enumerate(self._batches.of_epoch(state.epoch)):
            if self._interruption.asked:
                raise KeyboardInterrupt
            progress = self._progress(state.epoch + step / steps, state.seconds + time.monotonic() - begun)
            if progress >= 1:
                break
            rate = learning_rate(self._settings, state.epoch + step / steps, progress)
            losses.append(self._learner.step(photos, targets, rate))
            self._tell_step(step + 1, state.seconds, time.monotonic() - begun)
        return losses, rate

    def _progress(self, epochs: float, seconds: float) -> float:
        """Return how far training has come, 0 to 1: by passes or by time, whichever is further."""
        budget = self._settings.budget_minutes
        return max(epochs / self._settings.epochs, seconds / (60 * budget) if budget is not None else 0.0)

    def _tell_step(self, done: int, before: float, seconds: float) -> None:
        steps, epoch = len(self._batches), self._state.epoch
        progress = self._progress(epoch + done / steps, before + seconds)
        self._listener(
            StepDone(
                epoch=epoch + 1,
                epochs=self._settings.epochs,
                step=done,
                steps=steps,
                photos_per_second=done * self._batches.size / max(seconds, 1e-9),
                seconds_left=(before + seconds) * (1 - progress) / max(progress, 1e-9),
            )
        )

    def _validate(self) -> tuple[float, float, float]:
        """Return log loss, accuracy and macro F1 on the validation side."""
        from sklearn.metrics import f1_score

        side = self._split.validation
        logits = self._learner.logits(plain(self._dataset, side, self._settings.size))
        labels, said = self._dataset.labels[side], logits.argmax(axis=1)
        macro_f1 = f1_score(labels, said, labels=np.unique(labels), average="macro", zero_division=0.0)
        return log_loss(softmax(logits), labels), float((said == labels).mean()), float(macro_f1)

    def _is_best(self, record: EpochDone) -> bool:
        return all(self._quality(record) > self._quality(earlier) for earlier in self._state.history)

    def _quality(self, record: EpochDone) -> tuple[float, float]:
        """Return what the settings choose by, and what decides between equals."""
        if self._settings.metric == "loss":
            return -record.validation_loss, record.validation_accuracy
        figure = record.validation_macro_f1 if self._settings.metric == "macro_f1" else record.validation_accuracy
        return figure, -record.validation_loss

    def _identity(self, start: Start | None, members: Sequence[networks.Weights], teacher: Teacher | None) -> str:
        """Return what this training is made of, in 16 characters; the checkpoint carries it as its name."""
        digest = hashlib.sha256(repr(sorted(asdict(self._settings).items(), key=lambda item: item[0])).encode())
        digest.update(repr((self._dataset.classes, self._dataset.paths, self._precision)).encode())
        digest.update(repr(self._learner.layout).encode())
        for part in (self._dataset.labels, self._split.train, self._split.validation):
            digest.update(np.ascontiguousarray(part).tobytes())
        for weights in [start.weights if start is not None else {}, *members]:
            for name, value in sorted(weights.items()):
                digest.update(name.encode() + np.ascontiguousarray(value).tobytes())
        digest.update((teacher.id if teacher is not None else "").encode())
        return digest.hexdigest()[:16]

    def _save(self) -> None:
        best = {f"best/{name}": value for name, value in self._state.best.items()}
        facts = {
            "epoch": self._state.epoch,
            "seconds": self._state.seconds,
            "history": [asdict(record) for record in self._state.history],
        }
        Checkpoint({**self._learner.state(), **best}, facts).save(self._path)

    def _resume(self) -> None:
        saved = Checkpoint.load(self._path)
        if saved is None:
            return
        self._learner.restore(saved.arrays)
        self._state = _State(
            epoch=saved.facts["epoch"],
            seconds=saved.facts["seconds"],
            history=[EpochDone(**record) for record in saved.facts["history"]],
            best={name[5:]: value for name, value in saved.arrays.items() if name.startswith("best/")},
        )


def learning_rate(settings: Settings, epochs: float, progress: float) -> float:
    """Return the rate after so many passes (a fraction counts) at a progress of 0 to 1."""
    warm = min(1.0, (epochs + 0.02) / settings.warmup) if settings.warmup > 0 else 1.0
    fall = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0))) if settings.schedule == "cosine" else 1.0
    if settings.averaging == "swa" and progress >= settings.swa_from:
        fall = max(fall, _SWA_RATE)
    return settings.rate * warm * fall
