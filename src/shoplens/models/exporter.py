"""A trained network, or several as one, on its way into a bundle's ONNX file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.models import network as networks
from shoplens.models.batches import plain
from shoplens.models.bundle import Bundle
from shoplens.models.dataset import Dataset
from shoplens.models.export import export_onnx, quantize
from shoplens.models.settings import Settings
from shoplens.models.split import Indices, Split
from shoplens.records import Pixels

_CALIBRATION = 512
_LOSS = 0.005
"""Largest loss of validation accuracy for which the 8-bit network is shipped."""


class Exporter:
    """The trained networks in float32, as they are exported.

    Args:
        dataset: photos to calibrate and to choose by.
        parts: its sides.
        settings: of the networks.
        members: their weights.
        shared_looks: see `network.ensemble`.
        heads_of: the bundle whose heads the networks keep; their weights are among those of the members.
    """

    def __init__(
        self,
        dataset: Dataset,
        parts: Split,
        settings: Settings,
        members: Sequence[networks.Weights],
        *,
        shared_looks: bool,
        heads_of: Bundle | None = None,
    ) -> None:
        self._dataset, self._parts, self._size = dataset, parts, settings.size
        heads = {head: len(labels) for head, labels in heads_of.heads.items()} if heads_of else {}
        fitted = heads_of.head_calibrations if heads_of else {}
        self._head_temperatures = {head: calibration.temperature for head, calibration in fitted.items()}
        made = []
        for weights in members:
            network = networks.build(
                settings.architecture,
                settings.architecture_settings,
                settings.size,
                len(dataset.classes),
                heads=heads,
            )
            networks.fill(network, weights)
            made.append(network)
        self._network = networks.ensemble(made, shared_looks=shared_looks, mirror=settings.mirrors)

    def validation_logits(self, output: str = "logits") -> Any:  # noqa: ANN401 - Keras is untyped
        """Return `[n, classes]` in the order of the validation side; of a head, "<head>_logits", its labels'."""
        found = [self._network(batch, training=False)[output] for batch in self._photos(self._parts.validation)]
        return np.concatenate([np.asarray(logits) for logits in found])

    def export(self, path: Path, temperature: float) -> Mapping[str, Any]:
        """Write the smaller file where it is as good; return what both weigh and reach on the validation side."""
        with tempfile.TemporaryDirectory(prefix="shoplens-export-") as scratch:
            plain, small = Path(scratch) / "float32.onnx", Path(scratch) / "int8.onnx"
            export_onnx(
                self._network,
                plain,
                input_size=self._size,
                temperature=temperature,
                head_temperatures=self._head_temperatures,
            )
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
