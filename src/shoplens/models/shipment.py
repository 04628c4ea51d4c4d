"""A fitted classifier on its way into a bundle, judged as it ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.models import machine
from shoplens.models.bundle import Bundle, Calibration, Category, save_bundle
from shoplens.models.calibrate import abstention, fit_temperature
from shoplens.models.dataset import Dataset
from shoplens.models.decoded_copies import DecodedCopies
from shoplens.models.evaluate import PRECISION, Evaluation, evaluate, probabilities_of
from shoplens.models.groups import Groups
from shoplens.models.outcome import Outcome
from shoplens.models.pixel_rows import PixelRows
from shoplens.models.progress import Listener, StageBegun
from shoplens.models.report import Report, Side
from shoplens.models.split import Indices, Split
from shoplens.photos.recipe import Recipe


@dataclass(frozen=True, slots=True, eq=False)
class Shipment:
    """What a training came to.

    Attributes:
        name: of the bundle.
        dataset: photos and labels.
        parts: its sides.
        groups: what was kept together.
        outcome: the fitted network.
        parent: what it started from.
        recipe: of the bundle.
        teacher: what it learned from beside the labels.
    """

    name: str
    dataset: Dataset
    parts: Split
    groups: Groups
    outcome: Outcome
    parent: Bundle | Path | None
    recipe: Recipe
    teacher: Bundle | None = None


def ship(work: Shipment, path: Path, scratch: Path, listener: Listener) -> tuple[Bundle, Evaluation]:
    """Write the bundle and return it with its figures on the test side.

    They are of the network and the recipe as they ship, on photos read from their files.

    Args:
        work: what the training came to.
        path: the bundle's folder.
        scratch: an empty folder.
        listener: told of the stages.
    """
    listener(StageBegun("export"))
    labels, parts = work.dataset.labels, work.parts
    temperature = fit_temperature(work.outcome.validation_logits, labels[parts.validation])
    model, kept = scratch / "model.onnx", work.outcome.heads_of
    card = _card(work, work.outcome.export(model, temperature))

    def save(folder: Path, threshold: float, figures: Mapping[str, Any]) -> Bundle:
        return save_bundle(
            folder,
            name=work.name,
            model=model,
            recipe=work.recipe,
            categories=[Category(label, label) for label in work.dataset.classes],
            calibration=Calibration(temperature, threshold),
            card={**card, "figures": figures},
            weights=work.outcome.weights or None,
            heads=kept.heads if kept else None,
            head_calibrations=kept.head_calibrations if kept else None,
        )

    listener(StageBegun("evaluate"))
    draft = save(scratch / "draft", 0.0, {})
    said = {
        side: probabilities_of(draft, _served(work.dataset, rows, draft, scratch / side))
        for side, rows in (("validation", parts.validation), ("test", parts.test))
    }
    right = said["validation"].argmax(axis=1) == labels[parts.validation]
    threshold = abstention(said["validation"].max(axis=1), right, PRECISION).threshold
    judged = {
        side: evaluate(
            said[side],
            labels[rows],
            work.dataset.classes,
            [work.dataset.paths[row] for row in rows],
            threshold=threshold,
        )
        for side, rows in (("validation", parts.validation), ("test", parts.test))
    }
    figures = {side: result.summary() for side, result in judged.items()}
    return save(path, threshold, figures), judged["test"]


def _served(dataset: Dataset, side: Indices, bundle: Bundle, cache: Path) -> PixelRows:
    """Return the photos of a side as the bundle will see them when it serves."""
    paths = [Path(dataset.paths[row]) for row in side]
    return DecodedCopies.of(paths, bundle.recipe, bundle.input_size, cache).pixels


def _card(work: Shipment, export: Mapping[str, Any]) -> dict[str, Any]:
    settings, parts, outcome = work.outcome.settings, work.parts, work.outcome
    return {
        "task": "classification",
        "architecture": {"name": settings.architecture, **settings.architecture_settings},
        "parent": _parent_name(work.parent),
        "taught_by": work.teacher.id if work.teacher else "",
        **_embedding_parts(outcome.embedding_of),
        "members": outcome.members,
        "distilled_from": outcome.distilled_from,
        "heads_of": outcome.heads_of.id if outcome.heads_of and outcome.heads_of.heads else "",
        "data": {
            "folder": work.dataset.folder.name,
            "train": dict(zip(work.dataset.classes, _counts(work.dataset, parts.train), strict=True)),
            "validation": len(parts.validation),
            "test": len(parts.test),
            "kept_together": parts.kept_together,
            "photos_kept_together": int((np.bincount(work.groups)[work.groups] > 1).sum()),
            "given_groups": len({name for names in work.dataset.groups for name in names}),
            "ignored_columns": list(work.dataset.ignored_columns),
            "left_out": len(parts.left_out),
            "quarantined": len(work.dataset.quarantined),
            "licence": "as the photos that it was trained on",
        },
        "seed": settings.seed,
        "settings": settings.used(),
        "passes": outcome.passes,
        "history": [asdict(record) for record in outcome.history],
        "seconds": outcome.seconds,
        "stopped": outcome.stopped,
        "precision": outcome.precision,
        "export": dict(export),
        "machine": machine.facts(),
    }


def _parent_name(parent: Bundle | Path | None) -> str:
    if parent is None:
        return ""
    return parent.id if isinstance(parent, Bundle) else parent.name


def _embedding_parts(other: Bundle | None) -> dict[str, list[int]]:
    """An embedding that began as another one or is held near it has its layout."""
    told = other.card.get("embedding_parts") if other is not None else None
    return {"embedding_parts": list(told)} if told else {}


def report_of(work: Shipment, bundle: Bundle, evaluation: Evaluation) -> Report:
    """Return the report of the training."""
    parts, outcome = work.parts, work.outcome
    sides = (("train", parts.train), ("validation", parts.validation), ("test", parts.test))
    return Report(
        kind="train",
        title=bundle.name,
        folder=str(work.dataset.folder),
        evaluation=evaluation,
        sides=tuple(Side(name, tuple(_counts(work.dataset, rows))) for name, rows in sides),
        kept_together=parts.kept_together,
        left_out=len(parts.left_out),
        quarantined=work.dataset.quarantined,
        ignored_columns=work.dataset.ignored_columns,
        history=outcome.history,
        stopped=outcome.stopped,
        settings=outcome.settings.used(),
        model={"id": bundle.id, "temperature": round(bundle.calibration.temperature, 3), **bundle.card["export"]},
        machine=bundle.card["machine"],
        bundle=bundle,
    )


def _counts(dataset: Dataset, side: Indices) -> list[int]:
    """Return how many photos of each class lie on a side."""
    counts: list[int] = np.bincount(dataset.labels[side], minlength=len(dataset.classes)).tolist()
    return counts
