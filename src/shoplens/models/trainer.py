"""Fits a network to class folders, pass by pass."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from shoplens.models import network as networks
from shoplens.models.batches import Batches, plain
from shoplens.models.calibrate import log_loss, softmax
from shoplens.models.checkpoint import Checkpoint
from shoplens.models.dataset import Dataset
from shoplens.models.learner import Learner
from shoplens.models.progress import EpochDone, Listener, StepDone, unheard
from shoplens.models.settings import Settings
from shoplens.models.split import Split

Stop = Literal["epochs", "budget", "patience", "interrupted"]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """What a training leaves.

    Attributes:
        weights: the best ones on the validation side, by path.
        history: every pass, those before a resumption included.
        stopped: why it ended.
        precision: what it computed with.
    """

    weights: networks.Weights
    history: tuple[EpochDone, ...]
    stopped: Stop
    precision: str


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
        folder: where checkpoints lie; a training of the same data, split and settings goes on from there.
        start: weights to begin with, by path, and None to begin with random ones.
        listener: told of every step and pass.
    """

    def __init__(
        self,
        dataset: Dataset,
        split: Split,
        settings: Settings,
        folder: Path,
        *,
        start: networks.Weights | None = None,
        listener: Listener = unheard,
    ) -> None:
        self._dataset, self._split, self._settings, self._listener = dataset, split, settings, listener
        self._precision = networks.choose_precision(settings.precision)
        self._batches = Batches(dataset, split.train, settings)
        self._path = folder / f"{self._identity(start)}.npz"
        self._learner = Learner(settings, len(dataset.classes), self._precision, start)
        self._state = _State()

    def run(self) -> Trained:
        """Train until the passes, the budget or the patience are over, or Ctrl-C; return the best weights.

        Raises:
            KeyboardInterrupt: Ctrl-C came before the first pass was over.
        """
        self._resume()
        stopped: Stop = "epochs"
        try:
            while (reason := self._over()) is None:
                self._pass()
            stopped = reason
        except KeyboardInterrupt:
            if not self._state.best:
                raise
            stopped = "interrupted"
        if stopped != "interrupted":
            self._path.unlink(missing_ok=True)
        return Trained(self._state.best, tuple(self._state.history), stopped, self._precision)

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
        state, begun, steps = self._state, time.monotonic(), len(self._batches)
        before, losses, done = state.seconds, [], 0
        for step, (photos, targets) in enumerate(self._batches.of_epoch(state.epoch)):
            progress = self._progress(state.epoch + step / steps, before + time.monotonic() - begun)
            if progress >= 1:
                break
            rate = learning_rate(self._settings, state.epoch + step / steps, progress)
            losses.append(self._learner.step(photos, targets, rate))
            done += 1
            self._tell_step(done, before, time.monotonic() - begun)
        learned = time.monotonic() - begun
        loss, accuracy = self._validate()
        state.epoch += 1
        state.seconds = before + time.monotonic() - begun
        best = self._is_best(loss, accuracy)
        record = EpochDone(
            epoch=state.epoch,
            epochs=self._settings.epochs,
            loss=float(np.mean(losses)) if losses else float("nan"),
            validation_loss=loss,
            validation_accuracy=accuracy,
            learning_rate=rate if losses else 0.0,
            photos_per_second=done * self._batches.size / max(learned, 1e-9),
            seconds=state.seconds,
            best=best,
        )
        state.history.append(record)
        if best:
            state.best = self._learner.kept_weights()
        self._save()
        self._listener(record)

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

    def _validate(self) -> tuple[float, float]:
        side = self._split.validation
        logits = self._learner.logits(plain(self._dataset, side, self._settings.size))
        labels = self._dataset.labels[side]
        return log_loss(softmax(logits), labels), float((logits.argmax(axis=1) == labels).mean())

    def _is_best(self, loss: float, accuracy: float) -> bool:
        earlier = [(r.validation_accuracy, -r.validation_loss) for r in self._state.history]
        return not earlier or (accuracy, -loss) > max(earlier)

    def _identity(self, start: networks.Weights | None) -> str:
        """Return what this training is made of, in 16 characters; the checkpoint carries it as its name."""
        digest = hashlib.sha256(repr(sorted(asdict(self._settings).items(), key=lambda item: item[0])).encode())
        digest.update(repr((self._dataset.classes, self._dataset.paths, self._precision)).encode())
        for part in (self._dataset.labels, self._split.train, self._split.validation):
            digest.update(np.ascontiguousarray(part).tobytes())
        for name, value in sorted((start or {}).items()):
            digest.update(name.encode() + np.ascontiguousarray(value).tobytes())
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
    return settings.learning_rate * warm * fall
