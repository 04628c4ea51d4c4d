"""The presets "good" and "best": the whole network is trained, then written as ONNX in 8 bits if that costs nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.errors import BundleError
from shoplens.models import head as heads
from shoplens.models import network as networks
from shoplens.models.batches import Batches, plain
from shoplens.models.bundle import Bundle
from shoplens.models.dataset import Dataset
from shoplens.models.export import export_onnx, quantize
from shoplens.models.outcome import Outcome
from shoplens.models.progress import Listener, StageBegun
from shoplens.models.quiet_tensorflow import import_quietly
from shoplens.models.settings import Settings
from shoplens.models.split import Indices, Split
from shoplens.models.trainer import Trained, Trainer
from shoplens.records import Pixels

_CALIBRATION = 512
_LOSS = 0.005
"""Largest loss of validation accuracy for which the 8-bit network is shipped."""

_SOFTEN = 4.0
"""The first head's logits are divided by it, since training mixes photos and drops features: the first batches of 510
photos of clothes cost 2.2 so, 3.9 without, 2.6 with a random head."""


def train_network(
    dataset: Dataset, parts: Split, settings: Settings, parent: Bundle | None, folder: Path, listener: Listener
) -> Outcome:
    """Train from the parent's weights, or from random ones without a parent.

    Args:
        dataset: photos, a little larger than the network's input.
        parts: its sides.
        settings: the method; a parent's architecture replaces the one named there.
        parent: the bundle to start from.
        folder: for checkpoints.
        listener: told of every step and pass.

    Raises:
        BundleError: the parent carries no weights, or does not name its architecture.
    """
    import_quietly()
    start = None
    if parent is not None:
        settings, start = _begin(settings, parent)
    arguments = dict(settings.architecture_settings)
    if "dropout" not in arguments:
        arguments["dropout"] = settings.dropout
    settings = replace(settings, architecture_settings=arguments)
    if parent is not None and start is not None:
        listener(StageBegun("fit"))
        start = {**start, **_first_head(dataset, parts, settings, parent)}
    trainer = Trainer(dataset, parts, settings, folder, start=start, listener=listener)
    trained = trainer.run()
    exporter = _Exporter(dataset, parts, settings, trained)
    return Outcome(
        settings=settings,
        validation_logits=exporter.validation_logits(),
        export=exporter.export,
        weights=trained.weights,
        history=trained.history,
        stopped=trained.stopped,
        precision=trained.precision,
    )


def _begin(settings: Settings, parent: Bundle) -> tuple[Settings, networks.Weights]:
    """Return the settings with the parent's architecture, and its weights."""
    weights, architecture = parent.weights(), dict(parent.card.get("architecture", {}))
    if weights is None or "name" not in architecture:
        raise BundleError(
            "The bundle cannot be trained on from: it has no weights, or does not name its architecture.",
            received=parent.id,
            remedy="Start from another one, or use --from none.",
        )
    name = architecture.pop("name")
    # the parent's own classes are others
    trunk = {path: value for path, value in weights.items() if not path.startswith("category/")}
    return replace(settings, architecture=name, architecture_settings=architecture), trunk


def _first_head(dataset: Dataset, parts: Split, settings: Settings, parent: Bundle) -> networks.Weights:
    """Return the layer of the logits, fitted on the parent's features of one pass of changed photos.

    A random head would pull the features out of shape before it has learned anything (Kumar et al., "Fine-Tuning can
    Distort Pretrained Features and Underperform Out-of-Distribution", 2022); one fitted on unchanged photos would be
    too sure of the changed ones. simple_cnn, whose head does not see the mean of a feature map, begins with a random
    one.
    """
    if settings.architecture == "simple_cnn":
        return {}
    plainly = replace(settings, size=parent.input_size, mixup=0.0, cutmix=0.0, label_smoothing=0.0, balance=0.0)
    described = []
    for side in (parts.train, parts.validation):
        batches = list(Batches(dataset, side, plainly).of_epoch(0))
        features = heads.describe(parent, (photos for photos, _ in batches), ("features",))
        labels = np.concatenate([targets.argmax(axis=1) for _, targets in batches])
        described.append((np.concatenate(list(features)), labels))
    head = heads.fit(described[0], described[1], len(dataset.classes), balance=settings.balance)
    return {"category/kernel": head.weights / _SOFTEN, "category/bias": head.bias / _SOFTEN}


class _Exporter:
    """The trained network in float32, as it is exported."""

    def __init__(self, dataset: Dataset, parts: Split, settings: Settings, trained: Trained) -> None:
        self._dataset, self._parts, self._size = dataset, parts, settings.size
        self._network = networks.build(
            settings.architecture, settings.architecture_settings, settings.size, len(dataset.classes)
        )
        networks.fill(self._network, trained.weights)

    def validation_logits(self) -> Any:  # noqa: ANN401 - Keras is untyped
        found = [self._network(batch, training=False)["logits"] for batch in self._photos(self._parts.validation)]
        return np.concatenate([np.asarray(logits) for logits in found])

    def export(self, path: Path, temperature: float) -> Mapping[str, Any]:
        """Write the smaller file where it is as good; return what both weigh and reach on the validation side."""
        with tempfile.TemporaryDirectory(prefix="shoplens-export-") as scratch:
            plain, small = Path(scratch) / "float32.onnx", Path(scratch) / "int8.onnx"
            export_onnx(self._network, plain, input_size=self._size, temperature=temperature)
            quantize(plain, small, self._photos(self._parts.train[:: max(1, len(self._parts.train) // _CALIBRATION)]))
            reached = {"float32": self._accuracy(plain), "int8": self._accuracy(small)}
            chosen = "int8" if reached["int8"] >= reached["float32"] - _LOSS else "float32"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes((small if chosen == "int8" else plain).read_bytes())
            return {
                "format": chosen,
                "bytes": path.stat().st_size,
                "float32_bytes": plain.stat().st_size,
                "validation_accuracy_float32": reached["float32"],
                "validation_accuracy_int8": reached["int8"],
            }

    def _photos(self, side: Indices) -> Iterator[Pixels]:
        return plain(self._dataset, side, self._size)

    def _accuracy(self, model: Path) -> float:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        batches = self._photos(self._parts.validation)
        said = np.concatenate([session.run(["probabilities"], {name: batch})[0].argmax(axis=1) for batch in batches])
        return float((said == self._dataset.labels[self._parts.validation]).mean())
