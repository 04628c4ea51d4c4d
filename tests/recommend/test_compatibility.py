"""The learned map from colours to what goes together."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.recommend import affinity
from shoplens.recommend.compatibility import Compatibility
from tests.recommend.checkerboard import STYLES, product_id, shop


def plain(*colors: tuple[int, int, int]) -> np.ndarray:
    return ColorEmbedder().embed([np.full((80, 80, 3), color, np.uint8) for color in colors])


def test_it_reads_the_colours_of_any_blend_that_ends_with_them() -> None:
    colors = plain((20, 30, 90), (200, 30, 30), (240, 240, 240))
    alone = Compatibility.learned().apply(colors)
    shape = np.random.default_rng(0).normal(size=(3, 160)).astype(np.float32)
    blended = Compatibility.learned().apply(np.concatenate([shape, 0.6 * colors], axis=1))
    np.testing.assert_allclose(blended, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(alone, axis=1), 1.0, atol=1e-5)


def test_no_colour_at_all_gives_a_vector_and_no_warning() -> None:
    assert np.isfinite(Compatibility.learned().apply(np.zeros((1, 384), np.float32))).all()


def test_a_match_is_asked_of_the_map_and_not_of_likeness() -> None:
    def only_kinds(vectors: np.ndarray) -> np.ndarray:
        kinds = vectors[:, STYLES:]
        return np.asarray(kinds / np.linalg.norm(kinds, axis=1, keepdims=True))

    view = shop(matching=only_kinds)
    found = affinity.match(view, view.row(product_id("shirt", 2, 0)))
    assert found[view.row(product_id("shirt", 1, 1))] == pytest.approx(1.0, abs=0.01)
    assert found[view.row(product_id("jeans", 2, 0))] == pytest.approx(0.5, abs=0.05)
