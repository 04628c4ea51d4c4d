"""How many events does a server take in a second, does a kill lose any, and how fast are a million read for learning?

A real server in a process of its own, over a shop that has a million events already; batches of 1,000 events, each in
Google's retail schema and with what a real one has: a visitor, a time, one product or some, a token on every third.
The server is killed by SIGKILL while it takes them, and what it had acknowledged is looked for in the file.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
from machine import write_result

from shoplens.catalog.store import Catalog
from shoplens.events.event_database import EventDatabase
from shoplens.events.event_store import EventStore
from shoplens.events.reading import read_events
from shoplens.settings import SETTINGS_FILE, write_setting

PROMISED_EVENTS_PER_SECOND = 5_000
PROMISED_SECONDS_PER_MILLION_READ = 10.0
BATCH = 1_000
SENDERS = 2
KINDS = ["detail-page-view"] * 16 + ["search", "category-page-view", "add-to-cart", "purchase-complete"]
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def bodies(first: int, count: int, products: int) -> Iterator[tuple[list[str], list[dict[str, object]]]]:
    """Batches as a shop sends them: visitors who come, stay a while and go, in the order of time."""
    chance = random.Random(first)
    for batch in range(first, first + count):
        names = [f"{batch}-{row}" for row in range(BATCH)]
        events: list[dict[str, object]] = []
        for row, name in enumerate(names):
            kind = chance.choice(KINDS)
            basket = chance.randint(1, 4) if kind == "purchase-complete" else 1
            event: dict[str, object] = {
                "eventId": name,
                "eventType": kind,
                "visitorId": f"visitor-{batch * 100 + chance.randrange(2_000)}",
                "eventTime": (START + dt.timedelta(seconds=batch * 20 + row / 50)).isoformat(),
                "productDetails": [
                    {"product": {"id": f"SKU-{int(products * chance.random() ** 2):06d}"}, "quantity": 1}
                    for _ in range(basket)
                ],
            }
            if chance.random() < 0.33:
                event["attributionToken"] = f"{batch * 20_000 + row * 20:012x}{chance.getrandbits(80):020x}"
            events.append(event)
        yield names, events


def fill(folder: Path, batches: int, products: int) -> float:
    """Store events without the server and return the CPU seconds of it."""
    with Catalog.open(folder) as catalog:
        store = EventStore(EventDatabase(catalog))
        spent = 0.0
        for _, events in bodies(0, batches, products):
            started = time.process_time()
            intake = store.add_rows(read_events(list(events)))
            spent += time.process_time() - started
            assert intake.accepted == BATCH, intake.reasons()
    return spent


class Server:
    """`shoplens serve` over the shop."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(folder), "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        assert self.process.stdout is not None
        found = re.search(rb"http://\S+:\d+/", self.process.stdout.readline())
        assert found is not None, "the server did not start"
        self.address = found.group().decode()

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def send(
    address: str,
    batches: list[tuple[list[str], bytes]],
    acknowledged: list[str],
    then: Callable[[], None] = lambda: None,
) -> float:
    """Send batches from several clients at once and return the seconds it took; a killed server ends it.

    `then` is called after each acknowledgement, while the other clients wait for theirs.
    """
    waiting = iter(batches)
    lock = threading.Lock()

    def work() -> None:
        with suppress(httpx.HTTPError), httpx.Client(base_url=address, timeout=60) as client:
            while True:
                with lock:
                    names, body = next(waiting, ([], b""))
                if not names:
                    return
                headers = {"Content-Type": "application/json"}
                answer = client.post("/v1/events", content=body, headers=headers)
                assert answer.json()["accepted"] == BATCH, answer.text[:500]
                acknowledged.extend(names)
                then()

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def encoded(first: int, count: int, products: int) -> list[tuple[list[str], bytes]]:
    return [(names, json.dumps(events).encode()) for names, events in bodies(first, count, products)]


def killed(folder: Path, first: int, products: int, after: int) -> tuple[int, int]:
    """Kill the server while it takes events; return how many it acknowledged and how many of these are missing.

    It is killed once it acknowledged `after` batches, a moment later each time, while it works on others.
    """
    acknowledged: list[str] = []
    server = Server(folder)
    batches = encoded(first, after + 40, products)

    def maybe_kill() -> None:
        if len(acknowledged) >= after * BATCH:
            time.sleep(random.Random(first).random() * 0.05)
            server.process.send_signal(signal.SIGKILL)

    send(server.address, batches, acknowledged, maybe_kill)
    server.kill()
    with Catalog.open(folder) as catalog, EventDatabase(catalog).reading() as connection:
        found = connection.exec_driver_sql("SELECT id FROM events WHERE id >= '2'")
        stored = {name for (name,) in found}
    return len(acknowledged), len(set(acknowledged) - stored)


def read(folder: Path) -> tuple[int, float, float]:
    """Return the rows of the log, and the CPU seconds of reading all of it and then what one batch added."""
    with Catalog.open(folder) as catalog:
        store = EventStore(EventDatabase(catalog))
        started = time.process_time()
        rows = len(store.log().products)
        whole = time.process_time() - started
        _, events = next(bodies(900_000, 1, 1_000))
        store.add_rows(read_events(list(events)))
        started = time.process_time()
        store.log()
        return rows, whole, time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", type=int, default=1_000, help="batches that the shop has already")
    parser.add_argument("--batches", type=int, default=200, help="batches that are timed")
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=5)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="shoplens-events-"))
    try:
        write_setting(folder / SETTINGS_FILE, "model", "none")
        Catalog.open(folder, create=True).close()
        filled = fill(folder, options.before, options.products)
        server = Server(folder)
        try:
            acknowledged: list[str] = []
            batches = encoded(100_000, options.batches, options.products)
            before = server.cpu_seconds()
            took = send(server.address, batches, acknowledged)
            spent = server.cpu_seconds() - before
        finally:
            server.kill()
        assert len(acknowledged) == options.batches * BATCH
        losses = [killed(folder, 200_000 + 1_000 * turn, options.products, 2 + turn) for turn in range(options.kills)]
        rows, whole, added = read(folder)
        size = (folder / "catalog.db").stat().st_size
    finally:
        shutil.rmtree(folder)
    rate, million = len(acknowledged) / took, rows / 1e6
    write_result(
        "event_intake",
        "Events: intake, kills, reading",
        [
            f"A shop with {options.before * BATCH:,} events and {options.products:,} products; {SENDERS} clients on "
            f"the same machine, batches of {BATCH:,}. Peak memory of this script: "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.",
            "",
            "| what | measured |",
            "|---|---|",
            f"| events a second over HTTP | {rate:,.0f} |",
            f"| CPU of the server for 1,000 events | {spent / options.batches * 1000:.0f} ms |",
            f"| CPU of the store alone for 1,000 events | {filled / options.before * 1000:.0f} ms |",
            f"| events acknowledged before {options.kills} kills | {sum(sent for sent, _ in losses):,} |",
            f"| of these lost | {sum(lost for _, lost in losses)} |",
            f"| reading {million:.2f} million rows as columns, CPU | {whole:.1f} s |",
            f"| again after one more batch, CPU | {added:.2f} s |",
            f"| bytes on disk for each of these rows, indexes included | {size / (rows or 1):.0f} |",
        ],
    )
    assert all(sent > 0 for sent, _ in losses), losses
    assert sum(lost for _, lost in losses) == 0, f"acknowledged and lost: {losses}"
    assert whole / million < PROMISED_SECONDS_PER_MILLION_READ, f"{whole:.1f} s for {million:.2f} million rows"
    assert rate >= PROMISED_EVENTS_PER_SECOND, f"{rate:,.0f} events a second, promised {PROMISED_EVENTS_PER_SECOND:,}"


if __name__ == "__main__":
    main()
