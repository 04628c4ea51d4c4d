"""What is kept of visitors: erased everywhere, pruned by age, and brought up from older versions of the tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shoplens.catalog.schema import migrate
from shoplens.catalog.store import Catalog
from shoplens.events.attribution import Attribution
from shoplens.events.event_database import EventDatabase, microseconds
from shoplens.events.event_store import EventStore
from shoplens.events.retention import prune
from shoplens.events.schema import MIGRATIONS, answers, event_products, events, product_ids, visitors
from shoplens.events.visitor_data import Erased, erase_visitor, export_visitor
from shoplens.recommend.listing_events import ListingEvents
from shoplens.records import Event, EventLog, EventProduct, Shown

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[EventDatabase]:
    with Catalog.open(tmp_path, create=True) as catalog:
        yield EventDatabase(catalog)


def act(visitor: str, *products: str, days: float = 1.0, kind: str = "detail-page-view", token: str = "") -> Event:
    moment = NOW - dt.timedelta(days=days)
    return Event("", kind, visitor, moment, tuple(EventProduct(name) for name in products), token=token)


def rows(database: EventDatabase) -> dict[str, int]:
    with database.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (events, event_products, visitors, product_ids, answers)
        }


def as_set(log: EventLog) -> set[tuple[str, str, int, int, int]]:
    """The log without its numbering."""
    names = [log.product_ids[code] for code in log.products]
    columns = (log.types.tolist(), log.times.tolist(), log.quantities.tolist(), log.events.tolist())
    return set(zip(names, *columns, strict=True))


def test_an_erased_visitor_is_in_no_table_and_in_no_file(database: EventDatabase, tmp_path: Path) -> None:
    store, attribution = EventStore(database), Attribution(database)
    asked = attribution.token(Shown("for-you", ("shown-to-ann",), visitor="ann", context={"mood": "mood-of-ann"}))
    led = attribution.token(Shown("search", ("clicked-by-ann",)))
    of_bob = attribution.token(Shown("search", ("clicked-by-bob",), visitor="bob"))
    attribution.flush()
    store.add([act("ann", "clicked-by-ann", token=led), act("ann", "both"), act("bob", "both", token=of_bob)])
    assert erase_visitor(database, "ann") == Erased(events=2, answers=2)
    assert rows(database) == {
        "events": 1,
        "event_products": 1,
        "event_visitors": 1,
        "event_product_ids": 1,
        "event_answers": 1,
    }
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    gone = (asked, led, database.visitor_key("ann"), "shown-to-ann", "clicked-by-ann", "mood-of-ann")
    assert [secret for secret in gone if secret.encode() in on_disk] == []
    assert of_bob.encode() in on_disk
    assert [rates.placement for rates in attribution.rates()] == ["search"]
    assert store.log().product_ids == ("both",)
    assert export_visitor(database, "ann") == {"visitorId": "ann", "userEvents": [], "answers": []}
    attribution.close()


def test_the_export_holds_the_answers_too(database: EventDatabase) -> None:
    store, attribution = EventStore(database), Attribution(database)
    asked = attribution.token(Shown("for-you", ("a", "b"), "ladder", "x", (0.5, 1.0), "ann", {"age": 3}))
    led = attribution.token(Shown("search", ("c",), "base"))
    attribution.token(Shown("search", ("d",), "base", visitor="bob"))
    attribution.flush()
    store.add([act("ann", "c", token=led)])
    exported = export_visitor(database, "ann")
    first, second = exported["answers"]
    assert first.pop("time") <= second.pop("time")
    assert first == {
        "attributionToken": asked,
        "placement": "for-you",
        "model": "ladder",
        "experiment": "x",
        "products": ["a", "b"],
        "propensities": [0.5, 1.0],
        "context": {"age": 3},
        "sought": "",
        "noMatch": False,
    }
    assert (second["attributionToken"], second["products"]) == (led, ["c"])
    assert [event["attributionToken"] for event in exported["userEvents"]] == [led]
    attribution.close()


def test_what_is_learned_is_learned_without_the_erased(database: EventDatabase) -> None:
    store = EventStore(database)
    store.add([act("ann", "a"), act("bob", "b"), act("ann", "b", kind="purchase-complete")])
    assert store.log().product_ids == ("a", "b")
    erase_visitor(database, "ann")
    # another visitor may get the number of the one who went
    store.add([act("cleo", "c")])
    log = store.log()
    assert log.product_ids == ("b", "c")
    assert len(np.unique(log.visitors)) == 2


def test_pruning_deletes_what_is_old_and_nothing_else(database: EventDatabase) -> None:
    store, attribution = EventStore(database), Attribution(database)
    attribution.token(Shown("search", ("a",)))
    attribution.flush()
    store.add([act("ann", "old", days=400), act("ann", "new", days=10), act("bob", "old", "older", days=500)])
    assert prune(database, NOW - dt.timedelta(days=365)) == Erased(events=2, answers=0)
    assert store.log().product_ids == ("new",)
    assert rows(database) == {
        "events": 1,
        "event_products": 1,
        "event_visitors": 1,
        "event_product_ids": 1,
        "event_answers": 1,
    }
    assert prune(database, NOW - dt.timedelta(days=365)) == Erased(0, 0)
    assert prune(database, NOW + dt.timedelta(days=1)) == Erased(1, 1)
    assert set(rows(database).values()) == {0}
    attribution.close()


def test_what_is_too_old_is_refused_and_left_out_though_it_was_not_pruned_yet(database: EventDatabase) -> None:
    EventStore(database).add([act("ann", "old", days=400), act("ann", "new", days=10)])
    keeping = EventStore(database, keep=dt.timedelta(days=365))
    assert [event.products[0].id for event in keeping.history("ann")] == ["new"]
    assert keeping.log().product_ids == ("new",)
    intake = keeping.add([act("ann", "older", days=366), act("ann", "late", days=364)])
    assert (intake.accepted, [each.code for each in intake.rejected]) == (1, ["time_too_old"])


def test_the_tables_of_the_first_version_come_up_with_all_that_they_hold(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        migrate(catalog.engine, "events", MIGRATIONS[:1])
        with catalog.engine.begin() as connection:
            for number, (visitor, kind) in enumerate(
                (("v1", "search"), ("v2", "purchase-complete"), ("v1", "like")), 1
            ):
                connection.exec_driver_sql(
                    f"INSERT INTO events VALUES ({number}, 'id{number}', '{kind}', '{visitor}', {number}, 's', 't')"
                )
            connection.exec_driver_sql(
                "INSERT INTO event_products VALUES (2, 0, 'b', 3), (2, 1, 'a', 1), (3, 0, 'a', 1)"
            )
            # the id that the first version gave an event of this content
            old = Event("", "search", "ann", dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
            salt = bytes.fromhex(connection.exec_driver_sql("SELECT salt FROM event_state").scalar_one())
            key = hmac.new(salt, b"ann", hashlib.sha256).hexdigest()[:32]
            content = json.dumps(["search", key, microseconds(old.time), "", "", []])
            name = "content-" + hashlib.sha256(content.encode()).hexdigest()[:32]
            connection.exec_driver_sql(
                f"INSERT INTO events VALUES (4, '{name}', 'search', '{key}', {microseconds(old.time)}, '', '')"
            )
            connection.exec_driver_sql("UPDATE event_state SET sequence = 4, revision = 2")
        database = EventDatabase(catalog)
        store = EventStore(database)
        assert store.counts() == {"search": 2, "purchase-complete": 1, "like": 1}
        assert store.add([old]).repeated == 1
        log = store.log()
        assert as_set(log) == {
            ("b", "purchase-complete", 2, 3, 2),
            ("a", "purchase-complete", 2, 1, 2),
            ("a", "like", 3, 1, 3),
        }
        assert store.visitors() == 3
        assert store.add([act("ann", "a")]).accepted == 1
        assert store.log().events.max() == 5


def test_events_of_a_product_that_comes_later_count_once_it_is_there(database: EventDatabase) -> None:
    store = EventStore(database)
    store.add([act("ann", "late-product"), act("bob", "late-product", "never")])
    before = ListingEvents.build(store.log(), {}, 1)
    after = ListingEvents.build(store.log(), {"late-product": 0}, 1)
    assert before.trend.sum() == 0
    assert after.trend.sum() > 0


batches = st.lists(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 500)), max_size=6), min_size=1, max_size=5
)


@settings(max_examples=30, deadline=None)
@given(batches, st.sampled_from(["", "0", "1"]))
def test_the_log_read_piece_by_piece_is_the_log_read_at_once(
    tmp_path_factory: pytest.TempPathFactory, arriving: list[list[tuple[int, int, int]]], erased: str
) -> None:
    with Catalog.open(tmp_path_factory.mktemp("log"), create=True) as catalog:
        database = EventDatabase(catalog)
        follower = EventStore(database)
        for number, batch in enumerate(arriving):
            EventStore(database).add(
                [act(str(visitor), f"p{product}", "q", days=minute / 1440) for visitor, product, minute in batch]
            )
            if number == 1 and erased:
                erase_visitor(database, erased)
            known = follower.log()
            fresh = EventStore(database).log()
            for name in EventLog.__dataclass_fields__:
                assert np.array_equal(getattr(known, name), getattr(fresh, name)), name


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=12, unique=True), st.randoms())
def test_visits_do_not_depend_on_the_order_of_arrival(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[int], random: object
) -> None:
    with Catalog.open(tmp_path_factory.mktemp("visits"), create=True) as catalog:
        store = EventStore(EventDatabase(catalog))
        shuffled = random.sample(minutes, len(minutes))  # type: ignore[attr-defined]
        for minute in shuffled:
            store.add([Event("", "like", "ann", NOW - dt.timedelta(minutes=minute), (EventProduct(str(minute)),))])
        visits = [[int(event.products[0].id) for event in visit] for visit in store.sessions("ann")]
        expected: list[list[int]] = []
        for minute in sorted(minutes, reverse=True):
            if expected and expected[-1][-1] - minute <= 30:
                expected[-1].append(minute)
            else:
                expected.append([minute])
        assert visits == expected
        assert len(np.unique(store.log().sessions)) == len(expected)
