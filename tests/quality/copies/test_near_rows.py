"""What lies near is found, whether all rows are compared or lists are read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from shoplens.quality.copies.near_rows import NEAREST, NearRows


def directions(count: int, seed: int) -> npt.NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, 32)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.mark.parametrize("exact_up_to", [10_000, 100], ids=["all", "lists"])
def test_planted_neighbours_are_found_and_nothing_else(exact_up_to: int) -> None:
    vectors = directions(2_000, 1)
    asked = vectors[:50] + 0.02 * directions(50, 2)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    found = NearRows(vectors, np.arange(2_000), exact_up_to).near(asked, 0.95)
    assert found.tolist() == [[row, row] for row in range(50)]


@pytest.mark.parametrize("exact_up_to", [10_000, 100], ids=["all", "lists"])
def test_only_the_named_rows_are_there(exact_up_to: int) -> None:
    vectors = directions(1_000, 3).astype(np.float16)
    vectors[::2] = np.nan
    rows = np.arange(1, 1_000, 2)
    found = NearRows(vectors, rows, exact_up_to).near(vectors[[7, 9]], 0.99)
    assert found.tolist() == [[0, 7], [1, 9]]
    assert NearRows(vectors, rows[:0]).near(vectors[[7]], 0.0).shape == (0, 2)


def test_no_more_than_the_nearest_are_told() -> None:
    same = np.tile(directions(1, 4), (50, 1))
    assert len(NearRows(same, np.arange(50)).near(same[:1], 0.9)) == NEAREST
