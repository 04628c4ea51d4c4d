from __future__ import annotations

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.search.example_mix import UNLIKE, mix_examples

X, Y, Z = (np.eye(3, dtype=np.float32)[n][None] for n in range(3))


def test_one_example_is_itself() -> None:
    assert mix_examples(X, [3.0]) == pytest.approx(X)
    assert mix_examples(1.2 * X, [3.0]) == pytest.approx(1.2 * X)


def test_weights_are_proportions() -> None:
    both = np.concatenate([X, Y])
    assert mix_examples(both, [3, 1]) == pytest.approx(np.array([[3, 1, 0]]) / np.sqrt(10))
    assert mix_examples(both, [6, 2]) == pytest.approx(mix_examples(both, [3, 1]))


def test_what_it_should_not_be_like_is_taken_away() -> None:
    mixed = mix_examples(X, [1], np.concatenate([Y, Z]), [1, 3])
    wanted = np.array([[1, -UNLIKE / 4, -UNLIKE * 3 / 4]])
    assert mixed == pytest.approx(wanted / np.linalg.norm(wanted))
    assert mixed.dtype == np.float32


def test_opposites_are_refused() -> None:
    with pytest.raises(BadInput, match="cancel"):
        mix_examples(np.concatenate([X, -X]), [1, 1])
