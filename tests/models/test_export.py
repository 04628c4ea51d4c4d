from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.models.architectures.residual import Residual
from shoplens.models.architectures.simple_cnn import SimpleCnn

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
pytest.importorskip("tf2onnx", reason="needs the extra 'train'")
from shoplens.models.architectures.embedding_net import embedding_net  # noqa: E402
from shoplens.models.export import compare, export_onnx, quantize  # noqa: E402
from shoplens.models.runtime import OnnxModel  # noqa: E402
from shoplens.photos.recipe import Recipe  # noqa: E402
from tests.models.tiny_bundle import CATEGORIES, tiny_bundle  # noqa: E402

SIDE = 32
PHOTOS = np.random.default_rng(4).integers(0, 256, (24, SIDE, SIDE, 3)).astype(np.uint8)


@pytest.fixture(scope="module")
def net() -> "keras.Model":
    keras.utils.set_random_seed(5)
    net = embedding_net(Residual("small"), SIDE, 3, dim=16)
    for layer in net.layers:  # norms that do something, so that folding them is tested
        if isinstance(layer, keras.layers.BatchNormalization):
            rng = np.random.default_rng(len(layer.name))
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.get_weights()])
    return net


@pytest.fixture(scope="module")
def exported(net: "keras.Model", tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "float.onnx"
    export_onnx(net, path, input_size=SIDE, temperature=2.0)
    return path


def run(path: Path, folder: Path, batch: np.ndarray) -> dict[str, np.ndarray]:
    bundle = tiny_bundle(folder, model=path, recipe=Recipe.encoder(SIDE), categories=CATEGORIES)
    model = OnnxModel(bundle)
    return model.run(batch, model.outputs)


def test_export_agrees_with_its_source_for_any_batch(net: "keras.Model", exported: Path, tmp_path: Path) -> None:
    for count in (1, 5):
        want = net(PHOTOS[:count], training=False)
        found = run(exported, tmp_path / str(count), PHOTOS[:count])
        np.testing.assert_allclose(found["embedding"], want["embedding"], atol=1e-5)
        np.testing.assert_allclose(found["features"], want["features"], rtol=1e-3, atol=1e-3)
        softened = keras.ops.softmax(want["logits"] / 2.0)
        np.testing.assert_allclose(found["probabilities"], softened, atol=1e-5)


def test_export_folds_the_norms(exported: Path) -> None:
    import onnx

    kinds = {node.op_type for node in onnx.load(exported).graph.node}
    assert "BatchNormalization" not in kinds


def test_a_plain_classifier_exports_its_probabilities(tmp_path: Path) -> None:
    model = SimpleCnn((4, 8), 8).build(SIDE, 3)
    export_onnx(model, tmp_path / "plain.onnx", input_size=SIDE)
    found = run(tmp_path / "plain.onnx", tmp_path, PHOTOS[:4])
    np.testing.assert_allclose(found["probabilities"], model(PHOTOS[:4], training=False), atol=1e-5)
    with pytest.raises(BadInput, match="without logits"):
        export_onnx(model, tmp_path / "plain.onnx", input_size=SIDE, temperature=2.0)


def test_eight_bits_agree_and_take_a_third(exported: Path, tmp_path: Path) -> None:
    small = tmp_path / "int8.onnx"
    quantize(exported, small, [PHOTOS[:12], PHOTOS[12:]])
    agreement = compare(exported, small, [PHOTOS[:12], PHOTOS[12:]])
    assert agreement.photos == 24
    assert agreement.cosine_mean > 0.99
    assert agreement.cosine_min <= agreement.cosine_mean
    assert agreement.probability_gap < 0.05
    assert small.stat().st_size < exported.stat().st_size / 3


def test_a_network_agrees_with_itself(exported: Path) -> None:
    agreement = compare(exported, exported, [PHOTOS])
    assert agreement.same_label == 1
    assert agreement.probability_gap == 0
    assert agreement.cosine_min == pytest.approx(1, abs=1e-6)


def test_nothing_to_measure_on_is_refused(exported: Path, net: "keras.Model", tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="calibration"):
        quantize(exported, tmp_path / "int8.onnx", [])
    with pytest.raises(BadInput, match="at least one batch"):
        compare(exported, exported, [])
    with pytest.raises(BadInput, match="positive"):
        export_onnx(net, tmp_path / "x.onnx", input_size=SIDE, temperature=0)


def test_heads_become_outputs_of_their_name_with_their_temperature(net: "keras.Model", tmp_path: Path) -> None:
    color = keras.layers.Dense(4, name="head_color")(net.output["embedding"])
    pattern = keras.layers.Dense(5, name="head_pattern")(net.output["embedding"])
    both = keras.Model(net.input, {**net.output, "color_logits": color, "pattern_logits": pattern})
    export_onnx(both, tmp_path / "heads.onnx", input_size=SIDE, head_temperatures={"color": 0.5})
    found = run(tmp_path / "heads.onnx", tmp_path, PHOTOS[:3])
    want = both(PHOTOS[:3], training=False)
    np.testing.assert_allclose(found["color"], keras.ops.softmax(want["color_logits"] / 0.5), atol=1e-5)
    np.testing.assert_allclose(found["pattern"], keras.ops.softmax(want["pattern_logits"]), atol=1e-5)
    np.testing.assert_allclose(found["probabilities"], keras.ops.softmax(want["logits"]), atol=1e-5)
    with pytest.raises(BadInput, match="without shape_logits"):
        export_onnx(both, tmp_path / "heads.onnx", input_size=SIDE, head_temperatures={"shape": 2.0})


def test_what_is_sensitive_stays_float(net: "keras.Model", tmp_path: Path) -> None:
    import onnx

    color = keras.layers.Dense(4, name="head_color")(net.output["embedding"])
    both = keras.Model(net.input, {**net.output, "color_logits": color})
    export_onnx(both, tmp_path / "heads.onnx", input_size=SIDE)
    quantize(tmp_path / "heads.onnx", tmp_path / "int8.onnx", [PHOTOS])
    graph = onnx.load(tmp_path / "int8.onnx").graph
    floats = {
        item.name for item in graph.initializer if item.data_type == onnx.TensorProto.FLOAT and len(item.dims) == 2
    }
    assert any("head_color" in name for name in floats)
    assert any("category" in name for name in floats)
    assert any("embedding_shape" in name for name in floats)
    assert any(item.data_type == onnx.TensorProto.INT8 and len(item.dims) == 4 for item in graph.initializer)
