"""The ladder climbs where shoppers know better than looks, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shoplens.recommend.ease import Ease
from shoplens.recommend.ladder import LadderLimits, PlacementReport, climb
from shoplens.recommend.listing_events import DAY_US, ListingEvents
from shoplens.recommend.offline_questions import offline_questions
from shoplens.recommend.placement import PLACEMENTS
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import EventLog
from tests.recommend.checkerboard import listing, looks, product_id, products

LIMITS = LadderLimits(sessions=20, histories=20, questions=20, asked=60)


def sessions(trips: list[list[str]], kind: str) -> EventLog:
    """One visitor and visit for each trip, in order of time, its events a minute apart."""
    names = tuple(sorted({name for trip in trips for name in trip}))
    numbers = np.repeat(np.arange(len(trips)), [len(trip) for trip in trips])
    steps = np.concatenate([np.arange(len(trip)) for trip in trips])
    return EventLog(
        product_ids=names,
        products=np.array([names.index(name) for trip in trips for name in trip], dtype=np.int32),
        types=np.full(len(numbers), kind),
        events=np.arange(len(numbers)),
        visitors=numbers,
        sessions=numbers,
        times=numbers * DAY_US // 4 + steps * 60_000_000,
        quantities=np.ones(len(numbers), dtype=np.int64),
    )


def reports(log: EventLog | None) -> dict[str, PlacementReport]:
    view = ShopView.build(products(), looks(), log=log)
    return {report.placement: report for report in climb(view, LIMITS)}


def crossed(count: int, seed: int = 0) -> list[list[str]]:
    """Trips that follow a secret which no look tells: from style and kind, one certain other style and kind."""
    rng = np.random.default_rng(seed)
    kinds = ["shirt", "jeans", "shoe", "lamp"]
    trips = []
    for _ in range(count):
        kind, style = int(rng.integers(4)), int(rng.integers(4))
        trips.append(
            [product_id(kinds[(kind + step) % 4], (style + 2 * step) % 4, int(rng.integers(2))) for step in range(3)]
        )
    return trips


def test_without_events_every_placement_stays_at_its_lowest_rung() -> None:
    found = reports(None)
    assert set(found) == {name for name, place in PLACEMENTS.items() if place.evidence}
    assert all(report.rung == PLACEMENTS[name].lowest for name, report in found.items())
    assert all(report.questions == 0 for report in found.values())
    assert "wanted" in found["similar"].rungs[1].verdict


def test_what_only_shoppers_know_is_worth_a_rung_and_the_report_says_how_much() -> None:
    found = reports(sessions(crossed(300), "detail-page-view"))
    similar = found["similar"]
    assert similar.rung == "session"
    visual, session, _ = similar.rungs
    assert visual.recall is not None
    assert session.recall is not None
    assert session.gain is not None
    assert session.low is not None
    assert session.gain == pytest.approx(session.recall - visual.recall)
    assert session.low > 0
    assert found["for-you"].rung != "visual"
    assert found["on-sale-like-yours"] == replace(found["for-you"], placement="on-sale-like-yours", follows="for-you")
    assert found["goes-with"].rung == "visual", "views are no baskets"


def test_what_looks_tell_already_is_worth_no_rung() -> None:
    rng = np.random.default_rng(1)
    kinds = ["shirt", "jeans", "shoe", "lamp"]
    trips = []
    for _ in range(300):
        kind, style = kinds[int(rng.integers(4))], int(rng.integers(4))
        trips.append([product_id(kind, style, int(copy)) for copy in rng.permutation(2)])
    assert reports(sessions(trips, "detail-page-view"))["similar"].rung == "visual"


def test_noise_is_worth_no_rung() -> None:
    rng = np.random.default_rng(2)
    ids = [product.id for product in products() if product.availability == "in_stock"]
    trips = [[ids[int(at)] for at in rng.choice(len(ids), 3, replace=False)] for _ in range(300)]
    found = reports(sessions(trips, "purchase-complete"))
    assert found["bought-together"].rung == "session", "its lowest"
    assert found["bought-together"].rungs[-1].verdict.startswith("not surely better")


def test_too_little_data_is_said() -> None:
    found = reports(sessions(crossed(10), "detail-page-view"))["similar"]
    assert (found.rung, found.rungs[1].verdict) == ("visual", "20 wanted, 10 there")


def test_ease_solves_its_own_equations() -> None:
    """B is the ridge regression of each item on all others: checked one column at a time, without its closed form."""
    rng = np.random.default_rng(4)
    held = (rng.random((60, 7)) < 0.4).astype(np.float64)
    held[0] = 1.0
    who, what = np.nonzero(held)
    view = ShopView.build(products(), looks(), log=sessions([["shirt-0-0-M", "shoe-0-0-M"]] * 3, "detail-page-view"))
    model = Ease.fit(who, what, 7, view.events._by_sessions["viewed"], ridge=3.0)
    assert model.place_of.tolist() == list(range(7))
    for column in range(7):
        others = [item for item in range(7) if item != column]
        x, y = held[:, others], held[:, column]
        solved = np.linalg.solve(x.T @ x + 3.0 * np.eye(6), x.T @ y)
        np.testing.assert_allclose(model.weights[others, column], solved, atol=1e-4)


def test_what_the_model_does_not_cover_is_answered_by_the_sessions() -> None:
    trips = [["shirt-0-0-M", "shoe-0-0-M"]] * 30 + [["lamp-0-0-M", "jeans-0-0-M"]] * 30
    view = ShopView.build(products(), looks(), log=sessions(trips, "detail-page-view"))
    events: ListingEvents = view.events
    narrow = Ease.fit(events.visitors, events.codes, events.listings, events._by_sessions["viewed"], items=1)
    lamp, jeans = (int(view.listing_of[view.row(name)]) for name in ("lamp-0-0-M", "jeans-0-0-M"))
    scores, trust = narrow.scores([lamp], [1.0])
    assert int(np.argmax(scores)) == jeans
    assert 0.5 < trust < 1.0


def test_long_and_short_histories_count_alike() -> None:
    """The model is the formula's on the counts of a plain product of matrices, whatever way each history is counted."""
    rng = np.random.default_rng(4)
    met = rng.random((60, 50)) < np.linspace(0.02, 0.95, 60)[:, None]
    who, what = np.nonzero(met)
    sizes = met.sum(axis=1)
    assert sizes.min() < 5 < 40 < sizes.max()
    none = ListingEvents.build(None, {}, 50)
    made = Ease.fit(who, what, 50, none._by_sessions["viewed"], ridge=10.0)
    inverse = np.linalg.inv(met.T.astype(float) @ met + 10.0 * np.eye(50))
    expected = -inverse / np.diag(inverse)
    np.fill_diagonal(expected, 0.0)
    assert np.allclose(made.weights, expected, atol=1e-6)


def test_the_short_looks_of_a_large_shop_keep_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the limits lowered the checkerboard is a large shop; what stands first does not change."""
    from shoplens.recommend import brief_looks, shortlist
    from shoplens.recommend.history import History
    from shoplens.recommend.request import signals
    from shoplens.recommend.similar import Similar

    request = Request(seeds=(product_id("jeans", 2, 0),), viewed=signals(["shoe-1-0-M", "lamp-3-0-M"]), limit=4)
    whole = ShopView.build(products(), looks())
    plain = [[m.product.id for m in each(whole).recommend(request)] for each in (Similar, History)]
    monkeypatch.setattr(brief_looks, "WHOLE", 4)
    monkeypatch.setattr(brief_looks, "LENGTH", 6)
    monkeypatch.setattr(shortlist, "WHOLE", 4)
    monkeypatch.setattr(shortlist, "ALIKE", 10)
    large = ShopView.build(products(), looks())
    assert large.brief.vectors.shape == (48, 6)
    short = [[m.product.id for m in each(large).recommend(request)] for each in (Similar, History)]
    assert [ids[0] for ids in short] == [ids[0] for ids in plain]
    assert all(len(ids) == 4 for ids in short)
    assert listing("jeans", 2, 1) == large.products[large.row(short[0][0])].listing


def test_what_was_known_before_the_moment_is_never_asked_for() -> None:
    """Who met two things before it and meets one of them again after it has taken nothing new."""
    first, second, third = product_id("shirt", 0, 0), product_id("shoe", 1, 0), product_id("lamp", 2, 0)

    def hidden(trips: list[list[str]]) -> list[str]:
        log = sessions(trips, "detail-page-view")
        view = ShopView.build(products(), looks(), log=replace(log, visitors=np.zeros_like(log.visitors)))
        asked = offline_questions(view, PLACEMENTS["for-you"], int(log.times[2]), view.events.newest_us + 1, 10, seed=0)
        return [question.hidden for question in asked]

    assert hidden([[first, second], [first]]) == []
    assert hidden([[first, second], [first, third]]) == [listing("lamp", 2, 0)]
