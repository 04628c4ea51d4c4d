"""Counts against a slow count, and the log-likelihood ratio against its definition."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplens.recommend.co_occurrence import LARGEST_BASKET, SIGNIFICANT, CoOccurrence

SIZE = 6
baskets_of = st.lists(st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=6), max_size=15)


def counted(baskets: list[list[int]], size: int = SIZE) -> CoOccurrence:
    numbers = np.repeat(np.arange(len(baskets)), [len(basket) for basket in baskets])
    products = np.array([product for basket in baskets for product in basket], dtype=np.int64)
    return CoOccurrence.count(numbers, products, size)


@given(baskets_of)
def test_counts_are_those_of_a_slow_count(baskets: list[list[int]]) -> None:
    table = counted(baskets)
    sets = [list(dict.fromkeys(basket)) for basket in baskets]
    assert table.baskets == len(sets)
    for one in range(SIZE):
        assert table.totals[one] == sum(one in basket for basket in sets)
        others, counts = table.row(one)
        after = table.after[table.starts[one] : table.starts[one + 1]]
        found = {int(o): (int(c), int(a)) for o, c, a in zip(others, counts, after, strict=True)}
        expected: dict[int, tuple[int, int]] = {}
        for basket in sets:
            for first, second in permutations(basket, 2):
                if first == one:
                    count, later = expected.get(second, (0, 0))
                    expected[second] = (count + 1, later + (basket.index(second) > basket.index(first)))
        assert found == expected


@given(baskets_of)
def test_the_log_likelihood_ratio_is_dunnings(baskets: list[list[int]]) -> None:
    table = counted(baskets)
    for one in range(SIZE):
        others, counts = table.row(one)
        for other, both, g2 in zip(others, counts, table.significance(one), strict=True):
            cells = [both, table.totals[one] - both, table.totals[other] - both]
            cells.append(table.baskets - sum(cells))
            k = np.array(cells, dtype=float).reshape(2, 2)
            expected = np.outer(k.sum(axis=1), k.sum(axis=0)) / k.sum()
            exact = 2 * sum(c * math.log(c / e) for c, e in zip(k.ravel(), expected.ravel(), strict=True) if c > 0)
            sign = 1 if k[0, 0] >= expected[0, 0] else -1
            assert math.isclose(g2, sign * exact, abs_tol=1e-6)


def test_a_pair_by_chance_is_not_significant_and_a_planted_one_is() -> None:
    rng = np.random.default_rng(3)
    chance = [np.flatnonzero(rng.random(SIZE) < 0.2).tolist() for _ in range(600)]
    planted = [[0, 1]] * 100
    table = counted(chance + planted)
    others, _ = table.row(0)
    significance = dict(zip(others.tolist(), table.significance(0).tolist(), strict=True))
    assert significance[1] > SIGNIFICANT
    assert all(significance[other] < SIGNIFICANT for other in (2, 3, 4, 5))


def test_chances_go_from_the_average_to_the_own_baskets_and_know_the_order() -> None:
    table = counted([[0, 1]] * 10 + [[2]] * 30)
    assert np.isclose(table.chances([0], 1e9)[1], 10 / 40)
    assert table.chances([0], 0.01)[1] > 1.0 > table.chances([1], 0.01)[0]
    assert table.chances([0], 20.0)[0] == 0.0


@given(baskets_of, st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=4, unique=True))
def test_chances_beside_several_are_the_weighted_sum(baskets: list[list[int]], products: list[int]) -> None:
    table = counted(baskets)
    weights = [1.0 + place for place in range(len(products))]
    each = [weight * table.chances([one], 5.0) for one, weight in zip(products, weights, strict=True)]
    assert np.allclose(table.chances(products, 5.0, weights), np.sum(each, axis=0))


def test_a_basket_of_a_reseller_says_nothing() -> None:
    huge = list(range(LARGEST_BASKET + 1))
    table = counted([huge, [0, 1]], size=LARGEST_BASKET + 1)
    assert table.baskets == 1
    assert table.row(0)[0].tolist() == [1]
