"""From a trained Keras network to ONNX, from there to 8 bits, and what each step loses."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from shoplens.errors import BadInput, MissingExtra
from shoplens.records import Pixels

if TYPE_CHECKING:
    import keras

OPSET = 17
"""Old enough for every runtime of the last years; LayerNormalization and the quantised operators are in it."""

SENSITIVE = (
    "rescale",
    "color_",
    "attention",
    "/embedding",
    "category",
    "head_",
    "probabilities",
)
"""Layers whose name holds one of these stay float: they cost nothing and decide the figures."""

_HEAD = "_logits"

Ranges = Literal["minmax", "percentile", "entropy"]
_OPTIONS: Mapping[str, dict[str, Any]] = {
    "minmax": {"CalibMovingAverage": True},
    # a stride of one batch keeps the activations of one batch in memory, not of all
    "percentile": {"CalibPercentile": 99.99, "CalibTensorRangeSymmetric": False, "CalibStridedMinMax": 1},
    "entropy": {"CalibTensorRangeSymmetric": False, "CalibStridedMinMax": 1},
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """How much two ONNX files of one network differ on the same photos.

    Attributes:
        photos: how many were compared.
        cosine_mean: mean cosine between the two embeddings of a photo; 1 for a network without embedding.
        cosine_min: the smallest of them.
        same_label: share of photos with the same likeliest label.
        probability_gap: mean absolute difference of the likeliest label's probability.
    """

    photos: int
    cosine_mean: float
    cosine_min: float
    same_label: float
    probability_gap: float


def export_onnx(
    network: keras.Model,
    path: Path,
    *,
    input_size: int,
    temperature: float = 1.0,
    head_temperatures: Mapping[str, float] | None = None,
) -> None:
    """Write `network` as ONNX: input "photos" uint8 `[n, s, s, 3]`, any n, batch norms folded into the convolutions.

    Args:
        network: a float32 model whose output is either probabilities or a dict of "embedding", "logits" (or
            "probabilities"), "features" and any "<head>_logits"; every entry that is there becomes an output of the
            same name, "logits" one named "probabilities", and "color_logits" one named "color".
        path: the file to write.
        input_size: side s of the input in pixels.
        temperature: divides the logits before the softmax.
        head_temperatures: divide the logits of the heads of these names; 1 where none is given.

    Raises:
        MissingExtra: TensorFlow or tf2onnx is not installed.
        BadInput: a temperature is not positive, or it is not 1 for a network that has no such logits.
    """
    softened = {"logits": ("probabilities", temperature)}
    softened |= {f"{head}{_HEAD}": (head, value) for head, value in (head_temperatures or {}).items()}
    _check_temperatures(network, {logits: value for logits, (_, value) in softened.items()})
    try:
        import tensorflow as tf
        import tf2onnx
    except ImportError as error:
        raise MissingExtra("Exporting a network", "train") from error

    names: list[str] = []

    def serve(photos: Any) -> dict[str, Any]:  # noqa: ANN401 - a TensorFlow tensor
        out = network(tf.cast(photos, tf.float32), training=False)
        found = dict(out) if isinstance(out, dict) else {"probabilities": out}
        for logits in [name for name in found if name == "logits" or name.endswith(_HEAD)]:
            name, divisor = softened.get(logits, (logits.removesuffix(_HEAD), 1.0))
            found[name] = tf.nn.softmax(found.pop(logits) / divisor)
        names.extend(sorted(found))
        return {name: tf.identity(tf.cast(found[name], tf.float32), name) for name in sorted(found)}

    signature = [tf.TensorSpec((None, input_size, input_size, 3), tf.uint8, name="photos")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tf2onnx uses names that TensorFlow and numpy have deprecated
        model, _ = tf2onnx.convert.from_function(
            tf.function(serve, autograph=False), input_signature=signature, opset=OPSET
        )
    _name_outputs(model, set(names))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def quantize(
    onnx_path: Path,
    out: Path,
    calibration: Iterable[Pixels],
    *,
    keep: Sequence[str] = SENSITIVE,
    ranges: Ranges = "minmax",
) -> None:
    """Write an 8-bit copy (static, per channel, quantise-dequantise pairs) of an ONNX file.

    Args:
        onnx_path: what `export_onnx` wrote.
        out: the file to write.
        calibration: batches uint8 `[n, s, s, 3]` that show the range of every activation; a few hundred photos do.
        keep: operators whose name holds one of these words stay float.
        ranges: how the range of an activation follows from what the photos showed: the mean of the batches' smallest
            and largest values; all but the outermost 0.01 %; or the one that loses the least information (Migacz,
            "8-bit Inference with TensorRT", 2017).

    Raises:
        BadInput: there is no calibration batch.
        MissingExtra: the `onnx` library is not installed.
    """
    try:
        import onnx
        from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static
        from onnxruntime.quantization.shape_inference import quant_pre_process
    except ImportError as error:
        raise MissingExtra("Compressing a network", "train") from error

    methods = {
        "minmax": CalibrationMethod.MinMax,
        "percentile": CalibrationMethod.Percentile,
        "entropy": CalibrationMethod.Entropy,
    }
    reader = _Batches(calibration)
    # onnxruntime tells of its histograms on stdout
    with tempfile.TemporaryDirectory(prefix="shoplens-quantize-") as scratch, redirect_stdout(StringIO()):
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(onnx_path, prepared, skip_symbolic_shape=True)
        nodes = onnx.load(prepared).graph.node
        floats = [node.name for node in nodes if any(word in node.name for word in keep)]
        quantize_static(
            prepared,
            out,
            reader,
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Add", "AveragePool", "MaxPool", "Gemm", "MatMul", "Relu"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=floats,
            calibrate_method=methods[ranges],
            extra_options=dict(_OPTIONS[ranges]),
        )


def compare(first: Path, second: Path, batches: Iterable[Pixels]) -> Agreement:
    """Run two ONNX files on the same batches uint8 `[n, s, s, 3]` and return how much they agree.

    Raises:
        BadInput: there is no batch.
    """
    sessions = [_session(first), _session(second)]
    cosines: list[np.ndarray] = []
    same: list[np.ndarray] = []
    gaps: list[np.ndarray] = []
    for batch in batches:
        one, two = (_run(session, batch) for session in sessions)
        if "embedding" in one:
            cosines.append((one["embedding"] * two["embedding"]).sum(axis=1))
        label = one["probabilities"].argmax(axis=1)
        rows = np.arange(len(batch))
        same.append(label == two["probabilities"].argmax(axis=1))
        gaps.append(np.abs(one["probabilities"][rows, label] - two["probabilities"][rows, label]))
    if not same:
        raise BadInput("Comparing two networks needs at least one batch of photos.")
    cosine = np.concatenate(cosines) if cosines else np.ones(1)
    agreed = np.concatenate(same)
    return Agreement(
        len(agreed), float(cosine.mean()), float(cosine.min()), float(agreed.mean()), float(np.concatenate(gaps).mean())
    )


def _check_temperatures(network: keras.Model, temperatures: Mapping[str, float]) -> None:
    there = network.output if isinstance(network.output, dict) else {}
    for logits, temperature in temperatures.items():
        if temperature <= 0:
            raise BadInput("A temperature is positive.", received=temperature)
        if temperature != 1 and logits not in there:
            raise BadInput(f"A network without {logits} cannot be calibrated at export.", received=temperature)


def _session(path: Path) -> Any:  # noqa: ANN401 - onnxruntime has no types
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def _run(session: Any, batch: Pixels) -> dict[str, np.ndarray]:  # noqa: ANN401
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {session.get_inputs()[0].name: batch}), strict=True))


class _Batches:
    """What onnxruntime reads calibration photos from."""

    def __init__(self, batches: Iterable[Pixels]) -> None:
        self._batches = list(batches)
        if not self._batches:
            raise BadInput("Quantisation needs at least one batch of calibration photos.")
        self.set_range(0, len(self._batches))

    def __len__(self) -> int:
        return len(self._batches)

    def set_range(self, start_index: int, end_index: int) -> None:
        self._left: Iterator[Pixels] = iter(self._batches[start_index:end_index])

    def get_next(self) -> dict[str, Pixels] | None:
        batch = next(self._left, None)
        return None if batch is None else {"photos": batch}


def _name_outputs(model: Any, names: Iterable[str]) -> None:  # noqa: ANN401 - an onnx.ModelProto
    """Give the outputs the names that the dict had; tf2onnx may have put something before and a number behind."""
    for output in model.graph.output:
        plain = output.name.split(":")[0]
        wanted = max((name for name in names if plain.endswith(name)), key=len, default=None)
        if wanted is None:
            raise BadInput("The network has an output that ShopLens does not know.", received=output.name)
        for node in model.graph.node:
            node.output[:] = [wanted if name == output.name else name for name in node.output]
            node.input[:] = [wanted if name == output.name else name for name in node.input]
        output.name = wanted
