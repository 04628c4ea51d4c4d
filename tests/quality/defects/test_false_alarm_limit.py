"""The limit is exceeded by new good photos as often as was wished, whatever their scores look like."""

from __future__ import annotations

import numpy as np
import pytest

from shoplens.errors import BadInput
from shoplens.quality.defects.false_alarm_limit import false_alarm_limit


@pytest.mark.parametrize("count", [12, 25, 60])
@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_new_scores_exceed_it_at_the_wished_rate(count: int, rate: float) -> None:
    rng = np.random.default_rng(count)
    draws = np.exp(rng.normal(0.3, 0.2, (6000, count + 1)))
    alarms = [row[-1] > false_alarm_limit(row[:-1].tolist(), rate) for row in draws]
    assert abs(float(np.mean(alarms)) - rate) < 0.012


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
@pytest.mark.parametrize("shape", ["a long tail", "a hard end", "two heaps"])
def test_ranks_hold_for_25_scores_of_any_shape(shape: str, rate: float) -> None:
    rng = np.random.default_rng(1)
    size = (6000, 26)
    draws = {
        "a long tail": rng.pareto(1.0, size) + 0.1,
        "a hard end": rng.beta(5, 2, size),
        "two heaps": np.exp(rng.normal(0, 0.1, size) + 0.4 * (rng.random(size) < 0.1)),
    }[shape]
    alarms = [row[-1] > false_alarm_limit(row[:-1].tolist(), rate) for row in draws]
    assert abs(float(np.mean(alarms)) - rate) < 0.012


def test_a_limit_between_two_ranks_lies_between_their_scores() -> None:
    scores = [1.0] * 23 + [4.0, 9.0]
    assert false_alarm_limit(scores, 2 / 26) == pytest.approx(4.0)
    assert false_alarm_limit(scores, 1.5 / 26) == pytest.approx(6.0)
    assert false_alarm_limit(scores, 1 / 26) == pytest.approx(9.0)


def test_a_rate_beyond_the_samples_gives_a_limit_above_all_of_them() -> None:
    scores = [1.0, 1.1, 1.2, 1.3, 1.5]
    assert false_alarm_limit(scores, 0.01) > 1.5
    assert false_alarm_limit(scores, 0.01) > false_alarm_limit(scores, 0.05)
    assert false_alarm_limit([*[1.0, 1.01] * 5, 1.5], 0.08) == pytest.approx(1.5)


def test_equal_scores_are_their_own_limit() -> None:
    assert false_alarm_limit([2.0] * 8, 0.05) == pytest.approx(2.0)


@pytest.mark.parametrize(("scores", "rate"), [([1.0] * 4, 0.1), ([1.0] * 9, 0.0), ([1.0] * 9, 0.5)])
def test_too_few_scores_and_impossible_rates_are_refused(scores: list[float], rate: float) -> None:
    with pytest.raises(BadInput):
        false_alarm_limit(scores, rate)
