"""Bundles by somebody who wants to do harm, or by a disk that forgets: refused with a reason, never run."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.errors import BundleError
from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.bundle_files import MAX_JSON
from shoplens.models.runtime import OnnxModel
from tests.models.tiny_bundle import TONES, tiny_bundle

FILES = ("calibration.json", "card.json", "heads.json", "labels.json", "model.onnx", "recipe.json", "weights.npz")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    weights = {"conv/kernel": np.ones((3, 3, 2, 4), np.float32)}
    return tiny_bundle(tmp_path_factory.mktemp("hostile"), weights=weights, heads={"tone": TONES})


def test_the_files_are_all_of_a_bundle(whole: Bundle) -> None:
    assert tuple(sorted(whole.digests)) == FILES


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_any_changed_byte_is_refused(whole: Bundle, name: str, where: float, change: int) -> None:
    file = whole.path / name
    sound = file.read_bytes()
    damaged = bytearray(sound)
    damaged[int(where * len(sound))] ^= change
    file.write_bytes(bytes(damaged))
    try:
        with pytest.raises(BundleError, match="altered"):
            load_bundle(whole.path)
    finally:
        file.write_bytes(sound)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from((*FILES, "manifest.json")), st.floats(0, 1, exclude_max=True))
def test_any_truncation_is_refused(whole: Bundle, name: str, where: float) -> None:
    file = whole.path / name
    sound = file.read_bytes()
    file.write_bytes(sound[: int(where * (len(sound) - 1))])
    try:
        with pytest.raises(BundleError):
            load_bundle(whole.path)
    finally:
        file.write_bytes(sound)


@settings(max_examples=150, deadline=None)
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
def test_a_changed_manifest_is_refused_or_another_bundle(whole: Bundle, where: float, change: int) -> None:
    file = whole.path / "manifest.json"
    sound = file.read_bytes()
    damaged = bytearray(sound)
    damaged[int(where * len(sound))] ^= change
    file.write_bytes(bytes(damaged))
    try:
        assert load_bundle(whole.path).id != whole.id
    except BundleError:
        pass
    finally:
        file.write_bytes(sound)


def forge(path: Path, **changes: bytes) -> None:
    """Change files and write a manifest that says so: an attacker can hash too."""
    for name, data in changes.items():
        (path / name.replace("__", ".")).write_bytes(data)
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["files"] = {
        file.name: {"sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for file in path.iterdir()
        if file.name != "manifest.json"
    }
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("labels__json", b'[{"id": "a"}]'),
        ("labels__json", b"7"),
        ("labels__json", b"[" * 100_000),
        ("calibration__json", b'{"temperature": NaN, "threshold": 0}'),
        ("calibration__json", b'{"temperature": -1, "threshold": 0}'),
        ("calibration__json", b'{"temperature": 1, "threshold": 0, "code": 1}'),
        ("recipe__json", b'{"steps": [{"op": "exec", "args": {"code": "1"}}]}'),
        ("recipe__json", b'{"steps": [{"op": "resize", "args": {"width": 9999999, "height": 9999999}}]}'),
        ("recipe__json", b'{"steps": [{"op": "__class__"}]}'),
        ("heads__json", b'{"../up": {"labels": []}}'),
        ("heads__json", b'{"probabilities": {"labels": []}}'),
        ("heads__json", b'{"tone": {}}'),
        ("heads__json", b'{"tone": 7}'),
        ("card__json", b'"a text"'),
        ("card__json", b"\xff\xfe"),
    ],
)
def test_descriptions_of_another_shape_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    path = tiny_bundle(tmp_path, heads={"tone": TONES}).path
    forge(path, **{name: data})
    with pytest.raises(BundleError):
        load_bundle(path)


def test_a_huge_description_is_not_read(tmp_path: Path) -> None:
    path = tiny_bundle(tmp_path).path
    for name in ("card.json", "manifest.json"):
        with (path / name).open("r+b") as file:
            file.truncate(MAX_JSON + 1)  # sparse: it takes no space
        with pytest.raises(BundleError, match="more than"):
            load_bundle(path)


@pytest.mark.parametrize("name", ["../evil.onnx", "/etc/passwd", "model.onnx\0", "sub/model.onnx", "run.py"])
def test_a_manifest_cannot_name_other_files(tmp_path: Path, name: str) -> None:
    path = tiny_bundle(tmp_path).path
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["files"][name] = manifest["files"]["card.json"]
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="other files"):
        load_bundle(path)


def test_links_pipes_and_folders_in_place_of_files_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"x")
    for number, make in enumerate((lambda f: f.symlink_to(outside), os.mkfifo, Path.mkdir)):
        path = tiny_bundle(tmp_path / str(number)).path
        (path / "model.onnx").unlink()
        make(path / "model.onnx")
        with pytest.raises(BundleError, match="missing or is a link"):
            load_bundle(path)


def test_pickled_weights_are_not_opened(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "harm"),)

    bundle = tiny_bundle(tmp_path, weights={"a": np.ones(3, np.float32)})
    np.savez(tmp_path / "harm.npz", a=np.array([Harm()], object))
    forge(bundle.path, weights__npz=(tmp_path / "harm.npz").read_bytes())
    with pytest.raises(BundleError, match="weights"):
        load_bundle(bundle.path).weights()
    assert not (tmp_path / "harm").exists()


def network(node: "object", *, where: str = "") -> bytes:
    from onnx import TensorProto, helper

    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[3])
    if where:
        weight.data_location = TensorProto.EXTERNAL
        weight.external_data.add(key="location", value=where)
    else:
        weight.float_data.extend([1, 2, 3])
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["photos"], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[1, 2], keepdims=0),
            node,
        ],
        "g",
        [helper.make_tensor_value_info("photos", TensorProto.UINT8, ["n", 8, 8, 3])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 3])],
        [weight],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("evil.ops", 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString())


def test_a_network_reads_no_files_and_has_no_foreign_operators(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="needs the extra 'train'")
    add = onnx.helper.make_node("Add", ["mean", "w"], ["embedding"])
    (tmp_path / "secret").write_bytes(np.float32([1, 2, 3]).tobytes())
    for number, data in enumerate(
        [
            network(add, where="secret"),
            network(add, where=str(tmp_path / "secret")),
            network(add, where="../secret"),
            network(onnx.helper.make_node("Run", ["mean"], ["embedding"], domain="evil.ops")),
        ]
    ):
        (tmp_path / "n.onnx").write_bytes(data)
        bundle = tiny_bundle(tmp_path / str(number), model=tmp_path / "n.onnx", categories=())
        with pytest.raises(BundleError, match="cannot be loaded"):
            OnnxModel(bundle)
    (tmp_path / "n.onnx").write_bytes(network(add))
    assert OnnxModel(tiny_bundle(tmp_path / "sound", model=tmp_path / "n.onnx", categories=())).outputs == (
        "embedding",
    )
