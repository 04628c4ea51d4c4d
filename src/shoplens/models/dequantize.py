"""An 8-bit ONNX file as floats again: its weights are what they stand for, its activations are no longer rounded."""

from __future__ import annotations

from typing import Any

from shoplens.errors import BundleError, MissingExtra


def is_quantized(network: bytes) -> bool:
    """Return whether an ONNX file computes in 8 bits.

    Raises:
        MissingExtra: the `onnx` library is not installed.
    """
    return any(node.op_type == "QuantizeLinear" for node in _load(network).graph.node)


def dequantize(network: bytes) -> bytes:
    """Return the network with float weights and without the pairs that round its activations.

    Args:
        network: an ONNX file of quantise-dequantise pairs, as `quantize` writes it.

    Raises:
        MissingExtra: the `onnx` library is not installed.
        BundleError: the file quantises in another way, such as with operators that compute on integers.
    """
    from onnx import helper, numpy_helper

    model = _load(network)
    graph = model.graph
    constants = {item.name: item for item in graph.initializer}
    rounded = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "QuantizeLinear"}
    floats, aliases, kept = [], {}, []
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in constants:
            value = _value(node, constants)
            floats.append(numpy_helper.from_array(value, node.output[0]))
        elif node.op_type == "DequantizeLinear" and node.input[0] in rounded:
            if _is_relu(node, constants):
                kept.append(helper.make_node("Relu", [rounded[node.input[0]]], [node.output[0]], name=node.name))
            else:
                aliases[node.output[0]] = rounded[node.input[0]]
        elif node.op_type == "DequantizeLinear" or "Integer" in node.op_type or node.op_type.startswith("QLinear"):
            raise BundleError("The network computes on integers and cannot be made float.", received=node.op_type)
        elif node.op_type != "QuantizeLinear":
            kept.append(node)
    _reconnect(graph, kept, aliases)
    used = {name for node in graph.node for name in node.input}
    weights = [item for item in (*graph.initializer, *floats) if item.name in used]
    del graph.initializer[:]
    graph.initializer.extend(weights)
    del graph.value_info[:]
    return bytes(model.SerializeToString())


def _reconnect(graph: Any, nodes: list[Any], aliases: dict[str, str]) -> None:  # noqa: ANN401 - an onnx.GraphProto
    """Let every node read what was rounded before; an output that a pair made keeps its name."""

    def origin(name: str) -> str:
        while name in aliases:
            name = aliases[name]
        return name

    outputs = {output.name: origin(output.name) for output in graph.output if output.name in aliases}
    names = {before: after for after, before in outputs.items()}
    for node in nodes:
        node.input[:] = [names.get(origin(name), origin(name)) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    del graph.node[:]
    graph.node.extend(nodes)


def _is_relu(node: Any, constants: dict[str, Any]) -> bool:  # noqa: ANN401 - an onnx.NodeProto
    """Return whether the pair cuts at zero: the quantiser drops a ReLU whose work the rounding does."""
    from onnx import TensorProto, numpy_helper

    zero = constants.get(node.input[2]) if len(node.input) > 2 else None
    return zero is None or (zero.data_type == TensorProto.UINT8 and not numpy_helper.to_array(zero).any())


def _value(node: Any, constants: dict[str, Any]) -> Any:  # noqa: ANN401 - an onnx.NodeProto
    """Return the floats of a quantised constant: `(value - zero) * scale`, along an axis for many scales."""
    import numpy as np
    from onnx import helper, numpy_helper

    stored, scale, *zero = (numpy_helper.to_array(constants[name]) for name in node.input if name)
    axis = next((helper.get_attribute_value(item) for item in node.attribute if item.name == "axis"), 1)
    shape = [1] * stored.ndim
    if scale.size > 1:
        shape[axis] = scale.size
    center = zero[0].astype(np.float64).reshape(shape if zero[0].size > 1 else [1] * stored.ndim) if zero else 0.0
    return ((stored.astype(np.float64) - center) * scale.astype(np.float64).reshape(shape)).astype(np.float32)


def _load(network: bytes) -> Any:  # noqa: ANN401 - an onnx.ModelProto
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("Exporting a network", "train") from error
    return onnx.load_model_from_string(network)
