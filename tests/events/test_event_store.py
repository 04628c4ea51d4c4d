"""What the store promises: idempotent, durable, private."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shoplens.catalog.store import Catalog
from shoplens.events.event_database import EventDatabase
from shoplens.events.event_store import EventStore
from shoplens.events.reading import read_events
from shoplens.events.visitor_data import erase_visitor, export_visitor
from shoplens.records import Event, EventProduct

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def view(visitor: str, minutes: float, *products: str, kind: str = "detail-page-view", key: str = "") -> Event:
    moment = NOW - dt.timedelta(days=10) + dt.timedelta(minutes=minutes)
    return Event(key, kind, visitor, moment, tuple(EventProduct(name) for name in products or ("p",)))


def on_disk(folder: Path) -> bytes:
    """All bytes of the shop's files, journals included."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def key_of(store: EventStore, visitor: str) -> str:
    return store.database.visitor_key(visitor)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with Catalog.open(tmp_path, create=True) as catalog:
        yield EventStore(EventDatabase(catalog))


def test_a_repeated_delivery_changes_nothing(store: EventStore) -> None:
    batch = [view("ann", 0, "a"), view("ann", 1, "b", key="k1"), view("bob", 2, "a")]
    assert store.add(batch, now=NOW).accepted == 3
    before = store.revision()
    again = store.add([*batch, replace(batch[1], token="other")], now=NOW)
    assert (again.accepted, again.repeated, again.rejected) == (0, 4, ())
    assert store.revision() == before
    assert store.counts() == {"detail-page-view": 3}


def test_the_same_event_twice_in_one_batch_counts_once(store: EventStore) -> None:
    result = store.add([view("ann", 0), view("ann", 0), view("ann", 0.5)], now=NOW)
    assert (result.accepted, result.repeated) == (2, 1)


def test_late_and_out_of_order_events_come_back_in_order_of_time(store: EventStore) -> None:
    events = [view("ann", minute, f"p{minute}") for minute in range(20)]
    shuffled = random.Random(1).sample(events, k=20)
    for event in shuffled:
        store.add([event], now=NOW)
    assert [event.products[0].id for event in store.history("ann")] == [f"p{minute}" for minute in range(20)]
    assert [event.products[0].id for event in store.history("ann", limit=3)] == ["p17", "p18", "p19"]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (replace(view("ann", 0), type="jump"), "event_type_unknown"),
        (replace(view("ann", 0), visitor=""), "visitor_missing"),
        (replace(view("ann", 0), visitor="v" * 129), "id_too_long"),
        (replace(view("ann", 0), time=dt.datetime(2026, 1, 1)), "time_naive"),
        (replace(view("ann", 0), time=NOW + dt.timedelta(days=2)), "time_in_future"),
        (replace(view("ann", 0), products=()), "products_missing"),
        (replace(view("ann", 0), products=(EventProduct("a", 0),)), "products_malformed"),
        (replace(view("ann", 0), products=(EventProduct("a"),) * 1001), "too_many_products"),
    ],
)
def test_a_bad_event_is_refused_alone(store: EventStore, event: Event, code: str) -> None:
    result = store.add([view("bob", 0), event, view("bob", 1)], now=NOW)
    assert result.accepted == 2
    assert [(each.number, each.code) for each in result.rejected] == [(2, code)]


def test_a_search_needs_no_product(store: EventStore) -> None:
    assert store.add([replace(view("ann", 0), type="search", products=())], now=NOW).accepted == 1
    assert store.history("ann")[0].products == ()


def test_the_visitor_is_nowhere_on_disk(store: EventStore, tmp_path: Path) -> None:
    store.add([view("ann@example.org", 0)], now=NOW)
    assert b"ann@example.org" not in on_disk(tmp_path)
    assert key_of(store, "ann@example.org").encode() in on_disk(tmp_path)


def test_two_shops_hash_the_same_visitor_differently(store: EventStore, tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "other", create=True) as catalog:
        other = EventStore(EventDatabase(catalog))
        assert key_of(other, "ann") != key_of(store, "ann")
    with Catalog.open(tmp_path / "other") as catalog:
        assert EventDatabase(catalog).visitor_key("ann") == key_of(other, "ann")


def test_erase_really_erases(store: EventStore, tmp_path: Path) -> None:
    store.add([view("ann", minute, "secret-product", key=f"ann-event-{minute}") for minute in range(50)], now=NOW)
    store.add([view("bob", 0, "b")], now=NOW)
    before = store.revision()
    secrets = (key_of(store, "ann").encode(), b"ann-event-", b"secret-product")
    assert all(secret in on_disk(tmp_path) for secret in secrets)
    assert erase_visitor(store.database, "ann").events == 50
    assert store.history("ann") == []
    assert store.log().product_ids == ("b",)
    assert store.visitors() == 1
    assert store.revision() > before
    assert not any(secret in on_disk(tmp_path) for secret in secrets)
    assert erase_visitor(store.database, "ann").events == 0


def test_export_holds_everything_and_can_be_read_back(store: EventStore) -> None:
    store.add([view("ann", 0, "a", "b"), view("ann", 5, "a", kind="purchase-complete"), view("bob", 1)], now=NOW)
    exported = export_visitor(store.database, "ann")
    rows = read_events(exported["userEvents"])
    assert [row.event for row in rows] == store.history("ann")
    assert [event.visitor for event in store.history("ann")] == ["ann", "ann"]


def test_visits_end_after_thirty_idle_minutes(store: EventStore) -> None:
    store.add([view("ann", minute) for minute in (0, 30, 61, 75, 200)], now=NOW)
    assert [len(visit) for visit in store.sessions("ann")] == [2, 2, 1]


def test_the_log_has_one_row_for_each_product(store: EventStore) -> None:
    store.add([view("bob", 90, "x"), view("ann", 0, "x", "y"), view("bob", 10, "y"), view("bob", 15, "z")], now=NOW)
    log = store.log()
    assert log.product_ids == ("x", "y", "z")
    by_visitor = {}
    for row in range(len(log.products)):
        name = log.product_ids[log.products[row]]
        by_visitor.setdefault(int(log.visitors[row]), []).append((name, int(log.sessions[row])))
    ann, bob = sorted(by_visitor.values(), key=len)
    assert [name for name, _ in ann] == ["x", "y"]
    assert [name for name, _ in bob] == ["y", "z", "x"]
    assert bob[0][1] == bob[1][1] != bob[2][1]
    assert len({session for _, session in ann + bob}) == 3
    assert np.unique(log.events).size == 4
    assert len(store.log(since=NOW).products) == 0


def test_rows_of_a_file_keep_their_numbers_across_transactions(store: EventStore) -> None:
    good = {"type": "view", "visitor": "ann", "product": "a"}
    rows = [{**good, "time": 1_700_000_000 + n} for n in range(25)]
    rows[7] = {**good, "time": "never"}
    rows[21] = {**good, "time": 4_000_000_000}
    result = store.add_rows(read_events(list(rows)), size=10)
    assert result.accepted == 23
    assert [(each.number, each.code) for each in result.rejected] == [(8, "time_malformed"), (22, "time_in_future")]


WRITER = """
    import datetime as dt, sys
    from pathlib import Path
    from shoplens.catalog.store import Catalog
    from shoplens.events.event_database import EventDatabase
    from shoplens.events.event_store import EventStore
    from shoplens.records import Event, EventProduct

    store = EventStore(EventDatabase(Catalog.open(Path(sys.argv[1]), create=True)))
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for batch in range(10_000):
        events = [
            Event(f"{batch}-{n}", "purchase-complete", f"v{n}", start, (EventProduct("a"),))
            for n in range(20)
        ]
        assert store.add(events).accepted == 20
        print(batch, flush=True)
"""


def test_nothing_accepted_is_lost_to_a_kill(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(5)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split(b"\n") if line.strip().isdigit()]
    process.wait()
    process.stdout.close()
    with Catalog.open(tmp_path) as catalog:
        store = EventStore(EventDatabase(catalog))
        stored = store.counts()["purchase-complete"]
        assert stored % 20 == 0, "a batch is stored whole or not at all"
        assert stored >= 20 * len(acknowledged)
        assert len(store.log().products) == stored
