"""How long does a photo search over HTTP take on the demonstration shop? One client, then sixteen.

A real server in a process of its own, real JPEG uploads of photos that are not in the shop, the clock at the client.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
from machine import write_result

PROMISED_MEDIAN_MS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(client: httpx.Client, photo: bytes) -> float:
    started = time.perf_counter()
    response = client.post("/v1/search", files={"photo": ("query.jpg", photo)}, data={"limit": "24"})
    response.raise_for_status()
    assert response.json()["results"], "a search on the demonstration shop found nothing"
    return (time.perf_counter() - started) * 1000


def together(url: str, photos: list[bytes], clients: int, rounds: int) -> tuple[list[float], float]:
    times: list[float] = []
    errors: list[Exception] = []

    def work(number: int) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            for turn in range(rounds):
                try:
                    times.append(ask(client, photos[(number + turn) % len(photos)]))
                except Exception as error:
                    errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    return times, len(times) / (time.perf_counter() - started)


def row(label: str, times: list[float], rate: float) -> str:
    last = sorted(times)[int(len(times) * 0.99)]
    return f"| {label} | {len(times)} | {statistics.median(times):.1f} | {last:.1f} | {rate:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that `shoplens demo --folder` made")
    folder = parser.parse_args().folder
    queries = sorted((folder / "source" / "queries").glob("*.jpg"))
    photos = [path.read_bytes() for path in queries]
    port = free_port()
    command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(folder / "shop"), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                ready = httpx.get(f"{url}/ready", timeout=30).json()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        with httpx.Client(base_url=url) as client:
            for photo in photos:
                ask(client, photo)
        alone, rate_alone = together(url, photos, 1, 300)
        crowd, rate_crowd = together(url, photos, 16, 40)
    finally:
        server.terminate()
        server.wait(10)
    size = statistics.median(len(photo) for photo in photos) / 1000
    write_result(
        "http_search",
        "Photo search over HTTP",
        [
            f"Demonstration shop, {json.dumps(ready['photos'])} photos in the index; queries: {len(photos)} JPEGs, "
            f"{size:.0f} kB at the median. Client and server share the machine.",
            "",
            "| clients | requests | median ms | 99 % ms | requests/s |",
            "|---|---|---|---|---|",
            row("1", alone, rate_alone),
            row("16", crowd, rate_crowd),
        ],
    )
    median = statistics.median(alone)
    assert median < PROMISED_MEDIAN_MS, f"the median is {median:.1f} ms, promised {PROMISED_MEDIAN_MS:.0f} ms"


if __name__ == "__main__":
    main()
