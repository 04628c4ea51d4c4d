from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.errors import BadInput, BundleError
from shoplens.models.bundle import BASE, Bundle, load_bundle
from tests.models.tiny_bundle import SIZE, plain, tiny_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return tiny_bundle(tmp_path_factory.mktemp("embedder"))


def drawn(rng: np.random.Generator, count: int) -> list[np.ndarray]:
    return [rng.integers(0, 256, (*rng.integers(9, 60, 2), 3), np.uint8) for _ in range(count)]


def test_vectors_are_known_and_of_unit_length(bundle: Bundle) -> None:
    embedder = OnnxEmbedder(bundle)
    assert embedder.id == bundle.id
    assert embedder.dim == 3
    assert embedder.min_side == SIZE
    vectors = embedder.embed([plain(0, 200, 0), plain(60, 80, 0, 100, 10)])
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, [[0, 1, 0], [0.6, 0.8, 0]], atol=1e-5)


def test_no_photos(bundle: Bundle) -> None:
    assert OnnxEmbedder(bundle).embed([]).shape == (0, 3)


def test_batches_and_threads_change_nothing(bundle: Bundle) -> None:
    photos = drawn(np.random.default_rng(2), 37)
    alone = np.concatenate([OnnxEmbedder(bundle, threads=1).embed([photo]) for photo in photos])
    together = OnnxEmbedder(bundle, threads=3, batch=5).embed(photos)
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_a_card_whose_parts_do_not_make_up_the_embedding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="parts"):
        OnnxEmbedder(tiny_bundle(tmp_path / "sum", card={"embedding_parts": [2, 2]}))
    with pytest.raises(BundleError, match="lengths"):
        OnnxEmbedder(tiny_bundle(tmp_path / "text", card={"embedding_parts": "2, 1"}))
    assert OnnxEmbedder(tiny_bundle(tmp_path / "good", card={"embedding_parts": [2, 1]})).parts == (2, 1)


def test_refusals(bundle: Bundle) -> None:
    with pytest.raises(BadInput):
        OnnxEmbedder(bundle, batch=0)


def circle(color: tuple[int, int, int], *, square: bool = False) -> np.ndarray:
    photo = np.full((160, 140, 3), 250, np.uint8)
    if square:
        cv2.rectangle(photo, (30, 40), (110, 120), color, -1)
    else:
        cv2.circle(photo, (70, 80), 40, color, -1)
    return photo


def test_base_sees_the_same_thing_again_and_tells_colours_and_shapes_apart() -> None:
    embedder = OnnxEmbedder(load_bundle(BASE))
    assert embedder.dim == 256
    red, again, blue, square = embedder.embed(
        [
            circle((190, 30, 30)),
            np.roll(circle((180, 34, 30)), 6, axis=1),
            circle((30, 30, 190)),
            circle((190, 30, 30), square=True),
        ]
    )
    np.testing.assert_allclose(np.linalg.norm([red, again, blue], axis=1), 1, atol=1e-5)
    assert red @ again > max(red @ blue, red @ square)
