import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.models.intervals import difference_interval, macro_f1_interval, wilson_interval


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_holds_the_share(right: int, total: int) -> None:
    right = min(right, total)
    low, high = wilson_interval(right, total)
    assert 0 <= low <= right / total + 1e-12
    assert right / total - 1e-12 <= high <= 1


def test_the_interval_of_the_textbook() -> None:
    assert wilson_interval(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_the_bootstrap_of_cells_is_the_bootstrap_of_photos() -> None:
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 3, 120)
    said = np.where(generator.random(120) < 0.7, truth, generator.integers(0, 3, 120))
    confusion = np.zeros((3, 3), int)
    np.add.at(confusion, (truth, said), 1)
    drawn = []
    for _ in range(1500):
        rows = generator.integers(0, 120, 120)
        right, both = (truth[rows] == said[rows]), np.bincount(truth[rows]) + np.bincount(said[rows])
        drawn.append(np.mean(2 * np.bincount(truth[rows][right], minlength=3) / both))
    assert macro_f1_interval(confusion) == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.015)


def test_a_faultless_model_and_an_empty_set_have_the_intervals_that_they_must() -> None:
    assert macro_f1_interval(np.diag([5, 9, 2])) == (1.0, 1.0)
    assert macro_f1_interval(np.zeros((3, 3), int)) == (0.0, 1.0)
    assert difference_interval(0, 0, 0) == (-1.0, 1.0)


def test_two_models_that_agree_differ_by_nothing() -> None:
    assert difference_interval(0, 0, 100) == (0.0, 0.0)


def test_the_paired_interval_is_that_of_the_normal_approximation_for_many_photos() -> None:
    low, high = difference_interval(300, 200, 10_000)
    half = 1.96 * (500 / 10_000 - 0.01**2) ** 0.5 / 100
    assert (low, high) == (pytest.approx(0.01 - half, abs=4e-4), pytest.approx(0.01 + half, abs=4e-4))
