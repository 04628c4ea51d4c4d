"""Tokens, logged answers, and the rates that come of them: every number is planted."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event, update

from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput
from shoplens.events.attribution import Attribution
from shoplens.events.event_database import EventDatabase, microseconds
from shoplens.events.event_store import EventStore
from shoplens.events.schema import answers
from shoplens.events.searches import read_searches
from shoplens.records import Event, EventProduct, Product, Shown

NOW = dt.datetime.now(dt.UTC)
CLICK, CART, BUY = "detail-page-view", "add-to-cart", "purchase-complete"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EventDatabase]:
    with Catalog.open(tmp_path, create=True) as catalog:
        yield EventDatabase(catalog)


@pytest.fixture
def attribution(database: EventDatabase) -> Iterator[Attribution]:
    opened = Attribution(database)
    yield opened
    opened.close()


def act(token: str, kind: str, *products: str, visitor: str = "ann", minutes: float = 0.0) -> Event:
    moment = NOW + dt.timedelta(minutes=minutes)
    return Event("", kind, visitor, moment, tuple(EventProduct(name) for name in products), token=token)


def test_rates_are_the_planted_ones_whatever_the_order_and_the_repeats(
    database: EventDatabase, attribution: Attribution
) -> None:
    chance = random.Random(7)
    store = EventStore(database)
    planted: dict[tuple[str, str, str], list[int]] = {}
    events: list[Event] = []
    for number in range(300):
        key = (chance.choice(["search", "similar"]), chance.choice(["base", "other"]), chance.choice(["", "b"]))
        products = tuple(f"p{chance.randrange(50)}-{place}" for place in range(chance.randint(1, 6)))
        token = attribution.token(Shown(key[0], products, key[1], key[2]))
        counts = planted.setdefault(key, [0, 0, 0, 0, 0, 0])
        counts[0] += 1
        counts[2] += len(products)
        clicked = {name for name in products if chance.random() < 0.4}
        counts[1] += bool(clicked)
        for name in clicked:
            counts[3] += 1
            # one click long before the answer, by a clock that is wrong, and the same click again
            click = act(token, CLICK, name, visitor=f"v{number}", minutes=-900)
            events += [click, click, replace(click, time=NOW)]
            if chance.random() < 0.5:
                counts[4] += 1
                events.append(act(token, CART, name, visitor=f"v{number}"))
            if chance.random() < 0.5:
                counts[5] += 1
                # an order of what was shown and of what was not
                events.append(act(token, BUY, name, "never-shown", visitor=f"v{number}"))
        events.append(act("", CLICK, products[0], visitor=f"v{number}"))
        events.append(act("a-foreign-token", BUY, products[0], visitor=f"v{number}"))
        events.append(act(token, "remove-from-cart", products[0], visitor=f"v{number}"))
    chance.shuffle(events)
    for start in range(0, len(events), 97):
        store.add(events[start : start + 97])
        store.add(events[start : start + 5])
    found = {
        (r.placement, r.model, r.experiment): [r.answers, r.answers_clicked, r.shown, r.clicked, r.carted, r.bought]
        for r in attribution.rates()
    }
    assert found == planted
    assert list(found) == sorted(planted)
    one = attribution.rates()[0]
    assert one.click_rate == one.clicked / one.shown
    assert one.answer_click_rate == one.answers_clicked / one.answers
    assert attribution.rates(since=NOW + dt.timedelta(days=1)) == []


def test_events_may_come_before_the_answer_is_written(database: EventDatabase, attribution: Attribution) -> None:
    token = attribution.token(Shown("search", ("a", "b")))
    EventStore(database).add([act(token, CLICK, "b")])
    (rates,) = attribution.rates()
    assert (rates.shown, rates.clicked) == (2, 1)


def test_the_sample_leaves_the_rates_true(database: EventDatabase) -> None:
    sampling = Attribution(database, share=0.25)
    tokens = [sampling.token(Shown("search", ("a", "b"))) for _ in range(4_000)]
    # every second answer is clicked once
    EventStore(database).add([act(token, CLICK, "a", visitor=token) for token in tokens[::2]])
    (rates,) = sampling.rates()
    sampling.close()
    assert len(set(tokens)) == 4_000
    # four standard deviations of a binomial: 1000 +- 110 answers; a rate of 0.25 +- 0.032
    assert abs(rates.answers - 1_000) < 110
    assert abs(rates.click_rate - 0.25) < 0.032


def test_a_sample_of_nothing_logs_only_what_was_chosen_by_chance(database: EventDatabase) -> None:
    none = Attribution(database, share=0.0)
    none.token(Shown("search", ("a",)))
    none.token(Shown("for-you", ("a", "b"), propensities=(0.5, 0.1)))
    log = none.log()
    none.close()
    assert log.placements == ("for-you",)
    assert log.propensities.tolist() == [0.5, 0.1]


def test_the_log_has_one_row_for_each_place(database: EventDatabase, attribution: Attribution) -> None:
    first = attribution.token(Shown("for-you", ("a", "b"), "ladder", "x", (0.25, 1.0), "ann", {"age": [1, 2.5]}))
    attribution.token(Shown("search", ("b", "c", "d"), "base"))
    EventStore(database).add([act(first, CLICK, "b"), act(first, BUY, "a", "b"), act(first, CART, "c")])
    log = attribution.log()
    assert [log.product_ids[code] for code in log.products] == ["a", "b", "b", "c", "d"]
    assert log.answers.tolist() == [0, 0, 1, 1, 1]
    assert log.positions.tolist() == [0, 1, 0, 1, 2]
    assert log.propensities.tolist() == [0.25, 1, 1, 1, 1]
    assert log.clicked.tolist() == [False, True, False, False, False]
    assert log.bought.tolist() == [True, True, False, False, False]
    assert not log.carted.any()
    assert (log.placements, log.models, log.experiments) == (("for-you", "search"), ("ladder", "base"), ("x", ""))
    assert log.contexts == ({"age": [1, 2.5]}, {})
    assert log.times.dtype == np.int64
    assert attribution.log(placement="search").placements == ("search",)
    assert len(attribution.log(placement="none").products) == 0


@pytest.mark.parametrize("chances", [(0.5,), (0.5, 0.0), (0.5, 1.1), (0.5, float("nan"))])
def test_propensities_that_do_not_fit_are_refused(attribution: Attribution, chances: tuple[float, ...]) -> None:
    with pytest.raises(BadInput):
        attribution.token(Shown("for-you", ("a", "b"), propensities=chances))


def test_what_waits_is_written_in_the_background_and_at_the_end(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        first = Attribution(EventDatabase(catalog))
        first.token(Shown("search", ("a",)))
        first.close()
        other = Attribution(EventDatabase(catalog))
        assert [rates.answers for rates in other.rates()] == [1]
        other.close()


def test_a_variant_counts_as_the_listing_that_was_shown(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            for name, group in (("RED-S", "SHIRT"), ("RED-M", "SHIRT"), ("BLUE-S", "SHIRT"), ("MUG", "")):
                batch.put_product(Product(id=name, title=name, group=group))
        opened = Attribution(EventDatabase(catalog))
        token = opened.token(Shown("search", ("RED-S", "MUG")))
        store = EventStore(EventDatabase(catalog))
        store.add([act(token, CLICK, "SHIRT"), act(token, CART, "RED-S"), act(token, BUY, "RED-M", "BLUE-S", "HAT")])
        (rates,) = opened.rates()
        assert (rates.clicked, rates.carted, rates.bought) == (1, 1, 1)
        log = opened.log()
        opened.close()
        assert log.bought.tolist() == [True, False]


def test_searches_are_counted_by_day_and_kind_with_those_that_showed_nothing(
    database: EventDatabase, attribution: Attribution
) -> None:
    for sought, products, missed, times in (
        ("words", ("a",), False, 5),
        ("words", (), True, 3),
        ("photo", ("a", "b"), True, 2),
        ("photo", ("a", "b"), False, 1),
    ):
        for _ in range(times):
            attribution.token(Shown("search", products, sought=sought, no_match=missed))
    attribution.token(Shown("similar", ("a",)))
    attribution.token(Shown("search-words", ()))  # nothing was asked
    found = attribution.searches()
    assert [(line.sought, line.searches, line.no_match, line.logged) for line in found] == [
        ("photo", 3, 2, 3),
        ("words", 8, 3, 8),
    ]
    assert {line.day for line in found} <= {NOW.date(), NOW.date() + dt.timedelta(days=1)}
    assert found[1].no_match_rate == 3 / 8
    low, high = found[1].no_match_interval
    assert low < 3 / 8 < high
    assert attribution.searches(NOW + dt.timedelta(days=1)) == []
    # what showed nothing is no part of rates and impressions
    assert {line.placement: line.answers for line in attribution.rates()} == {"search": 8, "similar": 1}
    assert len(attribution.log().placements) == 9


def test_a_day_is_one_of_the_clock_that_is_asked_for(database: EventDatabase, attribution: Attribution) -> None:
    attribution.token(Shown("search", ("a",), sought="photo"))
    attribution.flush()
    late = dt.datetime(2026, 3, 1, 18, 30, tzinfo=dt.UTC)
    with database.writing() as connection:
        connection.execute(update(answers).values(time_us=microseconds(late)))
    assert [line.day for line in attribution.searches()] == [dt.date(2026, 3, 1)]
    assert [line.day for line in attribution.searches(offset=dt.timedelta(hours=8))] == [dt.date(2026, 3, 2)]
    assert [line.day for line in attribution.searches(late, dt.timedelta(hours=-19))] == [dt.date(2026, 2, 28)]


def test_of_a_sample_the_numbers_of_all_searches_are_told(database: EventDatabase) -> None:
    for share, times in ((0.25, 4_000), (1.0, 500)):  # the setting was changed in between
        logging = Attribution(database, share=share)
        for number in range(times):
            logging.token(Shown("search-words", (), sought="words", no_match=number % 2 == 0))
        logging.close()
    (line,) = Attribution(database).searches()
    # 1000 +- 110 of the sampled ones are logged: four standard deviations of a binomial, each stands for four
    assert abs(line.logged - 1_500) < 110
    assert abs(line.searches - 4_500) < 440
    assert abs(line.no_match_rate - 0.5) < 0.07


def test_the_days_are_counted_by_an_index_that_holds_all_they_need(database: EventDatabase) -> None:
    plans: list[str] = []
    with database.reading() as connection:

        @event.listens_for(connection.engine, "before_cursor_execute")
        def explain(_: object, cursor: sqlite3.Cursor, statement: str, parameters: tuple[int], *__: object) -> None:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

        read_searches(connection, 1, dt.timedelta())
    assert any("COVERING INDEX event_answers_searches" in plan for plan in plans), plans
