from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="needs the extra 'dev'")
pytest.importorskip("tokenizers", reason="needs the extra 'text'")

from shoplens.errors import BundleError
from shoplens.models.bundle import load_bundle
from shoplens.models.text_tower import TextTower, add_text_tower
from tests.models.tiny_tower import SPEC, make_bundle, write_text_network, write_tokenizer


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path, Path]:
    make_bundle(tmp_path / "tiny")
    write_text_network(tmp_path / "text.onnx")
    write_tokenizer(tmp_path / "tokenizer.json")
    return tmp_path / "tiny", tmp_path / "text.onnx", tmp_path / "tokenizer.json"


def test_words_become_unit_vectors(parts: tuple[Path, Path, Path]) -> None:
    before = load_bundle(parts[0])
    bundle = add_text_tower(*parts, SPEC)
    assert bundle.has_text
    assert not before.has_text
    assert bundle.id != before.id
    vectors = TextTower(bundle).embed(["red", "Blue blue", "red green", "red " * 50])
    half = np.sqrt(0.5)
    assert vectors == pytest.approx(np.array([[1, 0, 0], [0, 0, 1], [half, half, 0], [1, 0, 0]]), abs=1e-6)
    assert vectors.dtype == np.float32
    assert TextTower(bundle).embed([]).shape == (0, 3)


def test_a_bundle_without_words_says_so(parts: tuple[Path, Path, Path]) -> None:
    with pytest.raises(BundleError, match="no text tower"):
        TextTower(load_bundle(parts[0]))


def test_what_does_not_fit_leaves_the_bundle_as_it_was(parts: tuple[Path, Path, Path], tmp_path: Path) -> None:
    before = load_bundle(parts[0]).id
    write_text_network(tmp_path / "long.onnx", dim=4)
    with pytest.raises(BundleError, match="differ in length"):
        add_text_tower(parts[0], tmp_path / "long.onnx", parts[2], SPEC)
    with pytest.raises(BundleError, match="cannot be used"):
        add_text_tower(*parts, replace(SPEC, output="nothing"))
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(BundleError, match="tokenizer"):
        add_text_tower(parts[0], parts[1], tmp_path / "bad.json", SPEC)
    assert load_bundle(parts[0]).id == before


@pytest.mark.parametrize("name", ["text.onnx", "tokenizer.json", "text.json"])
def test_every_file_is_verified(parts: tuple[Path, Path, Path], name: str) -> None:
    add_text_tower(*parts, SPEC)
    file = parts[0] / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(BundleError, match="altered"):
        load_bundle(parts[0])


def test_a_part_of_a_tower_is_no_tower(parts: tuple[Path, Path, Path]) -> None:
    add_text_tower(*parts, SPEC)
    (parts[0] / "text.json").unlink()
    manifest = json.loads((parts[0] / "manifest.json").read_text())
    del manifest["files"]["text.json"]
    (parts[0] / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="parts of a text tower"):
        load_bundle(parts[0])
