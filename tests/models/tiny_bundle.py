"""A bundle small enough to compute by hand: the embedding is the photo's mean colour as a unit vector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shoplens.models.bundle import Bundle, Calibration, Category, save_bundle
from shoplens.photos.recipe import Recipe

SIZE = 8
CATEGORIES = (Category("red", "Red", "红"), Category("green", "Green", "绿"), Category("blue", "Blue"))
SHARPNESS = 20.0


TONES = (Category("warm", "Warm", "暖"), Category("cold", "Cold", "冷"))


def write_network(path: Path, size: int = SIZE, classes: int = 3, *, head: bool = False) -> None:
    """photos -> mean of each channel -> unit length = "embedding"; softmax of 20 times that = "probabilities".

    With `head`, softmax of (red, blue) = "tone".
    """
    constants = {"sharpness": np.eye(3, classes, dtype=np.float32) * SHARPNESS}
    nodes = [
        helper.make_node("Cast", ["photos"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("LpNormalization", ["mean"], ["embedding"], axis=1, p=2),
        helper.make_node("MatMul", ["embedding", "sharpness"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    outputs = {"embedding": 3, "probabilities": classes}
    if head:
        constants["tones"] = np.array([[1, 0], [0, 0], [0, 1]], np.float32)
        nodes.append(helper.make_node("MatMul", ["embedding", "tones"], ["warmth"]))
        nodes.append(helper.make_node("Softmax", ["warmth"], ["tone"], axis=1))
        outputs["tone"] = 2
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", size, size, 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", width]) for name, width in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def tiny_bundle(folder: Path, name: str = "tiny", **changes: object) -> Bundle:
    network = folder / "network.onnx"
    folder.mkdir(parents=True, exist_ok=True)
    write_network(network, head="heads" in changes)
    arguments: dict[str, object] = {
        "model": network,
        "recipe": Recipe.encoder(SIZE),
        "categories": CATEGORIES,
        "calibration": Calibration(1.5, 0.4),
        "card": {"version": "1", "seed": 3},
    }
    return save_bundle(folder / name, name=name, **(arguments | changes))  # type: ignore[arg-type]


def plain(red: int, green: int, blue: int, height: int = 20, width: int = 30) -> np.ndarray:
    photo = np.empty((height, width, 3), np.uint8)
    photo[:] = red, green, blue
    return photo
