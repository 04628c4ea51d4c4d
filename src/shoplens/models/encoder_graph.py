"""An encoder's graph between the photos of ShopLens and a unit vector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from shoplens.errors import BundleError, MissingExtra
from shoplens.models.bundle_files import MAX_BYTES

if TYPE_CHECKING:
    from shoplens.models.foreign_encoder import ForeignEncoder

DOMAINS = frozenset({"", "ai.onnx", "ai.onnx.ml", "com.microsoft"})
"""Sets of operators that are part of ONNX Runtime itself; an operator of another one would need foreign code."""

_PREFIX = "encoder_"
_OLDEST = 7
_TOLERANCE = 1e-3


def wrap_encoder(path: Path, encoder: ForeignEncoder) -> bytes:
    """Return an ONNX file from "photos" uint8 `[n, s, s, 3]` to "embedding" float32 `[n, dim]` of unit length.

    Args:
        path: the encoder; weights that it keeps in other files must lie in the same folder.
        encoder: what it wants and gives.

    Raises:
        BundleError: it needs foreign code, reads files elsewhere, or does not fit its description.
        MissingExtra: the `onnx` library is not installed.
    """
    model = _load(path)
    graph = model.graph
    version = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
    if version < _OLDEST:
        raise BundleError("The network is written for a very old ONNX.", received=f"opset {version}")
    constants = {item.name for item in graph.initializer}
    inputs = [entry for entry in graph.input if entry.name not in constants]
    if len(inputs) != 1:
        raise BundleError(
            "An image encoder has one input.",
            received=[_plain(entry) for entry in inputs],
            remedy="Export the part that sees images alone.",
        )
    source = _one(inputs, encoder.input, "input")
    target = _one(list(graph.output), encoder.output, "output")
    before = _before(encoder, source)
    after = _after(encoder, target, version)
    _replace_ends(model, encoder.size, before, after)
    wrapped = bytes(model.SerializeToString())
    if len(wrapped) > MAX_BYTES:
        raise BundleError(f"The network has more than {MAX_BYTES} bytes.", received=len(wrapped))
    _try_out(wrapped, encoder)
    return wrapped


def _load(path: Path) -> Any:  # noqa: ANN401 - an onnx.ModelProto
    """Read the file with its weights, every function written out, and refuse what could do more than compute."""
    try:
        import onnx
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
        from onnx.compose import add_prefix
        from onnx.inliner import inline_local_functions
    except ImportError as error:
        raise MissingExtra("Adding an encoder", "train") from error
    try:
        model = onnx.load(path, load_external_data=False)
        _bring_in(model, path.parent)
        if model.functions:
            model = inline_local_functions(model)
        strange = {node.domain for node in _nodes(model.graph)} - DOMAINS
        if strange:
            raise BundleError("The network needs operators that are foreign code.", received=sorted(strange))
        onnx.checker.check_model(model)
        model = add_prefix(model, _PREFIX)
    except (DecodeError, ValueError, TypeError, OSError, onnx.checker.ValidationError) as error:
        raise BundleError("This is no sound ONNX file.", received=f"{path.name}: {error}") from error
    del model.metadata_props[:]
    model.doc_string = ""
    return model


def _bring_in(model: Any, folder: Path) -> None:  # noqa: ANN401 - an onnx.ModelProto
    """Take weights from the files beside the network into it; a path to elsewhere or a link refuses it."""
    from onnx.external_data_helper import load_external_data_for_model, uses_external_data

    size = 0
    for tensor in _tensors(model.graph):
        if not uses_external_data(tensor):
            continue
        place = next((entry.value for entry in tensor.external_data if entry.key == "location"), "")
        file = folder / place
        if not place or Path(place).name != place or "\\" in place or file.is_symlink() or not file.is_file():
            raise BundleError("The network's weights lie outside its folder or are missing.", received=place)
        size = max(size, file.stat().st_size)
    if size > MAX_BYTES:
        raise BundleError(f"The network's weights have more than {MAX_BYTES} bytes.", received=size)
    load_external_data_for_model(model, str(folder))


def _nodes(graph: Any) -> Iterator[Any]:  # noqa: ANN401 - an onnx.GraphProto
    for node in graph.node:
        yield from _with_inner(node)


def _with_inner(node: Any) -> Iterator[Any]:  # noqa: ANN401 - an onnx.NodeProto
    """Yield a node and those of the graphs that it holds, such as the branches of an If."""
    yield node
    for attribute in node.attribute:
        for inner in (attribute.g, *attribute.graphs):
            yield from _nodes(inner)


def _tensors(graph: Any) -> Iterator[Any]:  # noqa: ANN401 - an onnx.GraphProto
    yield from graph.initializer
    for node in _nodes(graph):
        for attribute in node.attribute:
            yield from (attribute.t, *attribute.tensors)
            for inner in (attribute.g, *attribute.graphs):
                yield from inner.initializer


def _one(entries: list[Any], name: str, kind: str) -> Any:  # noqa: ANN401 - an onnx.ValueInfoProto
    found = [entry for entry in entries if _plain(entry) == name] if name else entries
    if len(found) != 1:
        raise BundleError(
            f"The description of the encoder does not say which {kind} of the network it means.",
            received=name or "nothing",
            remedy=f"Set '{kind}' to one of: {', '.join(map(_plain, entries))}.",
        )
    return found[0]


def _plain(entry: Any) -> str:  # noqa: ANN401 - an onnx.ValueInfoProto
    return str(entry.name.removeprefix(_PREFIX))


def _before(encoder: ForeignEncoder, source: Any) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """Return the nodes from "photos" to the encoder's input, and their constants."""
    from onnx import TensorProto, helper, numpy_helper

    low, high = encoder.range
    std, mean = np.array(encoder.std), np.array(encoder.mean)
    kind = source.type.tensor_type.elem_type
    constants = [
        numpy_helper.from_array(((high - low) / 255 / std).astype(np.float32), "shoplens_factor"),
        numpy_helper.from_array(((low - mean) / std).astype(np.float32), "shoplens_summand"),
    ]
    nodes = [helper.make_node("Cast", ["photos"], ["shoplens_floats"], to=TensorProto.FLOAT)]
    now = "shoplens_floats"
    if encoder.channels == "BGR":
        constants.append(numpy_helper.from_array(np.array([2, 1, 0], np.int64), "shoplens_order"))
        nodes.append(helper.make_node("Gather", [now, "shoplens_order"], ["shoplens_turned"], axis=3))
        now = "shoplens_turned"
    nodes.append(helper.make_node("Mul", [now, "shoplens_factor"], ["shoplens_scaled"]))
    nodes.append(helper.make_node("Add", ["shoplens_scaled", "shoplens_summand"], ["shoplens_normal"]))
    now = "shoplens_normal"
    if encoder.layout == "NCHW":
        nodes.append(helper.make_node("Transpose", [now], ["shoplens_placed"], perm=[0, 3, 1, 2]))
        now = "shoplens_placed"
    nodes.append(helper.make_node("Cast", [now], [source.name], to=kind))
    for number, node in enumerate(nodes):
        node.name = f"rescale_{number}"  # what is named so stays float in 8 bits
    return nodes, constants


def _after(encoder: ForeignEncoder, target: Any, version: int) -> tuple[list[Any], list[Any]]:  # noqa: ANN401
    """Return the nodes from the encoder's output to "embedding", and their constants."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [helper.make_node("Cast", [target.name], ["shoplens_output"], to=TensorProto.FLOAT)]
    constants: list[Any] = []
    now = "shoplens_output"
    rank = len(target.type.tensor_type.shape.dim)
    if encoder.pooling == "first":
        constants.append(numpy_helper.from_array(np.array(0, np.int64), "shoplens_first"))
        nodes.append(helper.make_node("Gather", [now, "shoplens_first"], ["shoplens_token"], axis=1))
        now = "shoplens_token"
    elif encoder.pooling == "mean":
        axes = [1] if rank == 3 else [2, 3] if encoder.layout == "NCHW" else [1, 2]
        given = [now]
        attributes: dict[str, Any] = {"keepdims": 0}
        if version >= 18:
            constants.append(numpy_helper.from_array(np.array(axes, np.int64), "shoplens_axes"))
            given.append("shoplens_axes")
        else:
            attributes["axes"] = axes
        nodes.append(helper.make_node("ReduceMean", given, ["shoplens_mean"], **attributes))
        now = "shoplens_mean"
    elif rank == 4:  # such as [n, dim, 1, 1]
        nodes.append(helper.make_node("Flatten", [now], ["shoplens_flat"], axis=1))
        now = "shoplens_flat"
    nodes.append(helper.make_node("LpNormalization", [now], ["embedding"], axis=1, p=2))
    for number, node in enumerate(nodes):
        node.name = f"embedding_norm_{number}"
    return nodes, constants


def _replace_ends(
    model: Any,  # noqa: ANN401 - an onnx.ModelProto
    side: int,
    before: tuple[list[Any], list[Any]],
    after: tuple[list[Any], list[Any]],
) -> None:
    """Put the new nodes at both ends, and drop what leads to no embedding."""
    from onnx import TensorProto, helper

    graph = model.graph
    nodes = [*before[0], *graph.node, *after[0]]
    needed, kept = {"embedding"}, []
    for node in reversed(nodes):
        if needed & set(node.output):
            needed |= {name for inner in _with_inner(node) for name in inner.input}
            kept.append(node)
    constants = [item for item in (*before[1], *graph.initializer, *after[1]) if item.name in needed]
    for part, wanted in (
        (graph.node, kept[::-1]),
        (graph.initializer, constants),
        (graph.value_info, []),
        (graph.input, [helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", side, side, 3])]),
        (graph.output, [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", None])]),
    ):
        del part[:]
        part.extend(wanted)


def _try_out(network: bytes, encoder: ForeignEncoder) -> None:
    """Run one photo alone and among others: both must give the same vector, as of `[n, dim]`."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    side = encoder.size
    photos = np.random.default_rng(0).integers(0, 256, (3, side, side, 3)).astype(np.uint8)
    try:
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        together, alone = (session.run(["embedding"], {"photos": given})[0] for given in (photos, photos[:1]))
    except Exception as error:  # onnxruntime raises its own classes, straight below Exception
        raise BundleError(
            "The network does not run as it is described.",
            received=error,
            remedy="Check size and layout, and export it with a batch of any size.",
        ) from error
    if together.ndim != 2 or len(together) != 3 or not np.isfinite(together).all():
        raise BundleError(
            "The output is no vector for each photo.",
            received=together.shape,
            remedy="Choose another output, or a pooling: mean or first.",
        )
    if np.abs(together[0] - alone[0]).max() > _TOLERANCE:
        raise BundleError(
            "The vector of a photo depends on those beside it.",
            received=float(np.abs(together[0] - alone[0]).max()),
            remedy="Export the network for inference.",
        )
