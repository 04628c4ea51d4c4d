from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from shoplens.errors import BadInput, BundleError
from shoplens.models.runtime import OnnxModel
from tests.models.tiny_bundle import CATEGORIES, SHARPNESS, SIZE, TONES, plain, tiny_bundle


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> OnnxModel:
    return OnnxModel(tiny_bundle(tmp_path_factory.mktemp("runtime")))


def test_outputs_are_those_of_the_network(model: OnnxModel) -> None:
    batch = np.stack([plain(0, 0, 90, SIZE, SIZE), plain(30, 40, 0, SIZE, SIZE)])
    found = model.run(batch)
    np.testing.assert_allclose(found["embedding"], [[0, 0, 1], [0.6, 0.8, 0]], atol=1e-6)
    weights = np.exp(found["embedding"] * SHARPNESS)
    np.testing.assert_allclose(found["probabilities"], weights / weights.sum(1, keepdims=True), rtol=1e-5)


def test_no_photos_give_no_rows(model: OnnxModel) -> None:
    assert model.run(np.zeros((0, SIZE, SIZE, 3), np.uint8))["embedding"].shape == (0, 3)


def test_only_the_wished_outputs_come(model: OnnxModel) -> None:
    batch = np.zeros((1, SIZE, SIZE, 3), np.uint8)
    assert set(model.run(batch, ["probabilities"])) == {"probabilities"}
    with pytest.raises(BadInput, match="no such output"):
        model.run(batch, ["heat"])


@pytest.mark.parametrize("shape", [(1, SIZE, SIZE + 1, 3), (SIZE, SIZE, 3), (1, SIZE, SIZE, 1)])
def test_other_shapes_are_refused(model: OnnxModel, shape: tuple[int, ...]) -> None:
    with pytest.raises(BadInput, match="recipe"):
        model.run(np.zeros(shape, np.uint8))


def test_other_types_are_refused(model: OnnxModel) -> None:
    with pytest.raises(BadInput, match="float32"):
        model.run(np.zeros((1, SIZE, SIZE, 3), np.float32))  # type: ignore[arg-type]


def test_threads_may_share_a_model(model: OnnxModel) -> None:
    batches = [np.full((2, SIZE, SIZE, 3), (level, 255 - level, 9), np.uint8) for level in range(0, 256, 5)]
    alone = [model.run(batch)["embedding"] for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda batch: model.run(batch)["embedding"], batches))
    np.testing.assert_array_equal(alone, together)


def test_a_network_that_does_not_fit_its_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="categories"):
        OnnxModel(tiny_bundle(tmp_path / "a", categories=CATEGORIES[:2]))
    (tmp_path / "noise").write_bytes(b"not a network")
    with pytest.raises(BundleError, match="cannot be loaded"):
        OnnxModel(tiny_bundle(tmp_path / "b", model=tmp_path / "noise"))


def test_threads_are_positive(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="thread"):
        OnnxModel(tiny_bundle(tmp_path), threads=0)


def test_a_head_comes_when_it_is_asked_for(tmp_path: Path) -> None:
    model = OnnxModel(tiny_bundle(tmp_path, heads={"tone": TONES}))
    batch = np.stack([plain(255, 0, 0, SIZE, SIZE), plain(0, 0, 255, SIZE, SIZE)])
    assert set(model.run(batch)) == {"embedding", "probabilities"}
    sure = np.e / (1 + np.e)
    np.testing.assert_allclose(model.run(batch, ["tone"])["tone"], [[sure, 1 - sure], [1 - sure, sure]], atol=1e-6)


def test_a_head_that_the_network_lacks_or_has_otherwise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no output for a head"):
        OnnxModel(tiny_bundle(tmp_path / "a", heads={"shape": TONES}))
    with pytest.raises(BundleError, match="number of tone"):
        OnnxModel(tiny_bundle(tmp_path / "b", heads={"tone": TONES[:1]}))
