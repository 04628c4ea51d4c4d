"""The report of a bundle on class folders."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoplens.models import machine
from shoplens.models.bundle import Bundle
from shoplens.models.dataset import Dataset
from shoplens.models.evaluate import evaluate, probabilities_of
from shoplens.models.progress import Listener, PhotosRead, unheard
from shoplens.models.report import Report, Side


def evaluate_bundle(bundle: Bundle, folder: Path, *, listener: Listener = unheard) -> Report:
    """Judge a bundle, with its own recipe and threshold, by class folders named like its classes.

    Args:
        bundle: as it serves.
        folder: holds the class folders; those of other names are quarantined.
        listener: told how many photos are read.

    Raises:
        BadInput: there is no such folder, or no readable photo of a class of the bundle in it.
    """
    with tempfile.TemporaryDirectory(prefix="shoplens-evaluate-") as cache:
        dataset = Dataset.open(
            folder,
            bundle.recipe,
            bundle.input_size,
            Path(cache),
            classes=bundle.labels,
            progress=lambda done, total: listener(PhotosRead(done, total)),
        )
        said = probabilities_of(bundle, dataset.pixels)
    result = evaluate(said, dataset.labels, dataset.classes, dataset.paths, threshold=bundle.threshold)
    return Report(
        kind="evaluate",
        title=bundle.name,
        folder=str(folder),
        evaluation=result,
        sides=(Side("test", tuple(row.photos for row in result.classes)),),
        quarantined=dataset.quarantined,
        settings=_flat(bundle.card.get("settings", {})),
        model={"id": bundle.id, "temperature": round(bundle.calibration.temperature, 3)},
        machine=machine.facts(),
    )


def _flat(settings: object) -> Mapping[str, Any]:
    """Return the card's settings where they are a table; a card may be of another origin."""
    return settings if isinstance(settings, Mapping) else {}
