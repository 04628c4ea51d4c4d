"""A network file of any format, run as it would run where it was exported to."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput, MissingExtra
from shoplens.models.quiet_tensorflow import without_stderr
from shoplens.records import Pixels

Outputs = Mapping[str, npt.NDArray[np.float32]]
"""Arrays by the name of the output, such as "embedding" `[n, dim]` and "probabilities" `[n, labels]`."""

MAPS = frozenset({"attention", "features"})
"""Outputs that have a place for each part of the photo; they explain an answer and are no part of it."""


class ExportedNetwork(Protocol):
    """A loaded network file that runs on one thread."""

    def run(self, batch: Pixels) -> Outputs:
        """Return every output but the maps for uint8 RGB `[n, s, s, 3]`."""
        ...


def open_network(path: Path) -> ExportedNetwork:
    """Load an exported file: `.onnx`, `.tflite` or `.keras`. Only for files that this process has just written.

    Raises:
        BadInput: another suffix.
        MissingExtra: the format's library is not installed.
    """
    kinds: Mapping[str, type[_Onnx] | type[_LiteRt] | type[_Keras]] = {
        ".onnx": _Onnx,
        ".tflite": _LiteRt,
        ".keras": _Keras,
    }
    if path.suffix not in kinds:
        raise BadInput("A network file of another kind.", received=path, remedy=f"Known are {', '.join(kinds)}.")
    return kinds[path.suffix](path)


def run_all(network: ExportedNetwork, photos: Pixels, *, batch: int = 32) -> dict[str, npt.NDArray[np.float32]]:
    """Return the outputs for photos `[n, s, s, 3]`, n at least 1; rows of "embedding" have unit length."""
    starts = range(0, len(photos), batch)
    parts = [network.run(np.ascontiguousarray(photos[start : start + batch])) for start in starts]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if "embedding" in found:
        # 8 bits round the length too; whoever searches brings it back to 1
        length = np.linalg.norm(found["embedding"], axis=1, keepdims=True)
        found["embedding"] = found["embedding"] / np.maximum(length, 1e-12)
    return found


def milliseconds(
    networks: Sequence[ExportedNetwork], photos: Pixels, *, batch: int = 1, rounds: int = 30
) -> list[float]:
    """Return the median time of a photo in milliseconds for each network, in batches of `batch`, on one thread.

    The networks take turns, so that what else the machine does slows all of them alike.
    """
    times: list[list[float]] = [[] for _ in networks]
    for number in range(rounds + 3):
        rows = np.arange(number * batch, (number + 1) * batch) % len(photos)
        given = np.ascontiguousarray(photos[rows])
        for network, taken in zip(networks, times, strict=True):
            start = time.perf_counter()
            network.run(given)
            taken.append(time.perf_counter() - start)
    return [float(np.median(taken[3:])) / batch * 1000 for taken in times]  # the first calls still allocate


class _Onnx:
    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        self._names = [output.name for output in self._session.get_outputs() if output.name not in MAPS]
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Pixels) -> Outputs:
        return dict(zip(self._names, self._session.run(self._names, {self._input: batch}), strict=True))


class _LiteRt:
    def __init__(self, path: Path) -> None:
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise MissingExtra("Running a LiteRT file", "train") from error
        with without_stderr():
            self._interpreter = Interpreter(model_path=str(path), num_threads=1)
            self._runner = self._interpreter.get_signature_runner()
            shape = self._interpreter.get_input_details()[0]["shape"]
            self.run(np.zeros(shape, np.uint8))  # it greets at the first call

    def run(self, batch: Pixels) -> Outputs:
        return {name: np.array(value) for name, value in self._runner(photos=batch).items() if name not in MAPS}


class _Keras:
    def __init__(self, path: Path) -> None:
        import keras

        self._network = keras.saving.load_model(path, compile=False, safe_mode=True)

    def run(self, batch: Pixels) -> Outputs:
        found: dict[str, Any] = self._network(batch, training=False)
        return {name: np.asarray(value, np.float32) for name, value in found.items() if name not in MAPS}
