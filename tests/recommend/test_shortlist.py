"""A large shop answers as it would if every product were compared by its whole look."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.recommend import brief_looks, shortlist
from shoplens.recommend.candidates import Candidates
from shoplens.recommend.history import History
from shoplens.recommend.on_sale import OnSale
from shoplens.recommend.ranking import best_rows, rough_bar
from shoplens.recommend.request import Request, signals
from shoplens.recommend.shop_view import ShopView
from shoplens.recommend.similar import Similar
from shoplens.records import Price, Product

COUNT, DIM, GROUPS = 7_000, 96, 40
KINDS = ("Shirts", "Jeans", "Sneakers", "Hats")


@pytest.fixture(scope="module")
def large() -> ShopView:
    """Forty categories whose looks lie around points of their own, more of them than a short look has numbers."""
    rng = np.random.default_rng(7)
    groups = rng.integers(GROUPS, size=COUNT)
    vectors = rng.standard_normal((GROUPS, DIM), np.float32)[groups] + rng.standard_normal((COUNT, DIM), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    colors = ("red", "blue", "black", "beige")
    made = [
        Product(
            id=f"p{row}",
            title=f"Product {row}",
            category=f"Branch {group} > {KINDS[group % 4]}",
            price=Price(Decimal(int(rng.integers(10, 200))), "EUR"),
            sale_price=Price(Decimal(9), "EUR") if row % 5 == 0 else None,
            availability="out_of_stock" if row % 20 == 0 else "in_stock",
            attributes={"color": colors[int(rng.integers(4))]},
        )
        for row, group in enumerate(groups.tolist())
    ]
    return ShopView.build(made, {f"p{row}": vector for row, vector in enumerate(vectors)})


@pytest.mark.parametrize("made_by", [Similar, History, OnSale])
def test_the_shortlist_costs_no_answer(
    large: ShopView, made_by: type[Similar | History | OnSale], monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(8)
    drawn = [[f"p{row}" for row in rng.integers(COUNT, size=3)] for _ in range(20)]
    asked = [Request(seeds=tuple(ids[:2]), viewed=signals(ids), limit=10) for ids in drawn]
    assert large.brief.axes is not None
    short = [[match.product.id for match in made_by(large).recommend(request)] for request in asked]
    monkeypatch.setattr(shortlist, "WHOLE", COUNT)
    monkeypatch.setitem(vars(large), "brief", brief_looks.BriefLooks(large.vectors))
    whole = [[match.product.id for match in made_by(large).recommend(request)] for request in asked]
    kept = sum(len(set(one) & set(other)) for one, other in zip(short, whole, strict=True))
    assert sum(map(len, whole)) >= 2 * len(asked)
    assert kept >= 0.99 * sum(map(len, whole))


@given(st.lists(st.integers(0, 20), min_size=1, max_size=500), st.integers(1, 40))
def test_a_rough_bar_lets_enough_through(values: list[int], count: int) -> None:
    found = np.array(values, dtype=np.float32)
    assert np.count_nonzero(found >= rough_bar(found, count)) >= min(count, len(values))


def test_the_best_rows_are_those_of_a_full_sort(large: ShopView) -> None:
    scores = np.random.default_rng(9).integers(0, 300, COUNT).astype(np.float32) / 300  # with ties
    among = Candidates.of(large, Request(limit=1))
    order = np.lexsort((np.arange(COUNT), -scores, among.tier))
    for count in (1, 12, 500, COUNT):
        assert best_rows(large, scores, among, count).tolist() == order[:count].tolist()


def test_how_products_of_a_pool_pair_is_how_each_pairs_with_the_others(large: ShopView) -> None:
    pool = np.random.default_rng(10).integers(COUNT, size=30)
    assert (large.table.pairings(pool) == [large.table.pairing(int(row), pool) for row in pool]).all()
