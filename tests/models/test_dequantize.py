from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BundleError
from tests.models.tiny_bundle import write_network

onnx = pytest.importorskip("onnx", reason="needs the extra 'train'")
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from shoplens.models.dequantize import dequantize, is_quantized  # noqa: E402
from shoplens.models.export import quantize  # noqa: E402

SIDE = 16
PHOTOS = np.random.default_rng(3).integers(0, 256, (12, SIDE, SIDE, 3)).astype(np.uint8)


def write_convolutions(path: Path) -> None:
    """Two convolutions with a ReLU between, whose negative half matters, and a ReLU-free output."""
    rng = np.random.default_rng(1)
    shapes = {"w1": (8, 3, 3, 3), "w2": (4, 8, 3, 3), "b1": (8,), "b2": (4,)}
    constants = [numpy_helper.from_array(rng.normal(0, 0.2, s).astype(np.float32), n) for n, s in shapes.items()]
    constants.append(numpy_helper.from_array(np.float32([1 / 64]), "scale"))
    nodes = [
        helper.make_node("Cast", ["photos"], ["floats"], to=TensorProto.FLOAT, name="rescale_cast"),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"], name="rescale"),
        helper.make_node("Transpose", ["scaled"], ["placed"], perm=[0, 3, 1, 2], name="placed"),
        helper.make_node("Conv", ["placed", "w1", "b1"], ["c1"], name="conv1"),
        helper.make_node("Relu", ["c1"], ["r1"], name="relu1"),
        helper.make_node("Conv", ["r1", "w2", "b2"], ["c2"], name="conv2"),
        helper.make_node("GlobalAveragePool", ["c2"], ["p"], name="pool"),
        helper.make_node("Flatten", ["p"], ["embedding"], name="flat"),
    ]
    inputs = [helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", SIDE, SIDE, 3])]
    outputs = [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 4])]
    graph = helper.make_graph(nodes, "g", inputs, outputs, constants)
    path.write_bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    )


def run(network: bytes) -> np.ndarray:
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(["embedding"], {"photos": PHOTOS})[0])


def test_floats_come_back_with_their_relu(tmp_path: Path) -> None:
    write_convolutions(tmp_path / "float.onnx")
    quantize(tmp_path / "float.onnx", tmp_path / "int8.onnx", [PHOTOS])
    small = (tmp_path / "int8.onnx").read_bytes()
    assert is_quantized(small)
    again = dequantize(small)
    assert not is_quantized(again)
    want = run((tmp_path / "float.onnx").read_bytes())
    spread = want.std()
    # a weight is off by 1/254 of its channel's largest at most; a lost ReLU is off by more than the spread
    np.testing.assert_allclose(run(again), want, atol=0.1 * spread)


def test_eight_bits_of_what_came_back_are_the_same_weights(tmp_path: Path) -> None:
    write_convolutions(tmp_path / "float.onnx")
    quantize(tmp_path / "float.onnx", tmp_path / "int8.onnx", [PHOTOS])
    first = (tmp_path / "int8.onnx").read_bytes()
    (tmp_path / "again.onnx").write_bytes(dequantize(first))
    quantize(tmp_path / "again.onnx", tmp_path / "int8b.onnx", [PHOTOS])

    def weights(network: bytes) -> list[np.ndarray]:
        found = onnx.load_model_from_string(network).graph.initializer
        return [
            numpy_helper.to_array(item) for item in found if item.data_type == TensorProto.INT8 and len(item.dims) == 4
        ]

    for one, two in zip(weights(first), weights((tmp_path / "int8b.onnx").read_bytes()), strict=True):
        np.testing.assert_array_equal(one, two)


def test_a_float_network_stays_as_it_is(tmp_path: Path) -> None:
    write_network(tmp_path / "tiny.onnx")
    network = (tmp_path / "tiny.onnx").read_bytes()
    assert not is_quantized(network)
    session = onnxruntime.InferenceSession(dequantize(network))
    photos = np.full((1, 8, 8, 3), (30, 40, 0), np.uint8)
    np.testing.assert_allclose(session.run(["embedding"], {"photos": photos})[0], [[0.6, 0.8, 0]], atol=1e-6)


def test_operators_on_integers_are_refused() -> None:
    node = helper.make_node("MatMulInteger", ["a", "b"], ["c"])
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node],
        "g",
        [info("a", TensorProto.UINT8, [2, 2]), info("b", TensorProto.UINT8, [2, 2])],
        [info("c", TensorProto.INT32, [2, 2])],
    )
    with pytest.raises(BundleError, match="MatMulInteger"):
        dequantize(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())
