"""Feeds from their addresses: a real server that gives them, and a real one that asks for them again and again."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import Mock

import httpx
import pytest

from shoplens.catalog.feed_addresses import moment
from shoplens.errors import BadInput, DownloadError, NotFound, StoreError, UnknownName
from shoplens.feeds import fetch_feed
from shoplens.feeds.download import Request
from shoplens.serving.app import make_app
from shoplens.serving.feed_clock import FeedClock
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.looking import flaws, sticks_out
from tests.serving.studio.test_studio_api import ended, jpeg

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

HEAD = "id,title,image_link,price,availability\n"
AT = "/v1/studio/feeds"


class Vendor:
    """A server whose feed, version and answer a test sets; `asked` are the versions that it was asked with."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.etag = '"1"'
        self.status = 200
        self.asked: list[str | None] = []
        vendor = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                photo = self.path.startswith("/photos/")
                known = self.headers["If-None-Match"]
                if not photo:
                    vendor.asked.append(known)
                same = known == ('"photo"' if photo else vendor.etag)
                body = jpeg(seed=7) if photo else (HEAD + "\n".join(vendor.rows)).encode()
                status = 304 if same else 200 if photo else vendor.status
                self.send_response(status)
                self.send_header("ETag", '"photo"' if photo else vendor.etag)
                self.send_header("Content-Length", "0" if status == 304 else str(len(body)))
                self.end_headers()
                if status != 304:
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.at = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.url = f"{self.at}/feeds/goods.csv?token=secret"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def sells(self, *names: str) -> None:
        self.rows = [f"{name},Thing {name},{self.at}/photos/{name}.jpg,5.00 EUR,in_stock" for name in names]


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    made = Vendor()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def empty_shop(tmp_path: Path) -> Iterator[Shop]:
    (tmp_path / "shop").mkdir()
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "model", "none")
    write_setting(tmp_path / "shop" / SETTINGS_FILE, "allow_private_urls", True)
    with Shop.open(tmp_path / "shop", create=True) as shop:
        yield shop


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def make_due(shop: Shop, number: int) -> None:
    shop.catalog.feed_addresses.change(number, next_at=moment(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)))


class TestPython:
    def test_a_feed_is_imported_and_an_unchanged_one_costs_nothing(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.sells("A", "B")
        feed = empty_shop.feeds.add(vendor.url, every=dt.timedelta(hours=6))
        assert [one.id for one in empty_shop.feeds.due()] == [feed.id]
        first = empty_shop.feeds.run(feed.id)
        assert first.summary is not None
        assert first.summary.rows["added"] == 2
        assert empty_shop.feeds.due() == []
        assert empty_shop.feeds.run(feed.id).summary is None
        assert vendor.asked == [None, '"1"']
        # The address may hold a secret: lists of imports show it without its query.
        assert [one.source for one in empty_shop.catalog.imports()] == [f"{vendor.at}/feeds/goods.csv"]
        vendor.etag = '"2"'
        vendor.sells("A", "B", "C")
        third = empty_shop.feeds.run(feed.id)
        assert third.summary is not None
        assert third.summary.rows == {**third.summary.rows, "added": 1, "unchanged": 2}
        assert list((empty_shop.folder / "feeds").iterdir()) == []

    def test_what_a_killed_import_left_is_cleared_a_day_later(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.sells("A")
        feed = empty_shop.feeds.add(vendor.url)
        left, fresh = (empty_shop.folder / "feeds" / f"fetched-{name}" for name in ("left", "fresh"))
        for folder in (left, fresh):
            folder.mkdir(parents=True)
            (folder / "goods.csv").write_text("half")
        os.utime(left, (time.time() - 90_000,) * 2)
        empty_shop.feeds.run(feed.id)
        assert list((empty_shop.folder / "feeds").iterdir()) == [fresh]

    def test_sync_retires_what_the_feed_no_longer_has(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.sells("A", "B", "C")
        feed = empty_shop.feeds.add(vendor.url, sync=True)
        empty_shop.feeds.run(feed.id)
        vendor.sells("A", "B")
        vendor.etag = '"2"'
        empty_shop.feeds.run(feed.id)
        assert empty_shop.catalog.product_ids() == ["A", "B"]

    def test_a_failure_keeps_its_reason_and_is_tried_later_and_later(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.status = 404
        feed = empty_shop.feeds.add(vendor.url, every=dt.timedelta(hours=1))
        waits = []
        for _ in range(4):
            before = dt.datetime.now(dt.UTC)
            with pytest.raises(DownloadError, match="404"):
                empty_shop.feeds.run(feed.id)
            seen = empty_shop.feeds.one(feed.id)
            waits.append(round((dt.datetime.fromisoformat(seen.next_at) - before).total_seconds() / 60))
        assert waits == [15, 30, 60, 60]
        assert (seen.failures, seen.problem_code, seen.read_at) == (4, "url_status_404", "")
        vendor.status = 200
        vendor.sells("A")
        assert empty_shop.feeds.run(feed.id).feed.problem == ""
        assert empty_shop.feeds.one(feed.id).failures == 0

    def test_private_addresses_are_refused_as_in_imports(self, tmp_path: Path, vendor: Vendor) -> None:
        with Shop.open(tmp_path / "careful", create=True) as careful:
            feed = careful.feeds.add(vendor.url)
            with pytest.raises(DownloadError) as refused:
                careful.feeds.run(feed.id)
            assert refused.value.code == "url_forbidden_address"
            assert careful.feeds.one(feed.id).problem_code == "url_forbidden_address"
        assert vendor.asked == []

    @pytest.mark.parametrize(
        "url",
        ["ftp://shop.example/a.csv", "file:///etc/passwd", "shop.example", "http://", "http://a b/c", "http://[/"],
    )
    def test_what_is_no_address_is_not_kept(self, empty_shop: Shop, url: str) -> None:
        with pytest.raises(BadInput, match="no address of a feed"):
            empty_shop.feeds.add(url)
        with pytest.raises(BadInput, match="user name"):
            empty_shop.feeds.add("https://me:pass@shop.example/feed.csv")
        assert empty_shop.feeds.all() == []

    def test_changes_pauses_and_removals(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.sells("A")
        feed = empty_shop.feeds.add(vendor.url)
        empty_shop.feeds.run(feed.id)
        with pytest.raises(BadInput, match="already"):
            empty_shop.feeds.add(vendor.url)
        with pytest.raises(BadInput, match="five minutes"):
            empty_shop.feeds.change(feed.id, every=dt.timedelta(seconds=10))
        with pytest.raises(UnknownName):
            empty_shop.feeds.change(feed.id, origin="nobody")
        assert empty_shop.feeds.change(feed.id, every=dt.timedelta(hours=2)).every_s == 7200
        assert empty_shop.feeds.due() == []
        # What is read in another way is read in full, and at once.
        changed = empty_shop.feeds.change(feed.id, mapping={"title": "id"})
        assert (changed.etag, empty_shop.feeds.due()) == ("", [changed])
        assert empty_shop.feeds.change(feed.id, paused=True).paused
        assert empty_shop.feeds.due() == []
        empty_shop.feeds.remove(feed.id)
        with pytest.raises(NotFound):
            empty_shop.feeds.one(feed.id)
        assert empty_shop.catalog.product("A").title == "Thing A"

    @pytest.mark.parametrize("status", [200, 500])
    def test_what_is_changed_while_it_is_read_is_read_anew(
        self, empty_shop: Shop, vendor: Vendor, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vendor.sells("A")
        vendor.status = status
        feed = empty_shop.feeds.add(vendor.url)
        fetched = fetch_feed.fetch_feed

        def changed_meanwhile(request: Request, folder: Path, *, allow_private: bool) -> object:
            empty_shop.feeds.change(feed.id, mapping={"title": "id"})
            return fetched(request, folder, allow_private=allow_private)

        monkeypatch.setattr(fetch_feed, "fetch_feed", changed_meanwhile)
        with contextlib.suppress(DownloadError):
            empty_shop.feeds.run(feed.id)
        monkeypatch.undo()
        after = empty_shop.feeds.one(feed.id)
        assert (after.etag, after.failures, empty_shop.feeds.due()) == ("", 0, [after])
        vendor.status = 200
        empty_shop.feeds.run(feed.id)
        assert empty_shop.catalog.product("A").title == "A"


class TestClock:
    def test_it_goes_on_whatever_happens(
        self, empty_shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        clock = make_app(empty_shop).state.feed_clock
        for error in (StoreError("It is busy.", code="store_busy"), RuntimeError("a mistake")):
            monkeypatch.setattr(empty_shop.feeds, "due", Mock(side_effect=error))
            clock.tick()  # raises nothing
        assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]
        monkeypatch.undo()
        started = Mock()
        monkeypatch.setattr(clock, "start", started)
        feed = empty_shop.feeds.add("https://shop.example/feed.csv")
        clock.tick()
        started.assert_called_once_with(feed.id)

    def test_a_server_imports_again_and_again_and_after_a_restart(
        self, empty_shop: Shop, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("shoplens.shop_feeds.SHORTEST", dt.timedelta(seconds=1))
        vendor.sells("A")
        for _ in range(2):
            app = make_app(empty_shop)
            app.state.feed_clock = FeedClock(empty_shop, app.state.jobs, every_s=0.05)
            with serving(app) as at:
                if not empty_shop.feeds.all():
                    body = {"url": vendor.url, "every_s": 300}
                    number = httpx.post(f"{at}{AT}", json=body).json()["id"]
                    empty_shop.feeds.change(number, every=dt.timedelta(seconds=1))
                seen = len(vendor.asked)
                until(lambda: len(vendor.asked) >= seen + 2)  # noqa: B023 - called at once
        assert empty_shop.catalog.product_ids() == ["A"]

    def test_no_two_imports_run_at_once(self, empty_shop: Shop, vendor: Vendor) -> None:
        vendor.sells("A")
        app = make_app(empty_shop)
        clock, jobs = app.state.feed_clock, app.state.jobs
        first, second = empty_shop.feeds.add(vendor.url), empty_shop.feeds.add(f"{vendor.at}/other.csv")
        release = threading.Event()
        busy = jobs.start("import", "by hand", lambda _: {"waited": release.wait(30)})
        clock.tick()
        assert [job.id for job in jobs.all()] == [busy.id]
        with pytest.raises(BadInput):
            clock.start(second.id)
        release.set()
        for number in (first.id, second.id):
            until(lambda: all(job.state != "running" for job in jobs.all()))
            clock.tick()
            assert jobs.all()[0].title.startswith(vendor.at), number
        until(lambda: jobs.all()[0].state == "done")
        assert [one.failures for one in empty_shop.feeds.all()] == [0, 0]


class TestHttp:
    def test_looked_at_kept_run_and_removed(self, own_shop: Shop, client: httpx.Client, vendor: Vendor) -> None:
        vendor.sells("NEW")
        refused = client.post("/v1/studio/sources/address", json={"url": vendor.url})
        assert refused.json()["code"] == "url_forbidden_address"
        own_shop.settings = replace(own_shop.settings, allow_private_urls=True)
        feed = client.post(AT, json={"url": vendor.url, "every_s": 3600}).json()
        job = ended(client, client.post(f"{AT}/{feed['id']}/run").json())
        assert (job["state"], job["result"]["rows"]["added"], job["result"]["unchanged"]) == ("done", 1, False)
        job = ended(client, client.post(f"{AT}/{feed['id']}/run").json())
        assert (job["state"], job["result"]["unchanged"]) == ("done", True)
        paused = client.patch(f"{AT}/{feed['id']}", json={"paused": True}).json()
        assert paused["paused"]
        assert client.patch(f"{AT}/{feed['id']}", json={}).json() == paused
        assert client.patch(f"{AT}/{feed['id']}", json={"every_s": 1}).status_code == 422
        assert client.delete(f"{AT}/{feed['id']}").status_code == 200
        assert client.get(AT).json() == []
        assert client.delete(f"{AT}/{feed['id']}").status_code == 404


@pytest.mark.browser
def test_a_merchant_gives_an_address_looks_and_lets_it_be_imported_daily(
    open_studio: OpenPage, own_shop: Shop, vendor: Vendor
) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")
    own_shop.settings = replace(own_shop.settings, allow_private_urls=True)
    vendor.sells("WEB-1")
    page = open_studio("#/import")
    page.get_by_label("Address of a feed").fill(vendor.url)
    page.get_by_role("button", name="Look").click()
    sync_api.expect(page.get_by_role("cell", name="Thing WEB-1")).to_be_visible()
    page.get_by_label("Import again").select_option(label="Every 6 hours")
    page.get_by_role("button", name="Import", exact=True).click()
    sync_api.expect(page.get_by_role("heading", name="Imported", exact=True)).to_be_visible()
    line = page.locator(".feed", has_text="goods.csv")
    sync_api.expect(line).to_contain_text("Every 6 hours")
    line.get_by_role("button", name="Pause").click()
    sync_api.expect(line).to_contain_text("Paused")
    assert own_shop.feeds.all()[0].paused
    vendor.status = 404
    vendor.etag = '"2"'
    line.get_by_role("button", name="Import now").click()
    sync_api.expect(line).to_contain_text("The server answered 404")
    assert flaws(page) == []
    assert sticks_out(page) <= 0
    line.get_by_role("button", name="Change").click()
    page.get_by_role("dialog").get_by_label("Import again").select_option(label="Every day")
    page.get_by_role("button", name="Save").click()
    sync_api.expect(line).to_contain_text("Every day")
    line.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    sync_api.expect(line).to_have_count(0)
    assert own_shop.catalog.product("WEB-1").title == "Thing WEB-1"
