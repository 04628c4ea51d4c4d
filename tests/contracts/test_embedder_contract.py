"""What every embedder promises; a new one is one more parameter."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.embedding.subject_embedder import SubjectEmbedder
from shoplens.models.bundle import BASE, load_bundle
from shoplens.models.foreign_encoder import ForeignEncoder
from shoplens.records import Pixels


def base() -> OnnxEmbedder:
    return OnnxEmbedder(load_bundle(BASE))


def blended() -> Embedder:
    return BlendedEmbedder([(base(), 0.7), (ColorEmbedder(), 0.3)])


def subject() -> Embedder:
    return SubjectEmbedder(ColorEmbedder())


@cache
def foreign() -> Embedder:
    """Somebody else's ONNX encoder with its description, as `shoplens bundle add` takes it."""
    pytest.importorskip("onnx", reason="adding an encoder needs the extra 'train'")
    from tests.models.foreign_network import SPEC, write_foreign

    with tempfile.TemporaryDirectory() as folder:
        write_foreign(Path(folder, "encoder.onnx"))
        Path(folder, "encoder.toml").write_text(SPEC, encoding="utf-8")
        encoder = ForeignEncoder.read(Path(folder, "encoder.toml"))
        return OnnxEmbedder(encoder.to_bundle(Path(folder, "encoder.onnx"), Path(folder, "bundle"), "foreign"))


@pytest.fixture(scope="module", params=[ColorEmbedder, base, blended, subject, foreign])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    make: Callable[[], Embedder] = request.param
    return make()


def photo(seed: int, height: int = 300, width: int = 240) -> Pixels:
    """A smooth picture of a few colours, so that resizing changes it little."""
    rng = np.random.default_rng(seed)
    return cv2.resize(rng.integers(0, 256, (5, 4, 3), np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)


def test_vectors_are_unit_float32_of_the_promised_length(embedder: Embedder) -> None:
    vectors = embedder.embed([photo(1), photo(2, 64, 500), photo(3, 33, 33)])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, embedder.dim)
    assert sum(embedder.parts) == embedder.dim
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_no_photo_gives_no_vector(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dim)


def test_a_vector_does_not_depend_on_its_batch(embedder: Embedder) -> None:
    photos = [photo(seed) for seed in range(40)]
    together = embedder.embed(photos)
    alone = np.concatenate([embedder.embed([one]) for one in photos])
    np.testing.assert_allclose(together, alone, atol=2e-3)


def test_the_photo_is_its_own_nearest_and_its_reduced_copy_comes_next(embedder: Embedder) -> None:
    photos = [photo(seed) for seed in range(12)]
    reduced = [cv2.resize(one, (160, 200), interpolation=cv2.INTER_AREA) for one in photos]
    similarity = embedder.embed(photos) @ embedder.embed(reduced).T
    assert similarity.argmax(axis=1).tolist() == list(range(12))
    assert similarity.diagonal().min() > 0.97


def test_another_colour_is_another_vector(embedder: Embedder) -> None:
    red, blue = np.full((2, 96, 96, 3), (200, 30, 30), np.uint8)[:1][0], np.full((96, 96, 3), (30, 30, 200), np.uint8)
    vectors = embedder.embed([red, blue, red])
    assert vectors[0] @ vectors[2] > 0.999
    assert vectors[0] @ vectors[1] < 0.95


def test_the_id_stays_and_tells_embedders_apart(embedder: Embedder) -> None:
    assert embedder.id == embedder.id
    ids = {ColorEmbedder().id, base().id, blended().id, subject().id, foreign().id}
    assert len(ids) == 5
    assert embedder.id in ids
    assert embedder.min_side >= 32
