"""How long does a photo search over HTTP take in a shop of 10,000 photos? One client, sixteen, and too many.

A real server in a process of its own (`shoplens serve`), real JPEG uploads of about 60 kB that are not in the shop, and
clients in a third process (`http_load.py`) on the same machine. "CPU ms" is what the server's process used, its own
threads and system calls included, for each answer; it hardly depends on what else the machine does. At overload three
times as many clients as the server works on at once ask without a pause: what is too much is told to come back (429
with Retry-After), and what is taken is answered.

`http_search.py FOLDER` makes the shop in FOLDER at the first run (`large_shop.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from large_shop import large_shop, shopper_photos
from machine import write_result

from shoplens.serving.guard import GuardSettings

BYTES, CROWD = 60_000, 16
MEDIAN_MS, LAST_MS, RATE = 20.0, 60.0, 120.0


@dataclass
class Phase:
    name: str
    told: dict[str, Any]
    cpu_ms: float

    @property
    def times(self) -> list[float]:
        return sorted(self.told["times"])

    @property
    def answered(self) -> int:
        return len(self.told["times"])

    @property
    def rate(self) -> float:
        return self.answered / float(self.told["seconds"])

    @property
    def refused(self) -> int:
        return int(self.told["statuses"].get("429", 0))

    @property
    def errors(self) -> int:
        return sum(self.told["statuses"].values()) - self.answered - self.refused

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def last(self) -> float:
        return self.times[min(self.answered - 1, int(self.answered * 0.99))]

    def row(self) -> str:
        counts = f"{self.answered} | {self.refused} | {self.errors}"
        own = self.told["own_seconds"] / max(1, sum(self.told["statuses"].values())) * 1000
        times = f"{self.median:.1f} | {self.last:.1f} | {self.rate:.0f} | {self.cpu_ms:.1f} | {own:.1f}"
        return f"| {self.name} | {counts} | {times} |"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def used_cpu(pid: int) -> float:
    """Return the seconds of processor that a process used, in its own code and the kernel's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def phase(name: str, url: str, pid: int, photos: Path, clients: int, seconds: float) -> Phase:
    load = [sys.executable, str(Path(__file__).with_name("http_load.py")), url, str(photos)]
    before = used_cpu(pid)
    done = subprocess.run(
        [*load, "--clients", str(clients), "--seconds", str(seconds)], check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    assert told["times"], f"{name}: nothing was answered, {told['statuses']}"
    spent = (used_cpu(pid) - before) / len(told["times"]) * 1000
    assert not told["empty"], f"{name}: {told['empty']} answers were empty"
    assert not told["without_retry"], f"{name}: {told['without_retry']} refusals without Retry-After"
    found = Phase(name, told, spent)
    print(found.row(), flush=True)
    return found


def serve(shop: Path) -> tuple[subprocess.Popen[bytes], str]:
    port = free_port()
    command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(shop), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            httpx.get(f"{url}/ready", timeout=30).raise_for_status()
            return server, url
        except httpx.HTTPError:
            time.sleep(0.2)
    server.terminate()
    raise TimeoutError("the server did not start")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the shop is, or is made")
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each of the three parts")
    parser.add_argument("--trial", action="store_true", help="print, write no result and claim no times")
    options = parser.parse_args()
    shop = large_shop(options.folder, options.photos)
    at_once = GuardSettings().uploads_at_once
    with tempfile.TemporaryDirectory() as name:
        photos = shopper_photos(options.folder, BYTES)
        for number, photo in enumerate(photos):
            Path(name, f"{number:02d}.jpg").write_bytes(photo)
        server, url = serve(shop)
        try:
            held = httpx.get(f"{url}/ready", timeout=30).json()["photos"]
            phase("to get warm", url, server.pid, Path(name), 2, min(3.0, options.seconds))
            alone = phase("1", url, server.pid, Path(name), 1, options.seconds)
            crowd = phase(str(CROWD), url, server.pid, Path(name), CROWD, options.seconds)
            flood = phase(str(3 * at_once), url, server.pid, Path(name), 3 * at_once, options.seconds)
            memory = memory_mb(server.pid)
        finally:
            server.terminate()
            server.wait(20)
    size = statistics.median(len(photo) for photo in photos) / 1000
    lines = [
        f"{held:,} photos in the index, drawn and altered; queries: {len(photos)} JPEGs of 1,000 pixels, {size:.0f} kB "
        f"at the median. Server and clients share the machine; the server has {at_once} uploads at work at most.",
        "",
        "| clients | answered | told to come back | errors | median ms | 99 % ms | answers/s | CPU ms | client's |",
        "|---|---|---|---|---|---|---|---|---|",
        *(part.row() for part in (alone, crowd, flood)),
        "",
        f"Memory of the server at the end: {memory:.0f} MB.",
    ]
    if not options.trial:
        write_result("http_search", "Photo search over HTTP", lines)
    fails = [f"{part.errors} errors with {part.name} clients" for part in (alone, crowd, flood) if part.errors]
    fails += [f"{part.refused} refused with {part.name} clients" for part in (alone, crowd) if part.refused]
    if not flood.refused:
        fails.append(f"{flood.name} clients and nobody was told to come back")
    if not options.trial:
        fails += [f"median {alone.median:.1f} ms"] if alone.median > MEDIAN_MS else []
        fails += [f"99 % within {alone.last:.1f} ms"] if alone.last > LAST_MS else []
        fails += [f"{crowd.rate:.0f} answers a second"] if crowd.rate < RATE else []
    if fails:
        sys.exit("\n".join(fails))


if __name__ == "__main__":
    main()
