import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.errors import BadInput, BundleError, UnknownName
from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.foreign_encoder import ForeignEncoder
from shoplens.models.runtime import OnnxModel

onnx = pytest.importorskip("onnx", reason="needs the extra 'train'")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from tests.models.foreign_network import MEAN, SIDE, SPEC, STD, by_hand, write_foreign  # noqa: E402

PHOTOS = np.random.default_rng(1).integers(0, 256, (3, SIDE, SIDE, 3)).astype(np.uint8)
ENCODER = ForeignEncoder(size=SIDE, resize=72, output="image_embeds", mean=MEAN, std=STD)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    write_foreign(tmp_path / "theirs" / "encoder.onnx")
    return tmp_path / "theirs" / "encoder.onnx"


def vectors(encoder: ForeignEncoder, network: Path, photos: np.ndarray = PHOTOS) -> np.ndarray:
    bundle = encoder.to_bundle(network, network.parent / "bundle", "foreign")
    return OnnxModel(bundle).run(photos)["embedding"]


def test_the_preprocessing_is_part_of_the_network(network: Path) -> None:
    np.testing.assert_allclose(vectors(ENCODER, network), by_hand(PHOTOS), atol=1e-4)


def test_the_other_layout_gives_the_same(network: Path) -> None:
    write_foreign(network, layout="NHWC")
    np.testing.assert_allclose(vectors(replace(ENCODER, layout="NHWC"), network), by_hand(PHOTOS), atol=1e-4)


def test_channels_and_range(network: Path) -> None:
    turned = vectors(replace(ENCODER, channels="BGR", range=(-1.0, 1.0), mean=(0, 0, 0), std=(1, 1, 1)), network)
    np.testing.assert_allclose(turned, by_hand(PHOTOS[..., ::-1], (0.5,) * 3, (0.5,) * 3), atol=1e-4)
    bytes_ = vectors(replace(ENCODER, range=(0.0, 255.0), mean=(9, 9, 9), std=(2, 2, 2)), network)
    np.testing.assert_allclose(bytes_, by_hand(PHOTOS, (9 / 255,) * 3, (2 / 255,) * 3), atol=1e-4)


@pytest.mark.parametrize("opset", [13, 17, 18])
@pytest.mark.parametrize("pooling", ["mean", "first"])
def test_tokens_become_one_vector(network: Path, pooling: str, opset: int) -> None:
    write_foreign(network, opset=opset)
    encoder = replace(ENCODER, output="embedding", pooling=pooling, mean=(0, 0, 0), std=(1, 1, 1))
    tokens = PHOTOS.astype(np.float64).reshape(3, 8, 8, 8, 8, 3).mean(axis=(2, 4)).reshape(3, 64, 3)
    want = tokens.mean(axis=1) if pooling == "mean" else tokens[:, 0]
    np.testing.assert_allclose(vectors(encoder, network), want / np.linalg.norm(want, axis=1, keepdims=True), atol=1e-4)


def test_the_bundle_is_small_and_says_where_it_comes_from(network: Path) -> None:
    encoder = replace(ENCODER, licence="MIT", origin="their page")
    bundle = encoder.to_bundle(network, network.parent / "bundle", "foreign")
    assert bundle.categories == ()
    assert bundle.card["licence"] == "MIT"
    assert bundle.card["preprocessing"]["mean"] == list(MEAN)
    assert bundle.input_size == SIDE
    graph = onnx.load(bundle.path / "model.onnx").graph
    assert [output.name for output in graph.output] == ["embedding"]
    assert not any("token" in item.name for item in graph.initializer)


def test_our_own_network_as_a_foreign_one_gives_our_vectors(tmp_path: Path) -> None:
    """The base model takes 0 to 255, channels last, padded: described so, it comes to the same vectors."""
    base = load_bundle(BASE)
    model = onnx.load_model_from_string(base.read_model())
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.FLOAT
    (tmp_path / "ours.onnx").write_bytes(model.SerializeToString())
    encoder = ForeignEncoder(size=base.input_size, output="embedding", layout="NHWC", range=(0.0, 255.0), fit="pad")
    bundle = encoder.to_bundle(tmp_path / "ours.onnx", tmp_path / "bundle", "ours")
    photos = [np.random.default_rng(n).integers(0, 256, (60 + 40 * n, 130, 3)).astype(np.uint8) for n in range(3)]
    ours, theirs = OnnxEmbedder(load_bundle(BASE)).embed(photos), OnnxEmbedder(bundle).embed(photos)
    np.testing.assert_allclose(theirs, ours, atol=1e-4)


def test_a_fixed_batch_and_a_wrong_size_are_refused(network: Path) -> None:
    with pytest.raises(BundleError, match="does not run as it is described"):
        vectors(replace(ENCODER, size=32, resize=0), network)
    write_foreign(network, batch=1)
    with pytest.raises(BundleError, match="batch of any size"):
        vectors(ENCODER, network)


def test_an_output_that_is_no_vector_is_refused(network: Path) -> None:
    with pytest.raises(BundleError, match="a pooling"):
        vectors(replace(ENCODER, output="embedding"), network)


@pytest.mark.parametrize("field", ["input", "output"])
def test_names_that_the_network_lacks_list_those_it_has(network: Path, field: str) -> None:
    with pytest.raises(BundleError, match="pixel_values" if field == "input" else "image_embeds, embedding"):
        vectors(replace(ENCODER, **{field: "nothing"}), network)


def with_external_weights(network: Path, location: str) -> bytes:
    model = onnx.load(network)
    tensor = next(item for item in model.graph.initializer if item.name == "projection")
    data = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    network.write_bytes(model.SerializeToString())
    return bytes(data)


def test_weights_beside_the_network_are_brought_in(network: Path) -> None:
    (network.parent / "weights.bin").write_bytes(with_external_weights(network, "weights.bin"))
    np.testing.assert_allclose(vectors(ENCODER, network), by_hand(PHOTOS), atol=1e-4)


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/hostname", "sub/weights.bin", "", ".", "link.bin"])
def test_weights_elsewhere_are_refused(network: Path, location: str) -> None:
    data = with_external_weights(network, location)
    (network.parents[1] / "weights.bin").write_bytes(data)
    (network.parent / "sub").mkdir()
    (network.parent / "sub" / "weights.bin").write_bytes(data)
    (network.parent / "link.bin").symlink_to(network.parents[1] / "weights.bin")
    with pytest.raises(BundleError, match="outside its folder"):
        vectors(ENCODER, network)


def model_of(nodes: list["onnx.NodeProto"], functions: tuple["onnx.FunctionProto", ...] = ()) -> bytes:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3, 1, 1])],
        [numpy_helper.from_array(np.array(True), "yes")],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("theirs", 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8, functions=functions).SerializeToString())


def branch(domain: str) -> "onnx.GraphProto":
    node = helper.make_node("GlobalAveragePool" if not domain else "Run", ["x"], ["b"], domain=domain)
    return helper.make_graph([node], "b", [], [helper.make_tensor_value_info("b", TensorProto.FLOAT, None)])


def test_foreign_operators_are_refused_wherever_they_hide(tmp_path: Path) -> None:
    path = tmp_path / "n.onnx"
    encoder = ForeignEncoder(size=SIDE)
    harm = helper.make_node("Run", ["x"], ["y"], domain="theirs")
    inside = helper.make_node("If", ["yes"], ["y"], then_branch=branch("theirs"), else_branch=branch(""))
    call = helper.make_node("F", ["x"], ["y"], domain="theirs")
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("theirs", 1)]
    hidden = helper.make_function(
        "theirs", "F", ["a"], ["b"], [helper.make_node("Run", ["a"], ["b"], domain="theirs")], imports
    )
    for data in (model_of([harm]), model_of([inside]), model_of([call], (hidden,))):
        path.write_bytes(data)
        with pytest.raises(BundleError, match=r"foreign code|no sound ONNX"):
            encoder.to_bundle(path, tmp_path / "bundle", "harm")
    plain = helper.make_function(
        "theirs", "F", ["a"], ["b"], [helper.make_node("GlobalAveragePool", ["a"], ["b"])], imports
    )
    for data in (
        model_of([call], (plain,)),
        model_of([helper.make_node("If", ["yes"], ["y"], then_branch=branch(""), else_branch=branch(""))]),
    ):
        path.write_bytes(data)
        found = encoder.to_bundle(path, tmp_path / "bundle", "sound")
        red = np.zeros((1, SIDE, SIDE, 3), np.uint8)
        red[..., 0] = 200
        np.testing.assert_allclose(OnnxModel(found).run(red)["embedding"], [[1, 0, 0]], atol=1e-5)


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    for data in (b"", b"no network at all", b"\x80\x04pickle"):
        (tmp_path / "n.onnx").write_bytes(data)
        with pytest.raises(BundleError):
            ENCODER.to_bundle(tmp_path / "n.onnx", tmp_path / "bundle", "none")
    with pytest.raises(BundleError, match=r"none\.onnx"):
        ENCODER.to_bundle(tmp_path / "none.onnx", tmp_path / "bundle", "none")


def test_descriptions_are_read_from_toml_and_json(tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text(SPEC)
    (tmp_path / "e.json").write_text(json.dumps({"size": 96, "fit": "stretch", "range": [-1, 1]}))
    encoder = ForeignEncoder.read(tmp_path / "e.toml")
    assert encoder == replace(ENCODER, name="foreign", input="pixel_values", licence="MIT")
    assert ForeignEncoder.read(tmp_path / "e.json").range == (-1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("size = ", "TOML or JSON"),
        ("mean = [0, 0, 0]", "with 'size'"),
        ("size = 64\ncode = 'x'", "mean, name"),
        ("size = 64\nlayout = 'CHWN'", "NCHW, NHWC"),
        ("size = 64\nmean = [0, 0]", "3 numbers"),
        ("size = 64\nmean = 'abc'", "3 numbers"),
        ("size = 64\nstd = [1, 0, 1]", "no zero"),
        ("size = 64\nrange = [1, 1]", "differ"),
        ("size = 64\nresize = 32", "not below"),
        ("size = 4000", "8 to 2048"),
        ("size = true", "8 to 2048"),
        ("size = 64\nname = 5", "is a text"),
    ],
)
def test_wrong_descriptions_say_why(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "e.toml").write_text(text)
    with pytest.raises((BadInput, UnknownName), match=complaint):
        ForeignEncoder.read(tmp_path / "e.toml")


def test_recipes_give_squares_of_the_size() -> None:
    for fit in ("crop", "pad", "stretch"):
        recipe = replace(ENCODER, fit=fit).recipe
        for shape in ((300, 200, 3), (40, 90, 3), (64, 64, 3)):
            assert recipe.apply(np.zeros(shape, np.uint8)).shape == (SIDE, SIDE, 3)
