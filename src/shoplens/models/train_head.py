"""The preset "fast": a head on the embeddings of a bundle that exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.models import head as heads
from shoplens.models.batches import plain
from shoplens.models.bundle import Bundle
from shoplens.models.dataset import Dataset
from shoplens.models.outcome import Outcome
from shoplens.models.progress import Listener, StageBegun
from shoplens.models.settings import Settings
from shoplens.models.split import Indices, Split


def train_head(dataset: Dataset, parts: Split, settings: Settings, parent: Bundle, listener: Listener) -> Outcome:
    """Describe every photo once by the parent's network, its mirror image too where photos train, and fit a softmax.

    Args:
        dataset: photos as the parent's recipe makes them.
        parts: its sides.
        settings: only the balance counts.
        parent: whose network is kept as it is.
        listener: told of the two stages.
    """
    listener(StageBegun("embed"))
    seen, mirrored = (_described(dataset, parts.train, parent, mirror=mirror) for mirror in (False, True))
    chosen = _described(dataset, parts.validation, parent, mirror=False)
    listener(StageBegun("fit"))
    labels = dataset.labels[parts.train]
    head = heads.fit(
        (np.concatenate([seen, mirrored]), np.concatenate([labels, labels])),
        (chosen, dataset.labels[parts.validation]),
        len(dataset.classes),
        balance=settings.balance,
    )

    def export(path: Path, temperature: float) -> Mapping[str, Any]:
        heads.attach(parent, head, path, temperature=temperature)
        return {"format": "as its parent", "bytes": path.stat().st_size, "regularisation": head.strength}

    architecture = dict(parent.card.get("architecture", {}))
    return Outcome(
        settings=replace(
            settings,
            architecture=str(architecture.pop("name", "")),
            architecture_settings=architecture,
            size=parent.input_size,
        ),
        validation_logits=head.logits(chosen),
        export=export,
        weights=parent.weights() or {},
    )


def _described(dataset: Dataset, side: Indices, parent: Bundle, *, mirror: bool) -> heads.Floats:
    batches = plain(dataset, side, parent.input_size)
    return np.concatenate(list(heads.describe(parent, (b[:, :, ::-1] if mirror else b for b in batches))))
