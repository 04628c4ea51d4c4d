"""An encoder as others export them: channels first, normalised floats in, tokens and a pooled vector out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 64
MEAN, STD = (0.48, 0.46, 0.41), (0.27, 0.26, 0.28)
SPEC = f"""\
name = "foreign"
size = {SIDE}
resize = 72
input = "pixel_values"
output = "image_embeds"
mean = {list(MEAN)}
std = {list(STD)}
licence = "MIT"
"""


def write_foreign(path: Path, *, batch: str | int = "batch", opset: int = 17, layout: str = "NCHW") -> None:
    """8 x 8 means of each channel, projected at random to 32 numbers; beside it the 64 places as tokens."""
    rng = np.random.default_rng(6)
    constants = {
        "projection": rng.normal(0, 1, (192, 32)).astype(np.float32),
        "flat_shape": np.array([-1 if isinstance(batch, str) else batch, 192], np.int64),
        "token_shape": np.array([-1 if isinstance(batch, str) else batch, 3, 64], np.int64),
    }
    shape = [batch, 3, SIDE, SIDE] if layout == "NCHW" else [batch, SIDE, SIDE, 3]
    nodes = [
        helper.make_node("AveragePool", ["placed"], ["photos"], kernel_shape=[8, 8], strides=[8, 8], name="pool"),
        helper.make_node("Reshape", ["photos", "flat_shape"], ["flat"], name="flatten"),
        helper.make_node("MatMul", ["flat", "projection"], ["image_embeds"], name="project"),
        helper.make_node("Reshape", ["photos", "token_shape"], ["turned"], name="tokens"),
        helper.make_node("Transpose", ["turned"], ["embedding"], perm=[0, 2, 1], name="last_hidden_state"),
    ]
    if layout == "NHWC":
        nodes.insert(0, helper.make_node("Transpose", ["pixel_values"], ["placed"], perm=[0, 3, 1, 2], name="place"))
    else:
        nodes.insert(0, helper.make_node("Identity", ["pixel_values"], ["placed"], name="place"))
    graph = helper.make_graph(
        nodes,
        "foreign",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, shape)],
        [
            helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, [batch, 32]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [batch, 64, 3]),
        ],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())


def by_hand(photos: np.ndarray, mean: tuple[float, ...] = MEAN, std: tuple[float, ...] = STD) -> np.ndarray:
    """The pooled vector of photos uint8 `[n, 64, 64, 3]` as numpy computes it, of unit length."""
    normal = (photos.astype(np.float64) / 255 - np.array(mean)) / np.array(std)
    means = normal.reshape(len(photos), 8, 8, 8, 8, 3).mean(axis=(2, 4)).transpose(0, 3, 1, 2).reshape(len(photos), 192)
    vectors = means @ np.random.default_rng(6).normal(0, 1, (192, 32)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
