"""Networks of bundles that a training wrote, built again from their weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from shoplens import plugins
from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle, Calibration, save_bundle
from shoplens.models.photo_sample import PhotoSample
from shoplens.models.runtime import OnnxModel
from shoplens.models.settings import Settings
from shoplens.models.train import train
from shoplens.photos.recipe import Recipe
from tests.models.photo_shop import fill
from tests.models.tiny_bundle import CATEGORIES, write_network

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
from keras import layers  # noqa: E402

from shoplens.models import network as networks  # noqa: E402
from shoplens.models.export_bundle import export_bundle  # noqa: E402
from shoplens.models.exported_network import open_network, run_all  # noqa: E402
from shoplens.models.rebuild import rebuild  # noqa: E402
from shoplens.models.weight_names import named_weights  # noqa: E402

SIDE = 32


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("photos") / "in", 16)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shop")


def trained(photos: Path, home: Path, name: str, members: int = 1, augmentation: str = "none") -> Bundle:
    settings = Settings.for_preset(
        "good", "simple_cnn", size=SIDE, epochs=1, batch=16, learning_rate=3e-3, members=members,
        augmentation=augmentation,
        architecture_settings={"filters": (16, 16), "units": 32},
    )  # fmt: skip
    return train(photos, settings, name=name, home=home).bundle


@pytest.fixture(scope="module")
def good(photos: Path, home: Path) -> Bundle:
    return trained(photos, home, "good")


def test_a_training_that_mirrors_ships_a_network_that_looks_both_ways(
    photos: Path, home: Path, good: Bundle, tmp_path: Path
) -> None:
    both_ways = trained(photos, home, "both-ways", augmentation="light")
    sample = PhotoSample.of_folder(photos, both_ways, limit=20)
    turned = np.ascontiguousarray(sample.pixels[:, :, ::-1])
    gaps = []
    for bundle in (both_ways, good):
        said, of_turned = (
            OnnxModel(bundle).run(pixels, ["probabilities"])["probabilities"] for pixels in (sample.pixels, turned)
        )
        gaps.append(np.abs(said - of_turned).max())
    assert gaps[0] < 0.003 < gaps[1]  # the two ways are not rounded to 8 bits alike
    assert "mirror" not in good.card["settings"]
    for to in ("keras", "litert"):
        done = export_bundle(both_ways, to, tmp_path / to, sample)
        said = run_all(open_network(done.path), sample.pixels)["probabilities"]
        np.testing.assert_allclose(said, run_all(open_network(done.path), turned)["probabilities"], atol=1e-5)


@pytest.mark.parametrize("to", ["keras", "litert"])
def test_what_a_training_wrote_is_exported(good: Bundle, photos: Path, tmp_path: Path, to: str) -> None:
    sample = PhotoSample.of_folder(photos, good, limit=20)
    done = export_bundle(good, to, tmp_path / "x", sample)
    assert done.loss.cosine_min > 0.999
    want, found = OnnxModel(good).run(sample.pixels, ["probabilities"]), run_all(open_network(done.path), sample.pixels)
    np.testing.assert_allclose(found["probabilities"], want["probabilities"], atol=0.02)


def test_a_head_on_anothers_network_is_refused_though_it_has_as_many_classes(
    good: Bundle, photos: Path, home: Path
) -> None:
    fast = train(photos, Settings.for_preset("fast", transfer=str(good.path)), name="fast", home=home).bundle
    assert len(fast.categories) == len(good.categories)
    with pytest.raises(BundleError, match=r"network of another bundle.*category/kernel.*onnx-float16"):
        rebuild(fast)


def test_an_ensemble_is_refused_with_the_way_out(photos: Path, home: Path) -> None:
    with pytest.raises(BundleError, match=r"ensemble.*2 members.*onnx-float16.*--distill"):
        rebuild(trained(photos, home, "two", members=2))


class Scale(layers.Layer):  # type: ignore[misc]
    """Scales by a weight without a name of its own, as the layers of ConvNeXt do: Keras numbers it anew each time."""

    def build(self, shape: tuple[int, ...]) -> None:
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones")

    def call(self, inputs: object) -> object:
        return inputs * self.scale


@dataclass(frozen=True)
class Scaled:
    """A stranger's architecture."""

    name: str = "scaled"
    feature_layer: str = "scale"

    def build(self, size: int, classes: int) -> keras.Model:
        inputs = layers.Input((size, size, 3))
        features = Scale(name="scale")(layers.Conv2D(4, 3, strides=2, name="conv")(inputs))
        dense = layers.Dense(6, name="dense")(layers.GlobalAveragePooling2D(name="pooled")(features))
        return keras.Model(inputs, layers.Dense(classes, name="probabilities")(dense), name="scaled")


def test_weights_without_a_name_of_their_own_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "load", lambda kind, name: Scaled)
    network = networks.build("scaled", {}, SIDE, 3)
    scale = np.float32([0.5, 2, -1, 3])
    named_weights(network)["scale/variable"].assign(scale)
    write_network(tmp_path / "network.onnx", SIDE)
    bundle = save_bundle(
        tmp_path / "scaled",
        name="scaled",
        model=tmp_path / "network.onnx",
        recipe=Recipe.encoder(SIDE),
        categories=CATEGORIES,
        calibration=Calibration(),
        card={"architecture": {"name": "scaled"}},
        weights={name: np.asarray(variable) for name, variable in named_weights(network).items()},
    )
    again = rebuild(bundle)
    assert [variable.path for variable in again.weights] != [variable.path for variable in network.weights]
    np.testing.assert_allclose(np.asarray(named_weights(again)["scale/variable"]), scale, rtol=1e-2)
