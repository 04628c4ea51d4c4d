"""Clients that ask a server as fast as it answers, in a process of their own; one JSON line tells how it went.

Each client is a thread with one connection that stays open, and sends bodies that were made before. On 200 the answer
is read; on 429 the client waits as long as `Retry-After` says, if it is told to, and otherwise asks again at once.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit


def multipart(photo: bytes, limit: int) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="limit"\r\n\r\n{limit}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="query.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + photo + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Load:
    """What the clients share."""

    def __init__(self, url: str, photos: list[bytes], seconds: float, patient: bool) -> None:
        self.host = urlsplit(url).netloc
        self.bodies = [multipart(photo, 24) for photo in photos]
        self.seconds, self.patient = seconds, patient
        self.times: list[float] = []
        self.statuses: dict[str, int] = {}
        self.without_retry = 0
        self.empty = 0
        self._lock = threading.Lock()

    def client(self, number: int) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        end, turn = time.monotonic() + self.seconds, number
        while time.monotonic() < end:
            body, kind = self.bodies[turn % len(self.bodies)]
            turn += 1
            started = time.perf_counter()
            try:
                connection.request("POST", "/v1/search", body, {"Content-Type": kind})
                response = connection.getresponse()
                data, status = response.read(), str(response.status)
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                data, status, response = b"", type(error).__name__, None
            spent = (time.perf_counter() - started) * 1000
            with self._lock:
                self.statuses[status] = self.statuses.get(status, 0) + 1
                if status == "200":
                    self.times.append(spent)
                    self.empty += b'"results":[]' in data
                elif status == "429" and response is not None and not response.headers.get("Retry-After"):
                    self.without_retry += 1
            if status == "429" and self.patient and response is not None:
                time.sleep(float(response.headers.get("Retry-After", "1")))
        connection.close()

    def run(self, clients: int) -> dict[str, object]:
        threads = [threading.Thread(target=self.client, args=(number,)) for number in range(clients)]
        started, own = time.perf_counter(), time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return {
            "times": self.times,
            "statuses": self.statuses,
            "seconds": time.perf_counter() - started,
            "own_seconds": time.process_time() - own,
            "without_retry": self.without_retry,
            "empty": self.empty,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("photos", type=Path, help="a folder of JPEGs")
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--patient", action="store_true", help="wait for Retry-After")
    options = parser.parse_args()
    photos = [path.read_bytes() for path in sorted(options.photos.glob("*.jpg"))]
    json.dump(Load(options.url, photos, options.seconds, options.patient).run(options.clients), sys.stdout)


if __name__ == "__main__":
    main()
