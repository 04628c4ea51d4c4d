import json
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import BASE, Calibration, Category, load_bundle
from tests.models.tiny_bundle import CATEGORIES, SIZE, TONES, tiny_bundle


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    weights = {"conv/kernel": np.ones((3, 3, 2, 4), np.float32)}
    saved = tiny_bundle(tmp_path, weights=weights)
    loaded = load_bundle(saved.path)
    assert loaded.id == saved.id
    assert loaded.id.startswith("tiny-")
    assert len(loaded.id) == len("tiny-") + 12
    assert loaded.categories == CATEGORIES
    assert loaded.labels == ("Red", "Green", "Blue")
    assert loaded.label_names("zh") == ("红", "绿", "Blue")
    assert loaded.calibration == Calibration(1.5, 0.4)
    assert loaded.threshold == 0.4
    assert loaded.input_size == SIZE
    assert loaded.card["seed"] == 3
    np.testing.assert_array_equal(loaded.weights()["conv/kernel"], weights["conv/kernel"])


def test_same_content_has_the_same_id_and_other_content_another(tmp_path: Path) -> None:
    first, again = tiny_bundle(tmp_path / "a"), tiny_bundle(tmp_path / "b")
    other = tiny_bundle(tmp_path / "c", calibration=Calibration(1.5, 0.41))
    assert first.id == again.id != other.id


def test_without_weights_there_are_none(tmp_path: Path) -> None:
    assert tiny_bundle(tmp_path).weights() is None


@pytest.mark.parametrize("name", ["model.onnx", "recipe.json", "labels.json", "calibration.json", "card.json"])
def test_one_altered_byte_is_refused(tmp_path: Path, name: str) -> None:
    path = tiny_bundle(tmp_path).path
    data = bytearray((path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (path / name).write_bytes(bytes(data))
    with pytest.raises(BundleError, match="altered"):
        load_bundle(path)


def test_a_change_after_loading_is_refused_too(tmp_path: Path) -> None:
    bundle = tiny_bundle(tmp_path, weights={"a": np.ones(3, np.float32)})
    (bundle.path / "model.onnx").write_bytes(b"other")
    (bundle.path / "weights.npz").write_bytes(b"other")
    with pytest.raises(BundleError, match="altered"):
        bundle.read_model()
    with pytest.raises(BundleError, match="altered"):
        bundle.weights()


def test_missing_unknown_and_linked_files_are_refused(tmp_path: Path) -> None:
    missing = tiny_bundle(tmp_path / "a").path
    (missing / "card.json").unlink()
    with pytest.raises(BundleError, match=r"card\.json"):
        load_bundle(missing)
    unknown = tiny_bundle(tmp_path / "b").path
    (unknown / "setup.py").write_text("print()")
    with pytest.raises(BundleError, match=r"setup\.py"):
        load_bundle(unknown)
    linked = tiny_bundle(tmp_path / "c").path
    (linked / "card.json").rename(tmp_path / "card.json")
    (linked / "card.json").symlink_to(tmp_path / "card.json")
    with pytest.raises(BundleError, match="link"):
        load_bundle(linked)
    with pytest.raises(BundleError, match="missing"):
        load_bundle(tmp_path / "nowhere")


def test_manifest_is_checked(tmp_path: Path) -> None:
    path = tiny_bundle(tmp_path).path
    manifest = json.loads((path / "manifest.json").read_text())
    for change, complaint in [
        ({"format": 2}, "format"),
        ({"files": {}}, "lists other files"),
        ({"files": manifest["files"] | {"code.py": manifest["files"]["card.json"]}}, "lists other files"),
        ({"files": manifest["files"] | {"card.json": {}}}, "no hash"),
    ]:
        (path / "manifest.json").write_text(json.dumps(manifest | change))
        with pytest.raises(BundleError, match=complaint):
            load_bundle(path)
    (path / "manifest.json").write_text("{")
    with pytest.raises(BundleError, match="JSON"):
        load_bundle(path)


def test_saving_replaces_the_older_bundle_whole(tmp_path: Path) -> None:
    tiny_bundle(tmp_path, weights={"a": np.ones(3, np.float32)})
    newer = tiny_bundle(tmp_path)
    assert load_bundle(newer.path).id == newer.id
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["network.onnx", "tiny"]


def test_a_save_that_fails_leaves_the_older_bundle(tmp_path: Path) -> None:
    older = tiny_bundle(tmp_path)
    with pytest.raises(TypeError):
        tiny_bundle(tmp_path, card={"not JSON": object()})
    assert load_bundle(older.path).id == older.id
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["network.onnx", "tiny"]


def test_bad_names_and_repeated_categories_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="name"):
        tiny_bundle(tmp_path, name="../up")
    with pytest.raises(BadInput, match="one id"):
        tiny_bundle(tmp_path, categories=(Category("a", "A"), Category("a", "B")))


def test_the_shipped_bundle_is_whole_and_small() -> None:
    bundle = load_bundle(BASE)
    assert bundle.name == "base"
    assert sum(file.stat().st_size for file in BASE.iterdir()) <= 8_000_000
    assert all(" > " in label or label == "Shoes" for label in bundle.labels)
    assert all(category.zh for category in bundle.categories)
    assert bundle.card["data"]


def test_heads_are_kept_with_their_labels_and_calibration(tmp_path: Path) -> None:
    assert load_bundle(tiny_bundle(tmp_path / "none").path).heads == {}
    saved = tiny_bundle(tmp_path, heads={"tone": TONES}, head_calibrations={"tone": Calibration(2.0, 0.7)})
    loaded = load_bundle(saved.path)
    assert loaded.heads == {"tone": TONES}
    assert loaded.head_calibrations == {"tone": Calibration(2.0, 0.7)}
    assert loaded.categories == CATEGORIES
    assert tiny_bundle(tmp_path / "plain", heads={"tone": TONES}).head_calibrations == {"tone": Calibration()}


@pytest.mark.parametrize("name", ["embedding", "probabilities", "../tone", "", "Tone"])
def test_names_that_no_head_may_have_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="head's name"):
        tiny_bundle(tmp_path, heads={name: TONES})


def test_two_labels_of_one_id_in_a_head_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="of the tone have one id"):
        tiny_bundle(tmp_path, heads={"tone": (TONES[0], TONES[0])})
