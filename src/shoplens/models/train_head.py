"""The preset "fast": a head on the embeddings of a bundle that exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from shoplens.records import Pixels


def train_head(dataset: Dataset, parts: Split, settings: Settings, parent: Bundle, listener: Listener) -> Outcome:
    """Describe every photo by the parent's network, its mirror image too where photos train; fit a softmax.

    Args:
        dataset: photos as the parent's recipe makes them.
        parts: its sides.
        settings: only the balance counts.
        parent: whose network is kept as it is.
        listener: told of the two stages.
    """
    listener(StageBegun("embed"))
    looks = [_described(dataset, parts.train, parent, view) for view in (_whole, _mirrored)]
    chosen = _described(dataset, parts.validation, parent, _whole)
    listener(StageBegun("fit"))
    labels = dataset.labels[parts.train]
    head = heads.fit(
        (np.concatenate(looks), np.tile(labels, len(looks))),
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
        ),
        validation_logits=head.logits(chosen),
        export=export,
        weights=_without_classes(parent.weights() or {}),
        embedding_of=parent,
        heads_of=parent,
    )


def _without_classes(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Return the weights of the network that is kept.

    The layer of the logits names the parent's classes, and would fit where there are as many; members after the first
    are of no use without theirs.
    """
    return {name: value for name, value in weights.items() if not name.startswith(("category/", "member"))}


def _described(dataset: Dataset, side: Indices, parent: Bundle, view: Callable[[Pixels], Pixels]) -> heads.Floats:
    batches = plain(dataset, side, parent.input_size)
    return np.concatenate(list(heads.describe(parent, (view(batch) for batch in batches))))


def _whole(batch: Pixels) -> Pixels:
    return batch


def _mirrored(batch: Pixels) -> Pixels:
    return batch[:, :, ::-1]
