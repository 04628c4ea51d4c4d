"""The presets "good" and "best": whole networks are trained, one or several that answer together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens import plugins
from shoplens.models import head as heads
from shoplens.models import network as networks
from shoplens.models.batches import Batches, plain
from shoplens.models.bundle import Bundle
from shoplens.models.dataset import Dataset
from shoplens.models.exporter import Exporter
from shoplens.models.outcome import Outcome
from shoplens.models.progress import Listener, MemberBegun, StageBegun, StepDone, TrainingEvent
from shoplens.models.quiet_tensorflow import import_quietly
from shoplens.models.runtime import OnnxModel
from shoplens.models.settings import Settings
from shoplens.models.split import Split
from shoplens.models.start import Start, start_from_bundle, start_from_file
from shoplens.models.teacher import Teacher
from shoplens.models.trainer import Trained, Trainer

_SOFTEN = 4.0
"""The first head's logits are divided by it, since training mixes photos and drops features: the first batches of 510
photos of clothes cost 2.2 so, 3.9 without, 2.6 with a random head."""

_KEPT = 0.95
"""Share of their sure answers that the parent's heads must still give. From the base model on 480 photos of clothes, 8
passes at a rate of 2e-4 left 98 % of the sure colours of 279 drawn photos, and 78.1 % of all were right, as before; 3
passes at 1e-3 left 85 %, and 67.4 % were right."""

_SEED_STEP = 101
"""Between the seeds of members, so that trainings whose seeds are neighbours share no member."""


def train_network(
    dataset: Dataset,
    parts: Split,
    settings: Settings,
    parent: Bundle | Path | None,
    taught_by: Bundle | None,
    folder: Path,
    listener: Listener,
) -> Outcome:
    """Train from the parent's weights, or from random ones without a parent.

    Args:
        dataset: photos, a little larger than the network's input.
        parts: its sides.
        settings: the method; a parent's architecture replaces the one named there.
        parent: the bundle to start from, or a file of weights.
        taught_by: the bundle to learn from.
        folder: for checkpoints.
        listener: told of every step and pass.

    Raises:
        BundleError: the parent carries no weights, does not name its architecture, or does not fit it, or the teacher
            does not know a class.
    """
    teacher = Teacher(taught_by, dataset.classes) if taught_by is not None else None
    import_quietly()
    start: Start | None = None
    if isinstance(parent, Bundle):
        settings, start = start_from_bundle(settings, parent)
    settings = _with_regularisers(settings)
    if isinstance(parent, Path):
        start = start_from_file(settings, parent)
    if isinstance(parent, Bundle) and start is not None:
        listener(StageBegun("fit"))
        head = _first_head(dataset, parts, settings, parent)
        start = Start({**start.weights, **head}, start.looks)
    trained = _train_all(dataset, parts, settings, start, teacher, folder, listener)
    shipped = trained[-1:] if len(trained) > settings.members else trained
    heads = _heads(settings, parent, start)
    weights = [{**heads, **t.weights} for t in shipped]
    looks = (start is not None and start.looks) or trained[0].looks_taught
    heads_of = parent if isinstance(parent, Bundle) and heads else None
    exporter = Exporter(dataset, parts, settings, weights, shared_looks=looks, heads_of=heads_of)
    if heads_of is not None and not _still_say_so(heads_of, exporter, dataset, parts):
        heads_of, weights = None, [dict(t.weights) for t in shipped]
        exporter = Exporter(dataset, parts, settings, weights, shared_looks=looks)
    return Outcome(
        settings=settings,
        validation_logits=exporter.validation_logits(),
        export=exporter.export,
        weights=networks.member_weights(weights),
        embedding_of=taught_by if trained[0].looks_taught else parent if isinstance(parent, Bundle) else None,
        heads_of=heads_of,
        history=shipped[-1].history,
        stopped=trained[-1].stopped,
        precision=trained[-1].precision,
        members=len(shipped),
        distilled_from=settings.members if shipped is not trained else 0,
        passes=sum(len(t.history) for t in trained),
        seconds=sum(t.history[-1].seconds for t in trained),
        checkpoints=() if trained[-1].stopped == "interrupted" else tuple(t.checkpoint for t in trained),
    )


def _train_all(
    dataset: Dataset,
    parts: Split,
    settings: Settings,
    start: Start | None,
    teacher: Teacher | None,
    folder: Path,
    listener: Listener,
) -> list[Trained]:
    """Train the members and, where it is wished, the network that learns from them.

    Those that an earlier run finished come from their checkpoints. Ctrl-C ends it with the one at hand.
    """
    runs = settings.members + settings.distill
    budget = settings.budget_minutes / runs if settings.budget_minutes is not None else None
    done: list[Trained] = []
    for number in range(runs):
        own = replace(settings, seed=settings.seed + _SEED_STEP * number, budget_minutes=budget)
        taught = number == settings.members
        if runs > 1:
            listener(MemberBegun(number + 1, runs, taught))
        try:
            trainer = Trainer(
                dataset,
                parts,
                own,
                folder,
                start=start,
                members=[t.weights for t in done] if taught else (),
                teacher=teacher,
                listener=_counting(listener, runs - number - 1),
            )
            done.append(trainer.run())
        except KeyboardInterrupt:
            if not done:
                raise
            done[-1] = replace(done[-1], stopped="interrupted")
        if done[-1].stopped == "interrupted":
            break
    return done


def _counting(listener: Listener, runs_left: int) -> Listener:
    """Return a listener to whom the time left is that of all runs, each taken to last as long as this one."""

    def tell(event: TrainingEvent) -> None:
        if isinstance(event, StepDone) and runs_left:
            share = (event.epoch - 1 + event.step / event.steps) / event.epochs
            whole = event.seconds_left / max(1 - share, 1e-9)
            event = replace(event, seconds_left=event.seconds_left + runs_left * whole)
        listener(event)

    return tell


def _heads(settings: Settings, parent: Bundle | Path | None, start: Start | None) -> networks.Weights:
    """Return the weights of the parent's heads, where the embedding is held near the parent's; else none."""
    if not isinstance(parent, Bundle) or start is None or not (start.looks and settings.looks):
        return {}
    heads = {name: value for name, value in start.weights.items() if name.startswith("head_")}
    whole = all(f"head_{head}/{part}" in heads for head in parent.heads for part in ("kernel", "bias"))
    return heads if whole else {}


def _still_say_so(parent: Bundle, exporter: Exporter, dataset: Dataset, parts: Split) -> bool:
    """Return whether the heads, which were not trained, say the same of the validation side as in the parent."""
    model = OnnxModel(parent, threads=os.cpu_count() or 1)
    batches = plain(dataset, parts.validation, parent.input_size)
    said = [model.run(np.ascontiguousarray(batch), list(parent.heads)) for batch in batches]
    for head, calibration in parent.head_calibrations.items():
        before = np.concatenate([out[head] for out in said])
        sure = before.max(axis=1) >= calibration.threshold
        same = exporter.validation_logits(f"{head}_logits").argmax(axis=1) == before.argmax(axis=1)
        if sure.any() and same[sure].mean() < _KEPT:
            return False
    return True


def _with_regularisers(settings: Settings) -> Settings:
    """Put dropout and stochastic depth into the architecture's settings, if it knows them and none are there."""
    known = {item.name for item in fields(plugins.load("architecture", settings.architecture))}
    every = {"dropout": settings.dropout, "stochastic_depth": settings.stochastic_depth}
    wished = {name: value for name, value in every.items() if name in known}
    return replace(settings, architecture_settings={**wished, **settings.architecture_settings})


def _first_head(dataset: Dataset, parts: Split, settings: Settings, parent: Bundle) -> Mapping[str, Any]:
    """Return the layer of the logits, fitted on the parent's features of one pass of changed photos.

    A random head would pull the features out of shape before it has learned anything (Kumar et al., "Fine-Tuning can
    Distort Pretrained Features and Underperform Out-of-Distribution", 2022); one fitted on unchanged photos would be
    too sure of the changed ones. A network without attention, such as simple_cnn, begins with a random one.
    """
    model = OnnxModel(parent, threads=os.cpu_count() or 1)
    if not {"features", "attention"} <= set(model.outputs):
        return {}
    plainly = replace(settings, size=parent.input_size, mixup=0.0, cutmix=0.0, label_smoothing=0.0, balance=0.0)
    seen, chosen = (_pooled(Batches(dataset, side, plainly), model) for side in (parts.train, parts.validation))
    head = heads.fit(seen, chosen, len(dataset.classes), balance=settings.balance)
    return {"category/kernel": head.weights / _SOFTEN, "category/bias": head.bias / _SOFTEN}


def _pooled(batches: Batches, model: OnnxModel) -> tuple[heads.Floats, npt.NDArray[np.int64]]:
    """Return what the layer of the logits sees of one pass, as `embedding_net` makes it, and the labels."""
    seen, labels = [], []
    for photos, targets in batches.of_epoch(0):
        out = model.run(photos, ("features", "attention"))
        weight = out["attention"] + 0.05
        looked_at = (out["features"] * weight).sum(axis=(1, 2)) / weight.sum(axis=(1, 2))
        seen.append(np.concatenate([looked_at, out["features"].mean(axis=(1, 2))], axis=1))
        labels.append(targets.argmax(axis=1))
    return np.concatenate(seen), np.concatenate(labels)
