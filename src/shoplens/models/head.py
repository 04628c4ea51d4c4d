"""A classifier on top of another bundle's network, fitted in seconds and written into its ONNX file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle
from shoplens.models.calibrate import log_loss, softmax
from shoplens.models.runtime import OnnxModel
from shoplens.records import Pixels

Floats = npt.NDArray[np.float32]

_STEPS = 60
_STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Weights float32 `[dim, classes]`, bias `[classes]` on what `describe` returns, and the regularisation chosen."""

    weights: Floats
    bias: Floats
    strength: float

    def logits(self, descriptions: Floats) -> Floats:
        """Return `[n, classes]`."""
        return descriptions @ self.weights + self.bias


def describe(
    bundle: Bundle, photos: Iterable[Pixels], outputs: Sequence[str] = ("embedding", "features")
) -> Iterator[Floats]:
    """Yield what a head sees of the photos, float32 `[m, dim]`, in order.

    It is the embedding beside the mean and the maximum of the last feature map, which know of shapes what an embedding
    trained for looks has put aside; a network without feature map gives the embedding alone.

    Args:
        bundle: whose network is run, on all cores.
        photos: batches uint8 `[n, s, s, 3]`, as its recipe makes them.
        outputs: what to take of those that the network has.
    """
    model = OnnxModel(bundle, threads=os.cpu_count() or 1)
    names = [name for name in outputs if name in model.outputs]
    for batch in photos:
        out = model.run(np.ascontiguousarray(batch), names)
        parts = [out[name] for name in names if name != "features"]
        if "features" in out:
            parts += [out["features"].mean(axis=(1, 2)), out["features"].max(axis=(1, 2))]
        yield np.concatenate(parts, axis=1)


def fit(
    train: tuple[Floats, npt.NDArray[np.int64]],
    validation: tuple[Floats, npt.NDArray[np.int64]],
    classes: int,
    *,
    balance: float,
) -> Head:
    """Fit a softmax on descriptions and labels; the strength with the smallest log loss on validation is taken.

    Strengths are tried from the most regularised on, each beginning where the last one ended, until two in a row were
    worse than the best: the weakest penalties take most of the time and are hardly ever best.

    Args:
        train: descriptions `[n, dim]` and labels `[n]` that cover all classes.
        validation: the same of other photos.
        classes: how many.
        balance: 0 weighs every photo the same, 1 every class.
    """
    from sklearn.linear_model import LogisticRegression

    inputs, labels = train
    mean, spread = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    weight = np.bincount(labels, minlength=classes)[labels].astype(np.float64) ** -balance
    weight *= len(weight) / weight.sum()
    scaled = (inputs - mean) / spread / np.sqrt(inputs.shape[1])
    model = LogisticRegression(max_iter=_STEPS, warm_start=True)
    tried: list[tuple[float, Head]] = []
    for strength in _STRENGTHS:
        model.C = strength
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a fit that stops early is judged by its loss like any other
            model.fit(scaled.astype(np.float32), labels, sample_weight=weight.astype(np.float32))
        head = _unscaled(model, mean, spread * np.sqrt(inputs.shape[1]), strength)
        tried.append((log_loss(softmax(head.logits(validation[0])), validation[1]), head))
        if len(tried) > 2 and min(loss for loss, _ in tried[-2:]) > min(loss for loss, _ in tried):
            break
    return min(tried, key=lambda pair: pair[0])[1]


def _unscaled(model: Any, mean: Floats, spread: Floats, strength: float) -> Head:  # noqa: ANN401 - scikit-learn
    """Fold the scaling of the inputs into the weights; two classes come as one column."""
    rows, bias = model.coef_, model.intercept_
    if len(rows) == 1:
        rows, bias = np.concatenate([-rows, rows]) / 2, np.concatenate([-bias, bias]) / 2
    weights = (rows / spread).T
    return Head(weights.astype(np.float32), (bias - mean @ weights).astype(np.float32), strength)


def attach(bundle: Bundle, head: Head, path: Path, *, temperature: float) -> None:
    """Write the bundle's network with `head` in place of its "probabilities"; its other heads stay.

    Args:
        bundle: whose network it was fitted on.
        head: what `fit` returned.
        path: the ONNX file to write.
        temperature: divides the logits.

    Raises:
        BundleError: the network has no embedding.
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_model_from_string(bundle.read_model())
    graph = model.graph
    names = {output.name for output in graph.output}
    if "embedding" not in names:
        raise BundleError("The bundle's network makes no embedding to put a head on.", received=bundle.id)
    _rename(graph, "probabilities", "former_probabilities")
    kept = [output for output in graph.output if output.name in ("embedding", "features", *bundle.heads)]
    del graph.output[:]
    graph.output.extend(kept)
    seen = "embedding"
    if "features" in names:
        pools = {"head_mean": "ReduceMean", "head_peak": "ReduceMax"}
        graph.node.extend(
            helper.make_node(operation, ["features"], [name], name=f"{name}_pool", axes=[1, 2], keepdims=0)
            for name, operation in pools.items()
        )
        graph.node.append(helper.make_node("Concat", ["embedding", *pools], ["head_input"], name="head_join", axis=1))
        seen = "head_input"
    for name, value in (("head_weights", head.weights), ("head_bias", head.bias)):
        graph.initializer.append(numpy_helper.from_array((value / temperature).astype(np.float32), name))
    graph.node.extend(
        [
            helper.make_node("Gemm", [seen, "head_weights", "head_bias"], ["head_logits"], name="category_head"),
            helper.make_node("Softmax", ["head_logits"], ["probabilities"], name="probabilities_head", axis=1),
        ]
    )
    shape = ["n", head.weights.shape[1]]
    graph.output.append(helper.make_tensor_value_info("probabilities", onnx.TensorProto.FLOAT, shape))
    _drop_unused(graph)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def _rename(graph: Any, old: str, new: str) -> None:  # noqa: ANN401 - an onnx.GraphProto
    for node in graph.node:
        node.output[:] = [new if name == old else name for name in node.output]
        node.input[:] = [new if name == old else name for name in node.input]


def _drop_unused(graph: Any) -> None:  # noqa: ANN401 - an onnx.GraphProto
    """Remove what leads to no output: the former head."""
    needed = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):
        if needed & set(node.output):
            needed |= set(node.input)
            kept.append(node)
    for part, wanted in ((graph.node, kept[::-1]), (graph.initializer, _needed(graph.initializer, needed))):
        del part[:]
        part.extend(wanted)


def _needed(initializers: Iterable[Any], names: set[str]) -> list[Any]:
    return [item for item in initializers if item.name in names]
