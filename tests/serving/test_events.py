"""Attribution and a shopper's data over HTTP: every answer has a token, and what comes back with it is counted."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from shoplens.catalog.store import Catalog
from shoplens.events.event_database import EventDatabase
from shoplens.events.event_store import EventStore
from shoplens.photos.encode import encode
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.serving.drawn_shop import photo


def act(kind: str, visitor: str, product: str, token: str) -> dict[str, Any]:
    return {
        "eventType": kind,
        "visitorId": visitor,
        "attributionToken": token,
        "productDetails": [{"product": {"id": product}}],
    }


def rates_of(api: httpx.Client, experiment: str) -> dict[str, dict[str, Any]]:
    lines = api.get("/v1/events/rates").json()
    return {line["placement"]: line for line in lines if line["experiment"] == experiment}


def answers_to(api: httpx.Client, who: dict[str, str]) -> dict[str, dict[str, Any]]:
    """One answer of each kind that has results."""
    upload = {"photo": ("mug.jpg", encode(photo((180, 40, 60), "mug"), "jpeg"), "image/jpeg")}
    found = {
        "search": api.post("/v1/search", files=upload, headers=who).json(),
        "search-objects": api.post("/v1/search/objects", files=upload, headers=who).json(),
        "search-words": api.get("/v1/search", params={"q": "mug"}, headers=who).json(),
    }
    found["search-objects"]["results"] = [r for group in found["search-objects"]["groups"] for r in group["results"]]
    return found


def test_every_search_is_counted_under_its_placement(api: httpx.Client) -> None:
    who = {"X-Visitor": "rates-visitor", "X-Experiment": "every-search"}
    found = answers_to(api, who)
    assert len({answer["token"] for answer in found.values()}) == len(found)
    for answer in found.values():
        first = answer["results"][0]["product"]["id"]
        click = act("detail-page-view", "rates-visitor", first, answer["token"])
        assert api.post("/v1/events", json=[click, click]).status_code == 200
    bought = act(
        "purchase-complete",
        "rates-visitor",
        found["search"]["results"][0]["product"]["id"],
        found["search"]["token"],
    )
    api.post("/v1/events", json=bought)
    rates = rates_of(api, "every-search")
    assert set(rates) == set(found)
    for placement, line in rates.items():
        shown = len(found[placement]["results"])
        assert (line["answers"], line["answers_clicked"], line["shown"], line["clicked"]) == (1, 1, shown, 1)
        assert line["click_rate"] == 1 / shown
        assert line["bought"] == (placement == "search")
        assert line["carted"] == 0
    tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).isoformat()
    assert api.get("/v1/events/rates", params={"since": tomorrow}).json() == []


def test_searches_are_counted_once_whatever_comes_beside_them(api: httpx.Client) -> None:
    def counted() -> dict[str, tuple[float, float]]:
        found: dict[str, tuple[float, float]] = {}
        for day in api.get("/v1/events/searches").json()["days"]:
            searches, missed = found.get(day["sought"], (0.0, 0.0))
            found[day["sought"]] = (searches + day["searches"], missed + day["no_match"])
        return found

    def more(sought: str) -> tuple[float, float]:
        (new, missed), (old, had) = (each.get(sought, (0.0, 0.0)) for each in (counted(), before))
        return new - old, missed - had

    before = counted()
    upload = {"photo": ("mug.jpg", encode(photo((180, 40, 60), "mug"), "jpeg"), "image/jpeg")}
    missed = api.post("/v1/search", files=upload).json()["no_match"]
    api.post("/v1/search", files=upload, data={"text": "in red"})
    api.post("/v1/search/objects", files=upload, data={"beside": "true"})
    api.post("/v1/search", data={"product": "MUG-RED"})
    assert api.get("/v1/search", params={"q": "mug"}).json()["results"]
    assert not api.get("/v1/search", params={"q": "zyzzyva"}).json()["results"]
    api.get("/v1/search", params={"q": " "})
    api.get("/v1/products/MUG-RED/similar")
    assert more("photo") == (1, missed)
    assert more("words") == (2, 1)
    assert (more("both")[0], more("products")[0]) == (1, 1)
    api.post("/v1/search/objects", files=upload)
    assert more("photo")[0] == 2
    assert api.get("/v1/events/searches").json()["log_answers"] == 1
    assert api.get("/v1/events/searches", params={"utc_offset_minutes": 1440}).status_code == 422
    assert api.get("/v1/events/rates", params={"since": "soon"}).status_code == 422


def test_a_visitor_is_given_out_and_erased(api: httpx.Client) -> None:
    who = {"X-Visitor": "a/visitor@example.org", "X-Experiment": "erased"}
    token = api.get("/v1/search", params={"q": "mug"}, headers=who).json()["token"]
    api.post("/v1/events", json=act("detail-page-view", who["X-Visitor"], "MUG-RED", token))
    kept = api.get("/v1/visitors/a%2Fvisitor%40example.org").json()
    assert [event["attributionToken"] for event in kept["userEvents"]] == [token]
    assert [answer["attributionToken"] for answer in kept["answers"]] == [token]
    assert "erased" in {line["experiment"] for line in api.get("/v1/events/rates").json()}
    assert api.delete("/v1/visitors/a%2Fvisitor%40example.org").json() == {"events": 1, "answers": 1}
    empty = {"visitorId": "a/visitor@example.org", "userEvents": [], "answers": []}
    assert api.get("/v1/visitors/a%2Fvisitor%40example.org").json() == empty
    assert "erased" not in {line["experiment"] for line in api.get("/v1/events/rates").json()}


def test_a_name_that_is_too_long_is_refused(api: httpx.Client) -> None:
    assert api.get("/v1/search", params={"q": "mug"}, headers={"X-Visitor": "v" * 129}).status_code == 422
    assert api.get("/v1/visitors/" + "v" * 129).status_code == 422


@pytest.mark.parametrize(
    "event",
    [
        {"eventType": "\ud800", "visitorId": "v"},
        {"eventType": "search", "visitorId": "\ud800"},
        {"eventType": "search", "visitorId": "v", "eventTime": "\ud800"},
        {"\ud800": 1},
    ],
)
def test_half_a_character_is_refused_in_words(api: httpx.Client, event: dict[str, Any]) -> None:
    body = json.dumps([event, act("search", "whole", "MUG-RED", "")])
    answer = api.post("/v1/events", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)
    assert answer.json()["rejected"][0]["number"] == 1
    alone = api.post("/v1/events", content=json.dumps("\ud800"), headers={"Content-Type": "application/json"})
    assert (alone.status_code, alone.json()["code"]) == (400, "events_unreadable")


def test_what_is_no_event_is_refused_by_its_number(api: httpx.Client) -> None:
    answer = api.post("/v1/events", json=[7, act("search", "numbered", "MUG-RED", ""), None, [1]]).json()
    assert answer["accepted"] == 1
    assert [(each["number"], each["code"]) for each in answer["rejected"]] == [
        (1, "event_malformed"),
        (3, "event_malformed"),
        (4, "event_malformed"),
    ]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A shop of its own, served by a process of its own."""
    write_setting(tmp_path / SETTINGS_FILE, "model", "none")
    Shop.open(tmp_path, create=True).close()
    command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    found = re.search(rb"http://\S+:\d+/", process.stdout.readline())
    assert found is not None
    yield process, found.group().decode()
    process.kill()
    process.wait()
    process.stdout.close()


def test_no_event_that_was_acknowledged_is_lost_when_the_server_is_killed(
    server: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, address = server
    size, enough = 200, threading.Semaphore(0)
    acknowledged: list[str] = []

    def send(sender: int) -> None:
        with suppress(httpx.HTTPError), httpx.Client(base_url=address, timeout=30) as api:
            for number in range(100_000):
                batch = [
                    {**act("detail-page-view", f"v{n}", "a", ""), "eventId": f"{sender}-{number}-{n}"}
                    for n in range(size)
                ]
                if api.post("/v1/events", json=batch).json()["accepted"] == size:
                    acknowledged.append(f"{sender}-{number}")
                    enough.release()

    senders = [threading.Thread(target=send, args=(sender,)) for sender in range(3)]
    for sender in senders:
        sender.start()
    for _ in range(12):
        assert enough.acquire(timeout=60)
    process.send_signal(signal.SIGKILL)
    for sender in senders:
        sender.join(60)
    with Catalog.open(tmp_path) as catalog:
        store = EventStore(EventDatabase(catalog))
        stored = [event.id for n in range(size) for event in store.history(f"v{n}", 100_000)]
    batches = {name.rpartition("-")[0] for name in stored}
    assert set(acknowledged) <= batches
    assert len(stored) == size * len(batches), "a batch is stored whole or not at all"
