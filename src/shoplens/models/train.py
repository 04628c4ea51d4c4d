"""From class folders to a bundle that classifies and searches, with its report."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.errors import BadInput, BundleError, MissingExtra
from shoplens.models import machine
from shoplens.models.bundle import BASE, Bundle, Calibration, Category, load_bundle, save_bundle
from shoplens.models.calibrate import abstention, fit_temperature
from shoplens.models.dataset import Dataset
from shoplens.models.decoded_copies import DecodedCopies
from shoplens.models.evaluate import Evaluation, evaluate, probabilities_of
from shoplens.models.near_duplicates import near_duplicate_groups
from shoplens.models.outcome import Outcome
from shoplens.models.progress import Listener, PhotosRead, StageBegun, unheard
from shoplens.models.report import Report, Side
from shoplens.models.settings import Settings
from shoplens.models.split import Indices, Split, split
from shoplens.photos.recipe import Recipe, Step
from shoplens.records import Pixels

MARGIN = 1.125
"""The copies on disk are so much larger than the network's input, so that crops need not enlarge."""

PRECISION = 0.95
"""How often an answer should be right: the bundle's threshold reaches it on the validation side."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What a training left on disk.

    Attributes:
        bundle: ready for use.
        evaluation: of the bundle as shipped, on the test side.
        report: path of the HTML report; the JSON lies beside it.
        stopped: "epochs", "budget", "patience" or "interrupted"; "" for the preset "fast".
    """

    bundle: Bundle
    evaluation: Evaluation
    report: Path
    stopped: str


@dataclass(frozen=True, slots=True, eq=False)
class _Work:
    """What a training came to, on its way into a bundle."""

    name: str
    dataset: Dataset
    parts: Split
    outcome: Outcome
    parent: Bundle | None
    recipe: Recipe


def train(
    folder: Path,
    settings: Settings,
    *,
    name: str,
    home: Path,
    validation: Path | None = None,
    test: Path | None = None,
    listener: Listener = unheard,
) -> Training:
    """Train on class folders; write the bundle and its report.

    A training that was killed goes on after its last whole pass when it is called again with the same photos and
    settings. Under `home` it writes `bundles/<name>`, `reports/train-<name>.html` and `.json`, and in `training/` what
    may be deleted: decoded copies and, while it runs, the checkpoint.

    Args:
        folder: its sub-folders are the classes.
        settings: the method; see `Settings.for_preset`.
        name: of the bundle; an older one of that name is replaced once the new one is whole.
        home: the shop's folder.
        validation: class folders to choose the weights by, instead of a part of `folder`.
        test: class folders to judge the bundle by, instead of a part of `folder`.
        listener: told of the progress.

    Raises:
        BadInput: the folders hold too little to train, to choose or to judge.
        BundleError: the bundle to start from is missing, altered or carries no weights.
        MissingExtra: the libraries of the extra "train" are not installed.
    """
    _check_installed(settings)
    parent = parent_of(settings)
    if parent is None:
        settings = replace(settings, transfer="none")
    recipe, stored, side = _recipes(settings, parent)
    dataset = Dataset.open(
        folder,
        stored,
        side,
        home / "training" / "photos",
        validation=validation,
        test=test,
        progress=lambda done, total: listener(PhotosRead(done, total)),
    )
    groups = near_duplicate_groups(dataset.pixels)
    parts = split(dataset.labels, groups, seed=settings.seed, sides=dataset.sides)
    _check_sides(dataset, parts)
    outcome = _fit(dataset, parts, settings, parent, home / "training", listener)
    work = _Work(name, dataset, parts, outcome, parent, recipe)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=home / "training") as scratch:
        bundle, evaluation = _ship(work, home / "bundles" / name, Path(scratch), listener)
    listener(StageBegun("report"))
    path = home / "reports" / f"train-{name}.html"
    _report(work, bundle, evaluation).write(path)
    return Training(bundle, evaluation, path, outcome.stopped)


def parent_of(settings: Settings) -> Bundle | None:
    """Return the bundle that a training starts from; None for random weights.

    The base model is left out where this installation has none, except for the preset "fast", which cannot do without.

    Raises:
        BundleError: the bundle is missing or altered.
    """
    if settings.transfer == "none" or (settings.transfer == "base" and not BASE.is_dir()):
        if settings.preset == "fast":
            raise BundleError(
                "The preset 'fast' needs a bundle whose embeddings it can use.",
                received=settings.transfer,
                remedy="Name one with --from, or use --preset good.",
            )
        return None
    return load_bundle(BASE if settings.transfer == "base" else Path(settings.transfer))


def _check_installed(settings: Settings) -> None:
    needed = ("sklearn", "onnx") if settings.preset == "fast" else ("sklearn", "onnx", "keras", "tensorflow", "tf2onnx")
    if any(find_spec(library) is None for library in needed):
        raise MissingExtra("Training", "train")


def _recipes(settings: Settings, parent: Bundle | None) -> tuple[Recipe, Recipe, int]:
    """Return the recipe of the bundle, that of the copies on disk, and their side."""
    if settings.preset == "fast" and parent is not None:
        return parent.recipe, parent.recipe, parent.input_size
    size = settings.size
    if settings.fit == "stretch":
        recipe = Recipe((Step("resize", {"width": size, "height": size}),), f"stretch-{size}")
        return recipe, recipe, size
    stored = size if settings.augmentation == "none" else round(size * MARGIN)
    return Recipe.encoder(size), Recipe.encoder(stored), stored


def _check_sides(dataset: Dataset, parts: Split) -> None:
    learned = np.unique(dataset.labels[parts.train])
    if len(learned) < len(dataset.classes) or not len(parts.validation) or not len(parts.test):
        sizes = f"{len(parts.train)} to train, {len(parts.validation)} to choose, {len(parts.test)} to judge"
        raise BadInput(
            "There are too few different photos to train, to choose the weights and to judge them.",
            received=f"{sizes}; {len(learned)} of {len(dataset.classes)} classes to learn",
            remedy="Give at least five photos of each class that are no copies of one another.",
        )


def _fit(
    dataset: Dataset, parts: Split, settings: Settings, parent: Bundle | None, work: Path, listener: Listener
) -> Outcome:
    if settings.preset == "fast" and parent is not None:
        from shoplens.models.train_head import train_head

        return train_head(dataset, parts, settings, parent, listener)
    from shoplens.models.train_network import train_network

    return train_network(dataset, parts, settings, parent, work / "checkpoints", listener)


def _ship(work: _Work, path: Path, scratch: Path, listener: Listener) -> tuple[Bundle, Evaluation]:
    """Write the bundle; its figures are of the network and the recipe as they ship, on photos read from their files."""
    listener(StageBegun("export"))
    labels, parts = work.dataset.labels, work.parts
    temperature = fit_temperature(work.outcome.validation_logits, labels[parts.validation])
    model = scratch / "model.onnx"
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


def _served(dataset: Dataset, side: Indices, bundle: Bundle, cache: Path) -> Pixels:
    """Return the photos of a side as the bundle will see them when it serves."""
    paths = [Path(dataset.paths[row]) for row in side]
    return DecodedCopies.of(paths, bundle.recipe, bundle.input_size, cache).pixels


def _card(work: _Work, export: Mapping[str, Any]) -> dict[str, Any]:
    settings, parts, outcome = work.outcome.settings, work.parts, work.outcome
    return {
        "task": "classification",
        "architecture": {"name": settings.architecture, **settings.architecture_settings},
        "parent": work.parent.id if work.parent is not None else "",
        "data": {
            "folder": work.dataset.folder.name,
            "train": dict(zip(work.dataset.classes, _counts(work.dataset, parts.train), strict=True)),
            "validation": len(parts.validation),
            "test": len(parts.test),
            "near_duplicate_groups": parts.kept_together,
            "left_out": len(parts.left_out),
            "quarantined": len(work.dataset.quarantined),
            "licence": "as the photos that it was trained on",
        },
        "seed": settings.seed,
        "settings": asdict(settings),
        "passes": len(outcome.history),
        "history": [asdict(record) for record in outcome.history],
        "seconds": outcome.history[-1].seconds if outcome.history else 0.0,
        "stopped": outcome.stopped,
        "precision": outcome.precision,
        "export": dict(export),
        "machine": machine.facts(),
    }


def _report(work: _Work, bundle: Bundle, evaluation: Evaluation) -> Report:
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
        history=outcome.history,
        stopped=outcome.stopped,
        settings=asdict(outcome.settings),
        model={"id": bundle.id, "temperature": round(bundle.calibration.temperature, 3), **bundle.card["export"]},
        machine=bundle.card["machine"],
        bundle=bundle,
    )


def _counts(dataset: Dataset, side: Indices) -> list[int]:
    """Return how many photos of each class lie on a side."""
    counts: list[int] = np.bincount(dataset.labels[side], minlength=len(dataset.classes)).tolist()
    return counts
