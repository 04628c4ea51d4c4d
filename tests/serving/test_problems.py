"""What the server refuses, and how it says so."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from shoplens.errors import BadInput, IndexMismatch, NotFound, PhotoError, ShopLensError, StoreError
from shoplens.photos.encode import encode
from shoplens.serving.app import make_app
from shoplens.serving.guard import settings_for
from shoplens.serving.problems import status_of
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.drawn_shop import COLORS, photo

Served = Callable[..., httpx.Client]
PHOTO = encode(photo(COLORS["red"], "mug"), "jpeg")


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:shoplens:{code}")
    assert body["title"]
    assert body["detail"]
    assert_guarded(answer)


def assert_guarded(answer: httpx.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/products/nope/page", 404, "not_found"),
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/v1/shop", 405, "method_not_allowed"),
        ("GET", "/v1/search", 422, "invalid_request"),
        ("GET", "/v1/products?min_price=cheap", 400, "bad_input"),
        ("GET", "/v1/products?attribute=red", 400, "bad_input"),
        ("GET", "/v1/products?limit=201", 422, "invalid_request"),
        ("GET", "/v1/imports/9999", 404, "not_found"),
        ("POST", "/v1/events", 422, "invalid_request"),
    ],
)
def test_requests_that_cannot_be_answered(api: httpx.Client, method: str, path: str, status: int, code: str) -> None:
    assert_problem(api.request(method, path), status, code)


@pytest.mark.parametrize(
    ("kind", "body", "detail"),
    [
        (
            "application/json",
            b"{dry_run: true}",
            "body: The body is no JSON: Expecting property name enclosed in double quotes at character 2. "
            "Received: dry_run: true}. Names and texts stand in double quotes, "
            'as in {"products": ["P1"]}.',
        ),
        (
            "application/x-www-form-urlencoded",
            b"{}",
            'body: The body must be a JSON object. Send one, with the header "Content-Type: application/json".',
        ),
        (
            "application/json",
            b'{"\\ud800": 1}',
            "body.\ufffd\ufffd\ufffd: There is no field of that name. Received: \\ud800. "
            "Choose one of: code, dry_run, products, rules.",
        ),
    ],
)
def test_bodies_that_cannot_be_read(api: httpx.Client, kind: str, body: bytes, detail: str) -> None:
    answer = api.post("/v1/inspect/fix", content=body, headers={"Content-Type": kind})
    assert_problem(answer, 422, "invalid_request")
    assert answer.json()["detail"] == detail


def test_a_body_of_unknown_names_is_answered_shortly(api: httpx.Client) -> None:
    answer = api.post("/v1/inspect/fix", json={f"{number:05}{'x' * 1000}": 1 for number in range(1000)})
    assert_problem(answer, 422, "invalid_request")
    assert len(answer.content) < 20_000


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "photo_empty"),
        (b"<!doctype html>", 422, "photo_not_an_image"),
        (PHOTO[: len(PHOTO) // 2], 422, "photo_truncated"),
        (b"\xff" * (10 * 1024 * 1024 + 1), 413, "photo_too_large"),
    ],
)
def test_photos_that_cannot_be_read(api: httpx.Client, data: bytes, status: int, code: str) -> None:
    assert_problem(api.post("/v1/search", files={"photo": ("photo.jpg", data)}), status, code)


@pytest.mark.parametrize("box", ["0,0,0,0", "1,1,0,0", "0,0,2,2", "nan,0,1,1", "0,0,1", "a,b,c,d", "-1,0,1,1"])
def test_boxes_that_are_none(api: httpx.Client, box: str) -> None:
    assert_problem(api.post("/v1/search", files={"photo": PHOTO}, data={"box": box}), 400, "bad_input")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("x"), 404),
        (BadInput("x"), 400),
        (PhotoError("x"), 422),
        (PhotoError("x", code="photo_too_many_pixels"), 413),
        (IndexMismatch("x"), 409),
        (StoreError("x", code="store_busy"), 503),
        (StoreError("x", code="store_full"), 507),
        (ShopLensError("x"), 500),
    ],
)
def test_each_error_has_its_status(error: ShopLensError, status: int) -> None:
    assert status_of(error) == status


def test_what_goes_wrong_inside_stays_inside(shop: Shop) -> None:
    app = make_app(shop)

    @app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("a secret of the house")

    with serving(app) as at:
        answer = httpx.get(f"{at}/v1/broken")
    assert_problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


class TestKeys:
    @pytest.fixture
    def locked(self, served: Served) -> httpx.Client:
        return served(keys=settings_for("0.0.0.0", ["first", "second"]).keys)

    @pytest.mark.parametrize(
        "headers", [{}, {"X-API-Key": "third"}, {"Authorization": "Bearer x"}, {"Cookie": "shoplens_key=x"}]
    )
    def test_without_a_key_nothing_is_told(self, locked: httpx.Client, headers: dict[str, str]) -> None:
        assert_problem(locked.get("/v1/shop", headers=headers), 401, "key_required")

    @pytest.mark.parametrize("headers", [{"X-API-Key": "second"}, {"Authorization": "Bearer first"}])
    def test_with_a_key_it_is(self, locked: httpx.Client, headers: dict[str, str]) -> None:
        assert locked.get("/v1/shop", headers=headers).status_code == 200

    def test_a_browser_keeps_its_key_in_a_cookie(self, locked: httpx.Client) -> None:
        answer = locked.post("/v1/session", headers={"X-API-Key": "first"})
        assert answer.status_code == 204
        cookie = answer.headers["set-cookie"].lower()
        assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/v1"))
        assert locked.get("/v1/shop").status_code == 200

    def test_the_page_itself_and_its_health_need_none(self, locked: httpx.Client) -> None:
        assert [locked.get(path).status_code for path in ("/", "/web/app.js", "/health")] == [200, 200, 200]

    @pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "shop.example"])
    def test_a_server_beyond_the_loopback_must_have_one(self, host: str) -> None:
        with pytest.raises(BadInput, match="SHOPLENS_API_KEY"):
            settings_for(host, [])

    @pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.3.2.1"])
    def test_the_loopback_needs_none(self, host: str) -> None:
        assert host in settings_for(host, []).hosts


class TestStrangers:
    def test_another_name_for_the_loopback_is_refused(self, served: Served) -> None:
        client = served(hosts=settings_for("127.0.0.1", []).hosts)
        assert client.get("/v1/shop").status_code == 200
        assert_problem(client.get("/v1/shop", headers={"Host": "rebound.example"}), 403, "unknown_host")
        assert_problem(client.get("/v1/shop", headers={"Host": "["}), 403, "unknown_host")

    def test_pages_of_other_sites_cannot_write(self, api: httpx.Client) -> None:
        foreign = api.post("/v1/events", json=[], headers={"Origin": "https://elsewhere.example"})
        assert_problem(foreign, 403, "foreign_origin")
        assert_problem(api.post("/v1/events", json=[], headers={"Origin": "http://["}), 403, "foreign_origin")
        assert api.post("/v1/events", json=[], headers={"Origin": str(api.base_url).rstrip("/")}).status_code == 200

    def test_no_other_site_may_read(self, api: httpx.Client) -> None:
        answer = api.get("/v1/shop", headers={"Origin": "https://elsewhere.example"})
        assert "access-control-allow-origin" not in answer.headers


class TestSizes:
    def test_by_the_header(self, served: Served) -> None:
        answer = served(max_photo_bytes=1000).post("/v1/search", files={"photo": b"x" * 2000})
        assert_problem(answer, 413, "body_too_large")

    @pytest.mark.parametrize("path", ["/v1/search", "/v1/events", "/v1/inspect"])
    def test_by_the_stream_where_the_header_promises_nothing(self, served: Served, path: str) -> None:
        def endless() -> Iterator[bytes]:
            head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
            yield b"[" if path == "/v1/events" else head
            for _ in range(40):
                yield b"x" * 1000

        kind = "application/json" if path == "/v1/events" else "multipart/form-data; boundary=x"
        answer = served(max_photo_bytes=5000).post(path, content=endless(), headers={"Content-Type": kind})
        assert_problem(answer, 413, "body_too_large")

    def test_feeds_may_be_larger_than_photos(self, served: Served) -> None:
        answer = served(max_photo_bytes=1000).post("/v1/imports", files={"feed": ("feed.exe", b"x" * 2000)})
        assert_problem(answer, 400, "bad_input")


class TestOverload:
    def begun(self, client: httpx.Client, path: str = "/v1/search") -> socket.socket:
        """Open a connection whose request has promised more than it sent."""
        at = urlsplit(str(client.base_url))
        connection = socket.create_connection((at.hostname, at.port), timeout=10)
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
            "Content-Length: 500\r\n\r\n--x\r\n".encode()
        )
        return connection

    def test_one_too_many_is_told_to_come_back(self, served: Served) -> None:
        client = served(uploads_at_once=1)
        with self.begun(client):
            deadline = time.monotonic() + 60
            answer = client.post("/v1/search", files={"photo": PHOTO})
            while answer.status_code != 429 and time.monotonic() < deadline:
                answer = client.post("/v1/search", files={"photo": PHOTO})
        assert_problem(answer, 429, "overloaded")
        assert answer.headers["retry-after"] == "1"
        assert client.get("/health").status_code == 200

    def test_a_crowd_is_answered_or_told_to_come_back_and_nothing_else(self, served: Served) -> None:
        client = served(uploads_at_once=2)
        begin = threading.Barrier(12)

        def ask(_: int) -> list[httpx.Response]:
            with httpx.Client(base_url=client.base_url, timeout=60) as own:
                begin.wait()
                return [own.post("/v1/search", files={"photo": PHOTO}) for _ in range(4)]

        with ThreadPoolExecutor(12) as pool:
            answers = [answer for some in pool.map(ask, range(12)) for answer in some]
        assert {answer.status_code for answer in answers} == {200, 429}
        assert {answer.headers.get("retry-after") for answer in answers if answer.status_code == 429} == {"1"}
        assert client.post("/v1/search", files={"photo": PHOTO}).status_code == 200

    def test_a_body_that_stays_silent_is_given_up(self, served: Served) -> None:
        client = served(seconds_between_parts=0.2)
        with self.begun(client) as connection:
            assert b" 408 " in connection.recv(4096).split(b"\r\n")[0]
