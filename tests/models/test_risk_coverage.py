import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.models.risk_coverage import RiskCoverage


def test_the_curve_worked_out_by_hand() -> None:
    curve = RiskCoverage.of(np.array([0.9, 0.5, 0.8, 0.5]), np.array([True, True, False, False]))
    assert curve.coverage == (0.25, 0.5, 1.0)  # the two of confidence 0.5 come together
    assert curve.risk == (0.0, 0.5, 0.5)
    assert curve.threshold == (0.9, 0.8, 0.5)
    assert curve.area == pytest.approx((0 + 0.5 + 0.5 + 0.5) / 4)


def test_all_right_costs_nothing_and_all_wrong_everything() -> None:
    confidence = np.linspace(0.1, 0.9, 7)
    assert RiskCoverage.of(confidence, np.ones(7, bool)).area == 0.0
    assert RiskCoverage.of(confidence, np.zeros(7, bool)).area == 1.0


@given(st.lists(st.tuples(st.integers(0, 900), st.booleans()), min_size=1, max_size=600))
def test_the_curve_ends_at_all_photos_and_is_short(rows: list[tuple[int, bool]]) -> None:
    confidence, correct = np.array([row[0] / 900 for row in rows]), np.array([row[1] for row in rows])
    curve = RiskCoverage.of(confidence, correct)
    assert curve.coverage[-1] == 1.0
    assert curve.risk[-1] == pytest.approx(1 - correct.mean())
    assert len(curve.coverage) <= 200
    assert list(curve.coverage) == sorted(set(curve.coverage))
    for coverage, risk, threshold in zip(curve.coverage, curve.risk, curve.threshold, strict=True):
        answered = confidence >= threshold
        assert coverage == pytest.approx(answered.mean())
        assert risk == pytest.approx(1 - correct[answered].mean())
