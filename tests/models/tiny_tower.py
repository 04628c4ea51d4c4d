"""A network of photos and words whose answers are known: a photo is its mean colour, a colour word is that colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from shoplens.models.bundle import Bundle, Calibration, save_bundle
from shoplens.models.text_tower import TextSpec
from shoplens.photos.recipe import Recipe

SIDE = 16
WORDS = {"[pad]": (0, 0, 0), "[unk]": (0, 0, 0), "red": (1, 0, 0), "green": (0, 1, 0), "blue": (0, 0, 1)}
SPEC = TextSpec(length=8, pad=0, input="input_ids", mask="attention_mask", output="text_embeds")


def write_photo_network(path: Path) -> None:
    """Uint8 photos to unit vectors of their mean colours above grey."""
    nodes = [
        helper.make_node("Cast", ["photos"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats", "sides"], ["mean"], keepdims=0),
        helper.make_node("ReduceMin", ["mean", "last"], ["least"], keepdims=1),
        helper.make_node("Sub", ["mean", "least"], ["hue"]),
        helper.make_node("Add", ["hue", "little"], ["some"]),
        helper.make_node("LpNormalization", ["some"], ["embedding"], axis=1, p=2),
    ]
    constants = {
        "sides": np.array([1, 2], np.int64),
        "last": np.array([1], np.int64),
        "little": np.array([1e-3], np.float32),
    }
    photos = helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    _write(path, nodes, [photos], helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 3]), constants)


def write_text_network(path: Path, dim: int = 3) -> None:
    """The sum of the words' colours, where the mask has a word."""
    table = np.zeros((len(WORDS), dim), np.float32)
    table[:, :3] = list(WORDS.values())
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["each"]),
        helper.make_node("Cast", ["attention_mask"], ["said"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["said", "last"], ["mask"]),
        helper.make_node("Mul", ["each", "mask"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "words"], ["text_embeds"], keepdims=0),
    ]
    constants = {"table": table, "last": np.array([2], np.int64), "words": np.array([1], np.int64)}
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", SPEC.length])
        for name in ("input_ids", "attention_mask")
    ]
    _write(path, nodes, inputs, helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["n", dim]), constants)


def write_tokenizer(path: Path) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    numbers = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(numbers, unk_token="[unk]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(path))


def make_bundle(folder: Path, name: str = "tiny") -> Bundle:
    """Write the bundle of the photo network, without words."""
    write_photo_network(folder.parent / "photos.onnx")
    return save_bundle(
        folder,
        name=name,
        model=folder.parent / "photos.onnx",
        recipe=Recipe.parse(f"resize:{SIDE}x{SIDE}"),
        categories=[],
        calibration=Calibration(),
        card={"version": "1"},
    )


def _write(path: Path, nodes: list, inputs: list, output: object, constants: dict[str, np.ndarray]) -> None:
    tensors = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString())
