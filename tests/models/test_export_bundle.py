"""A bundle in every format, beside what it was made from."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError, UnknownName
from shoplens.models.bundle import Bundle, Calibration, Category, load_bundle, save_bundle
from shoplens.models.photo_sample import UNKNOWN, PhotoSample
from shoplens.models.runtime import OnnxModel
from shoplens.photos.recipe import Recipe
from tests.models.tiny_bundle import tiny_bundle

keras = pytest.importorskip("keras", reason="needs the extra 'train'")
onnx = pytest.importorskip("onnx", reason="needs the extra 'train'")
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from shoplens.models import network as networks  # noqa: E402
from shoplens.models.export import export_onnx  # noqa: E402
from shoplens.models.export_bundle import SUFFIXES, as_bundle, export_bundle  # noqa: E402
from shoplens.models.exported_network import milliseconds, open_network, run_all  # noqa: E402
from shoplens.models.weight_names import named_weights  # noqa: E402

SIDE = 32
LABELS = (Category("a", "A"), Category("b", "B"), Category("c", "C"))
HEADS = {"color": LABELS, "pattern": LABELS[:2]}
COLD = Calibration(0.5, 0.3)


def smooth(rng: np.random.Generator) -> np.ndarray:
    return cv2.resize(rng.integers(0, 256, (4, 4, 3), np.uint8), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)


@pytest.fixture(scope="module")
def photos() -> PhotoSample:
    rng = np.random.default_rng(8)
    pixels = np.stack([smooth(rng) for _ in range(48)])
    none = np.full(48, UNKNOWN, np.int64)
    return PhotoSample(pixels, none, none)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A residual network with weights of 8 bits, as every bundle has them."""
    folder = tmp_path_factory.mktemp("source")
    keras.utils.set_random_seed(2)
    arguments = {"size": "small"}
    network = networks.build("residual", arguments, SIDE, 3, heads={"color": 3, "pattern": 2})
    stored = save_bundle(
        folder / "draft",
        name="draft",
        model=_exported(network, folder),
        recipe=Recipe.encoder(SIDE),
        categories=LABELS,
        calibration=Calibration(),
        card={},
        weights={name: np.asarray(variable) for name, variable in named_weights(network).items()},
    ).weights()
    assert stored is not None
    networks.fill(network, stored)
    return save_bundle(
        folder / "small",
        name="small",
        model=_exported(network, folder),
        recipe=Recipe.encoder(SIDE),
        categories=LABELS,
        calibration=Calibration(2.0, 0.0),
        card={"architecture": {"name": "residual", **arguments}},
        weights=stored,
        heads=HEADS,
        head_calibrations={"color": COLD},
    )


def _exported(network: "keras.Model", folder: Path) -> Path:
    colder = {"color": COLD.temperature}
    export_onnx(network, folder / "network.onnx", input_size=SIDE, temperature=2.0, head_temperatures=colder)
    return folder / "network.onnx"


@pytest.mark.parametrize("to", SUFFIXES)
def test_every_format_agrees_with_its_source(bundle: Bundle, photos: PhotoSample, to: str, tmp_path: Path) -> None:
    done = export_bundle(bundle, to, tmp_path / "network", photos)
    assert done.path == tmp_path / f"network{SUFFIXES[to]}"
    eight = to.endswith("int8")
    assert done.loss.photos == 24
    assert done.loss.cosine_min > (0.98 if eight else 0.9999)
    assert done.loss.same_label >= (0.9 if eight else 1)
    assert done.exported.bytes == done.path.stat().st_size
    share = done.exported.bytes / done.float32.bytes
    assert share < {"onnx-int8": 0.33, "litert-int8": 0.33, "onnx-float16": 0.6}.get(to, 1.1)
    assert done.exported.milliseconds > 0
    told = json.loads(Path(f"{done.path}.json").read_text())
    assert told["loss"]["accuracy"] == done.loss.accuracy
    assert told["source"] == bundle.id
    assert told["machine"]["python"]
    names = ("embedding", "probabilities", "color", "pattern")
    want = OnnxModel(bundle).run(photos.pixels, names)
    found = run_all(open_network(done.path), photos.pixels)
    assert set(found) == set(names)
    for name in names[1:]:
        np.testing.assert_allclose(found[name], want[name], atol=0.1 if eight else 2e-3)
    np.testing.assert_allclose(found["probabilities"].sum(axis=1), 1, atol=0.02 if eight else 1e-4)


def test_eight_bits_are_made_from_eight_bits_without_the_weights(
    bundle: Bundle, photos: PhotoSample, tmp_path: Path
) -> None:
    first = as_bundle(bundle, export_bundle(bundle, "onnx-int8", tmp_path / "a", photos), tmp_path / "small", "small8")
    assert first.card["export"]["loss"]["photos"] == 24
    assert first.card["parent"] == bundle.id
    assert load_bundle(first.path).labels == bundle.labels
    assert load_bundle(first.path).heads == HEADS
    again = export_bundle(first, "onnx", tmp_path / "b", photos)
    assert again.shipped.bytes < again.exported.bytes / 3
    want, found = OnnxModel(bundle).run(photos.pixels), run_all(open_network(again.path), photos.pixels)
    assert (want["embedding"] * found["embedding"]).sum(axis=1).min() > 0.995


def lossy_bundle(folder: Path) -> Bundle:
    """Red below or above the middle decides; beside it stands a channel a thousand times as large.

    Both share one range of 8 bits, so that a step is larger than all that red can say.
    """
    weights = np.zeros((2, 3, 1, 1), np.float32)
    weights[:, 0] = [[[1]], [[1000]]]
    deciding = np.float32([[-0.1, 0.1], [0, 0]])
    constants = {"w": weights, "d": deciding, "b": np.float32([12.75, -12.75])}
    nodes = [
        helper.make_node("Cast", ["photos"], ["floats"], to=TensorProto.FLOAT, name="rescale"),
        helper.make_node("Transpose", ["floats"], ["placed"], perm=[0, 3, 1, 2], name="placed"),
        helper.make_node("Conv", ["placed", "w"], ["channels"], name="conv"),
        helper.make_node("GlobalAveragePool", ["channels"], ["pooled"], name="pool"),
        helper.make_node("Flatten", ["pooled"], ["flat"], name="flat"),
        helper.make_node("Gemm", ["flat", "d", "b"], ["logits"], name="category"),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1, name="probabilities"),
    ]
    graph = helper.make_graph(
        nodes,
        "lossy",
        [helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
        [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (folder / "lossy.onnx").write_bytes(model.SerializeToString())
    return save_bundle(
        folder / "lossy",
        name="lossy",
        model=folder / "lossy.onnx",
        recipe=Recipe.encoder(SIDE),
        categories=LABELS[:2],
        calibration=Calibration(),
        card={},
    )


@pytest.mark.parametrize("known", [True, False])
def test_eight_bits_that_lose_a_point_are_refused_unless_forced(tmp_path: Path, known: bool) -> None:
    bundle = lossy_bundle(tmp_path)
    reds = np.linspace(0, 250, 40).astype(np.uint8)
    pixels = np.zeros((40, SIDE, SIDE, 3), np.uint8)
    pixels[..., 0] = reds[:, None, None]
    labels = (reds > 127).astype(np.int64) if known else np.full(40, UNKNOWN, np.int64)
    photos = PhotoSample(pixels, labels, labels)
    with pytest.raises(BundleError, match="loses more than 1 point"):
        export_bundle(bundle, "onnx-int8", tmp_path / "refused", photos)
    assert not list(tmp_path.glob("refused*"))
    forced = export_bundle(bundle, "onnx-int8", tmp_path / "forced", photos, force=True)
    assert forced.loss.accuracy > 0.01
    assert forced.loss.basis == ("labels" if known else "sure answers")
    assert forced.float32.accuracy == (1 if known else None)
    assert forced.path.is_file()


def test_weights_of_another_network_are_refused(bundle: Bundle, photos: PhotoSample, tmp_path: Path) -> None:
    weights = bundle.weights()
    assert weights is not None
    swapped = {name: -value if value.ndim > 1 else value for name, value in weights.items()}
    other = save_bundle(
        tmp_path / "other",
        name="other",
        model=bundle.path / "model.onnx",
        recipe=bundle.recipe,
        categories=bundle.categories,
        calibration=bundle.calibration,
        card=bundle.card,
        weights=swapped,
    )
    with pytest.raises(BundleError, match="another network"):
        export_bundle(other, "keras", tmp_path / "x", photos)


def test_what_cannot_be_rebuilt_is_said_with_the_way_out(photos: PhotoSample, tmp_path: Path) -> None:
    tiny = tiny_bundle(tmp_path)
    small = PhotoSample(photos.pixels[:, :8, :8], photos.labels, photos.groups)
    with pytest.raises(BundleError, match="onnx-float16"):
        export_bundle(tiny, "litert", tmp_path / "x", small)
    assert export_bundle(tiny, "onnx", tmp_path / "y", small).loss.cosine_min == pytest.approx(1, abs=1e-6)


def test_refusals(bundle: Bundle, photos: PhotoSample, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="onnx-int8"):
        export_bundle(bundle, "tar", tmp_path / "x", photos)
    with pytest.raises(BadInput, match="Two photos"):
        export_bundle(bundle, "onnx", tmp_path / "x", photos.part(slice(0, 1)))
    (tmp_path / "x.pb").write_bytes(b"")
    with pytest.raises(BadInput, match="another kind"):
        open_network(tmp_path / "x.pb")


def test_times_are_of_one_photo(bundle: Bundle, photos: PhotoSample, tmp_path: Path) -> None:
    (tmp_path / "n.onnx").write_bytes(bundle.read_model())
    network = open_network(tmp_path / "n.onnx")
    assert len(milliseconds([network, network], photos.pixels, rounds=3)) == 2
