"""Downloads from a real server on this machine that does everything a server should not do."""

from __future__ import annotations

import http.server
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from shoplens.feeds.download import Downloader, DownloadSettings, Failed, Fetched, NotModified, Request, Result
from shoplens.feeds.http_fetch import _retry_after

QUICK: dict[str, Any] = {
    "allow_private": True,
    "timeout_s": 0.4,
    "total_s": 3.0,
    "backoff_s": 0.01,
    "retries": 2,
    "max_bytes": 1000,
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: ClassVar[Counter[str]] = Counter()
    hosts: ClassVar[set[str]] = set()
    running = 0
    most_running = 0
    lock = threading.Lock()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        with self.lock:
            self.seen[path] += 1
            self.hosts.add(self.headers["Host"])
            Handler.running += 1
            Handler.most_running = max(Handler.most_running, Handler.running)
        try:
            getattr(self, "on_" + path.strip("/").replace("-", "_"))()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with self.lock:
                Handler.running -= 1

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def on_ok(self) -> None:
        time.sleep(0.02)
        self.send(200, b"photo", ETag='"v1"', Last_Modified="Mon, 05 Jan 2026 10:00:00 GMT", Content_Type="text/html")

    def on_conditional(self) -> None:
        same = self.headers["If-None-Match"] == '"v1"' or self.headers["If-Modified-Since"] == "yesterday"
        self.send(304) if same else self.on_ok()

    def on_always_304(self) -> None:
        self.send(304)

    def on_flaky(self) -> None:
        self.send(200, b"at last") if self.seen["/flaky"] > 2 else self.send(503)

    def on_busy(self) -> None:
        self.send(200, b"free") if self.seen["/busy"] > 1 else self.send(429, Retry_After="1")

    def on_broken(self) -> None:
        self.send(500)

    def on_gone(self) -> None:
        self.send(404)

    def on_slow(self) -> None:
        time.sleep(0.8)
        self.send(200, b"late")

    def on_trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(60):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)
        self.close_connection = True

    def on_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 500)

    def on_announced(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "99999999")
        self.end_headers()
        self.close_connection = True

    def on_cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "100")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def on_zipped(self) -> None:
        self.send(200, b"\x1f\x8b", Content_Encoding="gzip")

    def on_moved(self) -> None:
        self.send(302, Location="/ok?x=1#part")

    def on_loop(self) -> None:
        self.send(302, Location="/loop")

    def on_to_metadata(self) -> None:
        self.send(301, Location="http://169.254.169.254/latest/meta-data/")

    def on_to_file(self) -> None:
        self.send(301, Location="file:///etc/passwd")

    def on_to_user(self) -> None:
        self.send(307, Location=f"http://user:secret@127.0.0.1:{self.server.server_address[1]}/ok")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def quick() -> Iterator[Downloader]:
    with Downloader(DownloadSettings(**QUICK)) as downloader:
        yield downloader


def code(result: Result) -> str:
    assert isinstance(result, Failed), result
    assert "Received: " in result.message
    return result.code


def test_bytes_and_version_whatever_the_content_type(site: str, quick: Downloader) -> None:
    request = Request(f"{site}/ok")
    assert quick.fetch(request) == Fetched(request, b"photo", '"v1"', "Mon, 05 Jan 2026 10:00:00 GMT")


@pytest.mark.parametrize("version", [{"etag": '"v1"'}, {"last_modified": "yesterday"}])
def test_an_unchanged_photo_is_not_sent_again(site: str, quick: Downloader, version: dict[str, str]) -> None:
    request = Request(f"{site}/conditional", **version)
    assert quick.fetch(request) == NotModified(request)
    assert isinstance(quick.fetch(Request(f"{site}/conditional", etag='"v0"')), Fetched)


def test_a_version_that_cannot_be_sent_is_not_sent(site: str, quick: Downloader) -> None:
    for etag in ('"\xe9"', '"a\nb"'):
        assert isinstance(quick.fetch(Request(f"{site}/conditional", etag=etag)), Fetched)


def test_a_304_that_nobody_asked_for_is_a_failure(site: str, quick: Downloader) -> None:
    assert code(quick.fetch(Request(f"{site}/always-304"))) == "url_status_304"


def test_a_503_is_tried_again(site: str, quick: Downloader) -> None:
    result = quick.fetch(Request(f"{site}/flaky"))
    assert isinstance(result, Fetched)
    assert (result.data, Handler.seen["/flaky"]) == (b"at last", 3)


def test_retry_after_is_obeyed(site: str, quick: Downloader) -> None:
    start = time.monotonic()
    assert isinstance(quick.fetch(Request(f"{site}/busy")), Fetched)
    assert time.monotonic() - start >= 1.0


@pytest.mark.parametrize(
    ("path", "expected", "tries"),
    [
        ("/gone", "url_status_404", 1),
        ("/broken", "url_status_500", 3),
        ("/slow", "url_timeout", 3),
        ("/cut", "url_unreachable", 3),
        ("/endless", "url_too_large", 1),
        ("/announced", "url_too_large", 1),
        ("/zipped", "url_encoding", 1),
        ("/loop", "url_too_many_redirects", 6),
        ("/to-metadata", "url_forbidden_address", 1),
        ("/to-file", "url_scheme", 1),
        ("/to-user", "url_userinfo", 1),
    ],
)
def test_each_failure_has_its_code_and_its_number_of_tries(
    site: str, quick: Downloader, path: str, expected: str, tries: int
) -> None:
    assert code(quick.fetch(Request(site + path))) == expected
    assert Handler.seen[path] == tries


def test_a_server_that_trickles_is_left_after_the_total_time(site: str) -> None:
    with Downloader(DownloadSettings(**{**QUICK, "total_s": 0.7})) as downloader:
        start = time.monotonic()
        assert code(downloader.fetch(Request(f"{site}/trickle"))) == "url_timeout"
        assert time.monotonic() - start < 3.0


def test_redirects_are_followed_and_the_host_is_named(site: str, quick: Downloader) -> None:
    port = site.rpartition(":")[2]
    result = quick.fetch(Request(f"http://localhost:{port}/moved"))
    assert isinstance(result, Fetched)
    assert f"localhost:{port}" in Handler.hosts


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://i.example/a.jpg", "url_scheme"),
        ("file:///etc/passwd", "url_scheme"),
        ("a.jpg", "url_scheme"),
        ("http://", "url_invalid"),
        ("http://[::1", "url_invalid"),
        ("http://host:99999/", "url_invalid"),
        ("http://xn--/a.jpg", "url_invalid"),
        ("http://a..b/a.jpg", "url_invalid"),
        ("http://user@i.example/a.jpg", "url_userinfo"),
        ("http://nowhere.invalid/a.jpg", "url_unresolvable"),
    ],
)
def test_addresses_that_are_none(quick: Downloader, url: str, expected: str) -> None:
    assert code(quick.fetch(Request(url))) == expected


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_this_machine_is_not_reached_without_permission(site: str, host: str) -> None:
    before = Handler.seen.total()
    with Downloader(DownloadSettings(retries=0)) as downloader:
        assert code(downloader.fetch(Request(f"http://{host}:{site.rpartition(':')[2]}/ok"))) == "url_forbidden_address"
    assert Handler.seen.total() == before


def test_a_named_network_is_permission_for_itself_alone(site: str) -> None:
    port = site.rpartition(":")[2]
    with Downloader(DownloadSettings(allow_networks=("127.0.0.1/32",), retries=0)) as downloader:
        assert isinstance(downloader.fetch(Request(f"{site}/ok")), Fetched)
        assert code(downloader.fetch(Request(f"http://127.0.0.2:{port}/ok"))) == "url_forbidden_address"
    with pytest.raises(ValueError, match="network"):
        Downloader(DownloadSettings(allow_networks=("somewhere",)))


def test_one_forbidden_address_of_several_refuses_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    asked: list[str] = []

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list[Any]:
        if host != "two-faced.example":
            return real(host, port, *args, **kwargs)  # type: ignore[arg-type]
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("93.184.216.34", "10.0.0.1")
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Downloader(DownloadSettings(retries=0)) as downloader:
        result = downloader.fetch(Request("http://two-faced.example/a.jpg"))
    assert code(result) == "url_forbidden_address"
    assert "10.0.0.1 (private)" in result.message
    assert asked == ["two-faced.example"]


def test_the_connection_goes_to_the_address_that_was_checked(site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo
    answers = iter(["127.0.0.1", "169.254.169.254"])

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list[Any]:
        name = next(answers) if host == "rebinding.example" else host
        return real(name, port, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Downloader(DownloadSettings(**QUICK)) as downloader:
        result = downloader.fetch(Request(f"http://rebinding.example:{site.rpartition(':')[2]}/ok"))
    assert isinstance(result, Fetched)
    assert next(answers) == "169.254.169.254"


def test_tls_names_the_host_and_not_its_address(quick: Downloader) -> None:
    hello: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                hello.append(connection.recv(4096))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        result = quick.fetch(Request(f"https://localhost:{server.getsockname()[1]}/a.jpg"))
        thread.join()
    assert code(result) == "url_unreachable"
    assert all(b"localhost" in first and b"127.0.0.1" not in first for first in hello)


def test_a_closed_port(quick: Downloader) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert code(quick.fetch(Request(f"http://127.0.0.1:{port}/a.jpg"))) == "url_unreachable"


def test_many_at_a_time_within_the_limits(site: str) -> None:
    Handler.most_running = 0
    pulled = 0

    def requests() -> Iterator[Request]:
        nonlocal pulled
        for number in range(60):
            pulled += 1
            yield Request(f"{site}/ok?n={number}")

    with Downloader(DownloadSettings(**QUICK, concurrency=8, per_host=3)) as downloader:
        results = downloader.fetch_all(requests())
        first = next(results)
        assert pulled <= 16
        rest = list(results)
    assert {result.request.url for result in [first, *rest]} == {f"{site}/ok?n={number}" for number in range(60)}
    assert all(isinstance(result, Fetched) for result in [first, *rest])
    assert Handler.most_running == 3


def test_leaving_early_and_closing_twice(site: str) -> None:
    downloader = Downloader(DownloadSettings(**QUICK))
    results = downloader.fetch_all(Request(f"{site}/slow?{number}") for number in range(40))
    start = time.monotonic()
    next(results)
    results.close()
    downloader.close()
    downloader.close()
    assert time.monotonic() - start < 5.0


def test_httpx_is_imported_by_those_alone_who_download() -> None:
    program = "import sys, shoplens.feeds.download, shoplens.feeds.detect; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize("header", ["Mon, 01 Jan 99999999999 00:00:00 GMT", "soon", "-5", "\u0663", ""])
def test_a_hostile_retry_after_is_no_wish_at_all(header: str) -> None:
    assert _retry_after(header) is None
