from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.search.diversity import diverse

TWINS = np.array([[1, 0, 0], [1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]], np.float32)


def test_none_keeps_the_order_of_the_scores() -> None:
    assert diverse([0.9, 0.8, 0.7, 0.6], TWINS, 0.0, 4) == [0, 1, 2, 3]


def test_some_puts_a_twin_behind_what_differs() -> None:
    assert diverse([0.9, 0.89, 0.7, 0.5], TWINS, 0.5, 4) == [0, 3, 2, 1]


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 40), st.floats(0, 1))
def test_nothing_comes_twice_and_the_best_is_first(count: int, limit: int, diversity: float) -> None:
    rng = np.random.default_rng(count)
    vectors = rng.standard_normal((count, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    scores = rng.random(count).tolist()
    chosen = diverse(scores, vectors, diversity, limit)
    assert len(chosen) == len(set(chosen)) == min(count, limit)
    assert not chosen or scores[chosen[0]] == pytest.approx(max(scores))
