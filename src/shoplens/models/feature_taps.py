"""A bundle's network with its middle feature maps as further outputs; the file on disk stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle
from shoplens.records import Pixels, Vectors

Maps = npt.NDArray[np.float32]
"""Feature maps: float32 `[n, h, w, channels]`."""

_LAYERS = 2
_GRAPH, _NODE, _OUTPUT, _NODE_OUTPUT, _NAME = 7, 1, 12, 2, 1
_BYTES = 2
_ACTIVATION = re.compile(r"relu|silu|swish|gelu|activation", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Tapped:
    """What the network says of some photos.

    Attributes:
        embedding: float32 `[n, dim]`, rows of unit length.
        maps: the middle feature maps, the finer one first, `[n, h, w, channels]` each.
    """

    embedding: Vectors
    maps: tuple[Maps, ...]


class FeatureTaps:
    """Runs a bundle's network and gives its feature maps of two middle stages beside the embedding.

    An ONNX file is a protobuf message, and a message followed by another one of its kind is read as both merged
    (Protocol Buffers, "Encoding", section "Last One Wins"): so the outputs are added by a few bytes behind the
    verified ones, without the library that writes ONNX. A stage is what has one size and one number of channels; tapped
    is the last activation of each of the two stages before the last one: fine enough to have a place, deep enough to
    mean something (Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022: stages 2 and 3 of 4).

    Args:
        bundle: its network is a convolutional one with an output "embedding".
        threads: threads inside one run.

    Raises:
        BundleError: the network has no such maps.
    """

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        raw = bundle.read_model()
        stages = {tuple(shape[1:]): name for name, shape in _open(raw, _activations(raw), 1)[1] if len(shape) == 4}
        self._names = list(stages.values())[-_LAYERS - 1 : -1]
        if len(self._names) < _LAYERS:
            raise BundleError(
                "The network has no two stages before its last one.",
                received=bundle.id,
                remedy="Use the base bundle, or another convolutional network.",
            )
        self._session, _ = _open(raw, self._names, threads)
        self.input_size = bundle.input_size
        self.bundle_id = bundle.id

    def run(self, photos: Pixels) -> Tapped:
        """Return embedding and maps of uint8 RGB `[n, s, s, 3]`, s being `input_size`; the recipe is not applied."""
        embedding, *maps = self._session.run(["embedding", *self._names], {"photos": photos})
        return Tapped(embedding, tuple(np.ascontiguousarray(found.transpose(0, 2, 3, 1)) for found in maps))


def _open(raw: bytes, outputs: list[str], threads: int):  # type: ignore[no-untyped-def]  # noqa: ANN202
    """Return a session with further outputs, and name and shape of each of them."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    added = b"".join(_field(_GRAPH, _field(_OUTPUT, _field(_NAME, name.encode()))) for name in outputs)
    try:
        session = onnxruntime.InferenceSession(raw + added, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes, straight below Exception
        raise BundleError("The bundle's network cannot be loaded.", received=error) from error
    wanted = set(outputs)
    return session, [(output.name, output.shape) for output in session.get_outputs() if output.name in wanted]


def _activations(raw: bytes) -> list[str]:
    """Return the names of the tensors behind activations, in the order of the graph, those in 8 bits decoded."""
    found: list[str] = []
    for graph in _parts(raw, _GRAPH):
        for node in _parts(graph, _NODE):
            found += [name.decode() for name in _parts(node, _NODE_OUTPUT)]
    names = [name for name in found if _ACTIVATION.search(name) and not name.endswith("_QuantizeLinear_Output")]
    decoded = {name.removesuffix("_DequantizeLinear_Output") for name in names if "_DequantizeLinear" in name}
    return [name for name in names if name not in decoded]


def _parts(message: bytes, wanted: int) -> Iterator[bytes]:
    """Yield the values of a field of a protobuf message that are bytes, text or messages themselves."""
    place = 0
    while place < len(message):
        key, place = _number(message, place)
        kind = key & 7
        if kind == _BYTES:
            length, place = _number(message, place)
            if key >> 3 == wanted:
                yield message[place : place + length]
            place += length
        elif kind == 0:
            _, place = _number(message, place)
        else:
            place += 8 if kind == 1 else 4


def _number(message: bytes, place: int) -> tuple[int, int]:
    """Return a variable-length number and the place behind it."""
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 127) << shift
        place, shift = place + 1, shift + 7
        if byte < 128:
            return value, place


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(data)) + data


def _varint(value: int) -> bytes:
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])
