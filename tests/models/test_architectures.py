import dataclasses

import numpy as np
import pytest

from shoplens import plugins
from shoplens.errors import BadInput, UnknownName
from shoplens.models.architectures.residual import PLANS, Residual
from shoplens.models.architectures.simple_cnn import SimpleCnn

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
from shoplens.models.architectures.embedding_net import embedding_net  # noqa: E402


def test_simple_cnn_is_the_article_s_network() -> None:
    model = SimpleCnn().build(64, 10)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == [
        "InputLayer", "Rescaling", "Conv2D", "MaxPooling2D", "Conv2D", "MaxPooling2D",
        "Flatten", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    flat = 14 * 14 * 64  # 64 - 2 = 62, halved 31, - 2 = 29, halved 14
    assert model.count_params() == (27 * 32 + 32) + (288 * 64 + 64) + (flat * 128 + 128) + (128 * 10 + 10)


def test_settings_change_the_simple_cnn() -> None:
    model = SimpleCnn((8, 16), 20, "gelu", "average", 0.5).build(32, 3)
    assert type(model.get_layer("pool1")).__name__ == "AveragePooling2D"
    assert model.get_layer("conv1").filters == 8
    assert model.get_layer("dense").activation.__name__ == "gelu"
    assert model.get_layer("dropout").rate == 0.5


@pytest.mark.parametrize(
    "architecture", [SimpleCnn((4, 8), 8), Residual("small"), Residual("small", early_stride=False)]
)
def test_outputs_are_probabilities_and_the_feature_layer_is_a_map(architecture: SimpleCnn | Residual) -> None:
    model = architecture.build(32, 5)
    photos = np.random.default_rng(1).integers(0, 256, (2, 32, 32, 3)).astype(np.uint8)
    found = np.asarray(model(photos, training=False))
    assert found.shape == (2, 5)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    assert len(model.get_layer(architecture.feature_layer).output.shape) == 4


def test_early_stride_quarters_the_map() -> None:
    sides = [
        Residual("small", early_stride=early).build(64, 2).get_layer("features").output.shape[1]
        for early in (True, False)
    ]
    assert sides == [2, 8]


@pytest.mark.parametrize(("size", "low", "high"), [("small", 1.0, 1.5), ("medium", 3.0, 4.0), ("large", 7.0, 9.0)])
def test_sizes_are_what_they_say(size: str, low: float, high: float) -> None:
    assert all(channels % 16 == 0 for channels in (PLANS[size].stem, *PLANS[size].channels))
    millions = Residual(size).build(64, 10).count_params() / 1e6  # type: ignore[arg-type]
    assert low < millions < high


def test_stochastic_depth_grows_with_depth_and_is_off_outside_training() -> None:
    model = Residual("small", dropout=0.0, stochastic_depth=0.4).build(32, 3)
    rates = [layer.rate for layer in model.layers if layer.name.endswith("_depth")]
    np.testing.assert_allclose(rates, [0.08, 0.16, 0.24, 0.32, 0.4])
    photos = np.full((1, 32, 32, 3), 77, np.uint8)
    np.testing.assert_array_equal(model(photos, training=False), model(photos, training=False))


def test_settings_are_refused() -> None:
    with pytest.raises(UnknownName, match="large, medium, small"):
        Residual("huge")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="dropout"):
        Residual(dropout=1.0)
    with pytest.raises(BadInput, match="pooling"):
        SimpleCnn(pooling="median")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["simple_cnn", "residual"])
def test_registered_and_rebuilt_from_plain_settings(name: str) -> None:
    kind = plugins.load("architecture", name)
    settings = kind(dropout=0.3)
    assert settings.name == name
    assert kind(**dataclasses.asdict(settings)) == settings


def test_embedding_net_takes_any_size_and_returns_unit_vectors() -> None:
    net = embedding_net(Residual("small"), None, 7, dim=16)
    for side in (32, 48):
        photos = np.random.default_rng(side).integers(0, 256, (3, side, side, 3)).astype(np.uint8)
        found = net(photos, training=False)
        np.testing.assert_allclose(np.linalg.norm(found["embedding"], axis=1), 1, atol=1e-5)
        assert found["embedding"].shape == (3, 16)
        assert found["logits"].shape == (3, 7)
        assert len(found["features"].shape) == 4
