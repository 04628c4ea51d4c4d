from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.search.rank_fusion import K, fuse_ranks

rankings = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 50), max_size=6), min_size=1, max_size=3)


def test_the_formula() -> None:
    fused = fuse_ranks([{"a": 1, "b": 2}, {"b": 1, "c": 3}])
    best = 2 / (K + 1)
    assert fused["b"] == pytest.approx((1 / (K + 2) + 1 / (K + 1)) / best)
    assert fused["a"] == pytest.approx((1 / (K + 1)) / best)
    assert list(fused) == ["b", "a", "c"]
    assert fuse_ranks([{"a": 1}, {"a": 1}]) == {"a": pytest.approx(1.0)}


@given(rankings)
def test_scores_fall_and_lie_between_0_and_1(given: list[dict[str, int]]) -> None:
    scores = list(fuse_ranks(given).values())
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-9 for score in scores)
    assert set(fuse_ranks(given)) == {name for ranking in given for name in ranking}
