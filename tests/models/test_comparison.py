import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from shoplens.errors import BadInput
from shoplens.models.comparison import Answers, compare_answers, mcnemar


def test_the_exact_test_of_the_textbook() -> None:
    # 10 against 2 changed photos: 2 * (C(12,0) + C(12,1) + C(12,2)) / 2^12
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 4096)
    assert mcnemar(2, 10) == mcnemar(10, 2)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(4, 4) == 1.0
    assert mcnemar(6, 0) == pytest.approx(2 / 64)


@given(st.integers(0, 60), st.integers(0, 60))
def test_it_is_twice_the_tail_of_a_fair_coin(first: int, other: int) -> None:
    assert mcnemar(first, other) == pytest.approx(min(1.0, 2 * binom.cdf(min(first, other), first + other, 0.5)))


def test_a_comparison_worked_out_by_hand() -> None:
    right = np.array([True, True, False, False, True])
    other = np.array([True, False, True, False, False])
    found = compare_answers(
        Answers(["a", "a", "b", "b", "a"], np.array([0.9, 0.6, 0.7, 0.8, 0.5]), right),
        Answers(["a", "c", "a", "c", "c"], np.array([0.9, 0.8, 0.3, 0.8, 0.9]), other),
        ["a"] * 5,
        [f"{i}.jpg" for i in range(5)],
        name="old",
        id="old-1",
    )
    assert (found.both_right, found.only_first, found.only_other, found.both_wrong) == (1, 2, 1, 1)
    assert (found.accuracy, found.other_accuracy) == (pytest.approx(0.6), pytest.approx(0.4))
    assert found.difference == pytest.approx(0.2)
    assert found.interval[0] < 0.2 < found.interval[1]
    assert found.p_value == 1.0
    assert [(c.path, c.gained, c.other_said) for c in found.changes] == [
        ("4.jpg", True, "c"),
        ("1.jpg", True, "c"),
        ("2.jpg", False, "a"),
    ]


def test_no_shared_photo_is_refused() -> None:
    nothing = Answers([], np.zeros(0), np.zeros(0, bool))
    with pytest.raises(BadInput, match="both models"):
        compare_answers(nothing, nothing, [], [], name="old", id="old-1")
