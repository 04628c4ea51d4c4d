"""Widgets in pages of other shops: what they may ask, and how they work in a real Chromium."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from shoplens.serving.app import make_app
from shoplens.serving.guard import settings_for
from shoplens.shop import Shop
from tests.serving.conftest import QuietPages, serving
from tests.serving.looking import sticks_out

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ORIGIN = "https://shop.example"
KEY, PUBLIC = "open sesame", "sl_public_key"
EXAMPLES = Path(__file__).parents[2] / "examples" / "widget"


@pytest.fixture
def guarded(served: Callable[..., httpx.Client]) -> httpx.Client:
    """The shop behind a key, with a public key, and one other origin allowed."""
    settings = settings_for("0.0.0.0", [KEY], [PUBLIC], [ORIGIN + "/"])
    return served(keys=settings.keys, widgets=settings.widgets)


class TestPublicKey:
    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/v1/search?q=mug"),
            ("GET", "/v1/recommend/similar?product=MUG-RED"),
            ("GET", "/v1/recommend/complete-the-look?product=ODD%2F1"),
        ],
    )
    def test_it_opens_what_widgets_ask(self, guarded: httpx.Client, method: str, path: str) -> None:
        assert guarded.request(method, path).status_code == 401
        assert guarded.request(method, path, headers={"X-API-Key": PUBLIC}).status_code == 200

    def test_it_opens_what_goes_with_a_basket(self, guarded: httpx.Client) -> None:
        asked = {"products": ["MUG-RED"]}
        assert guarded.post("/v1/recommend/goes-with", json=asked, headers={"X-API-Key": PUBLIC}).status_code == 200

    def test_photos_take_it_from_their_address(self, guarded: httpx.Client) -> None:
        found = guarded.get("/v1/search", params={"q": "mug"}, headers={"X-API-Key": PUBLIC}).json()
        photo = f"/v1/photos/{found['results'][0]['photo']}"
        assert guarded.get(photo).status_code == 401
        shown = guarded.get(photo, params={"size": 160, "key": PUBLIC})
        assert shown.headers["content-type"] == "image/webp"
        # A key that opens more must not stand in an address.
        assert guarded.get(photo, params={"key": KEY}).status_code == 401

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/v1/shop"),
            ("GET", "/v1/products"),
            ("GET", "/v1/products/MUG-RED/page"),
            ("GET", "/v1/findings"),
            ("GET", "/v1/imports/1"),
            ("POST", "/v1/events"),
            # What a shopper is recommended tells what the shopper looked at.
            ("GET", "/v1/recommend/recently-viewed?visitor=someone"),
            ("POST", "/v1/recommend/for-you"),
            ("GET", "/v1/recommend/rules"),
            ("GET", "/v1/visitors/someone"),
            ("POST", "/v1/images"),
            ("POST", "/v1/imports"),
            ("DELETE", "/v1/visitors/someone"),
            ("DELETE", "/v1/search"),
        ],
    )
    def test_it_opens_nothing_else(self, guarded: httpx.Client, method: str, path: str) -> None:
        refused = guarded.request(method, path, headers={"X-API-Key": PUBLIC})
        assert refused.status_code == 403
        assert refused.json()["code"] == "scope_missing"


class TestOrigins:
    def test_a_page_of_an_allowed_origin_may_read_answers(self, guarded: httpx.Client) -> None:
        headers = {"Origin": ORIGIN, "X-API-Key": PUBLIC}
        answered = guarded.post("/v1/recommend/goes-with", json={"products": ["MUG-RED"]}, headers=headers)
        assert answered.status_code == 200
        assert answered.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in answered.headers["vary"]
        refused = guarded.get("/v1/search?q=mug", headers={"Origin": ORIGIN})
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == ORIGIN

    def test_browsers_are_told_so_beforehand(self, guarded: httpx.Client) -> None:
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        answered = guarded.options("/v1/search", headers=asked)
        assert answered.status_code == 204
        assert answered.headers["access-control-allow-origin"] == ORIGIN
        assert "X-API-Key" in answered.headers["access-control-allow-headers"]

    @pytest.mark.parametrize(
        ("origin", "path"),
        [
            ("https://other.example", "/v1/search"),
            (ORIGIN, "/v1/events"),
            (ORIGIN, "/v1/imports"),
            ("null", "/v1/search"),
        ],
    )
    def test_others_and_other_questions_are_not(self, guarded: httpx.Client, origin: str, path: str) -> None:
        asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        assert "access-control-allow-origin" not in guarded.options(path, headers=asked).headers
        written = guarded.post(path, json={}, headers={"Origin": origin, "X-API-Key": KEY})
        assert written.status_code == 403
        assert written.json()["code"] == "foreign_origin"

    def test_without_the_setting_no_page_of_another_site_may_ask(self, api: httpx.Client) -> None:
        assert "access-control-allow-origin" not in api.get("/v1/search?q=mug", headers={"Origin": ORIGIN}).headers
        assert (
            api.post("/v1/recommend/goes-with", json={"products": ["MUG-RED"]}, headers={"Origin": ORIGIN}).status_code
            == 403
        )
        assert api.get("/web/widget.js").headers["access-control-allow-origin"] == "*"


@pytest.fixture
def other_site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Another site, of its own origin, and the folder of its pages."""
    (tmp_path / "site").mkdir()
    handler = functools.partial(QuietPages, directory=str(tmp_path / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", tmp_path / "site"
        server.shutdown()


@pytest.fixture
def open_site(browser: Browser, shop: Shop, other_site: tuple[str, Path]) -> Iterator[Callable[..., Page]]:
    """Open the example page at the other site, in which widgets ask a shop that stands behind a key."""
    address, folder = other_site
    with ExitStack() as stack:
        server = stack.enter_context(serving(make_app(shop, settings_for("0.0.0.0", [KEY], [PUBLIC], [address]))))
        page = (EXAMPLES / "plain.html").read_text(encoding="utf-8")
        page = page.replace("http://127.0.0.1:8000/web/widget.js", f"{server}/web/widget.js?key={PUBLIC}")
        page = page.replace("CHAI0156-RED", "SHIRT-RED-S")
        (folder / "plain.css").write_bytes((EXAMPLES / "plain.css").read_bytes())

        def start(language: str = "en", **context: Any) -> Page:  # noqa: ANN401 - of Playwright
            (folder / "index.html").write_text(page.replace('lang="en"', f'lang="{language}"'), encoding="utf-8")
            opened = stack.enter_context(browser.new_context(**context)).new_page()
            opened.set_default_timeout(30_000)
            opened.goto(address)
            return opened

        yield start


@pytest.mark.browser
class TestInAnotherPage:
    @pytest.mark.parametrize(("language", "heading"), [("en", "Goes well with"), ("zh-CN", "搭配推荐")])
    def test_rows_beside_a_product(self, open_site: Callable[..., Page], language: str, heading: str) -> None:
        page = open_site(language)
        row = page.locator("shoplens-goes-with")
        row.get_by_role("heading", name=heading).wait_for()
        card = row.locator(".card").first
        assert "Red mug" in card.inner_text()
        assert card.get_attribute("href") == "?product=MUG-RED"
        from playwright.sync_api import expect

        expect(row.locator(".card img").first).not_to_have_js_property("naturalWidth", 0)
        assert page.locator("shoplens-similar .card").count() > 1

    def test_the_page_s_properties_theme_them_and_its_styles_stay_out(self, open_site: Callable[..., Page]) -> None:
        page = open_site()
        page.locator("shoplens-similar .card").first.wait_for()
        look = page.locator("shoplens-similar .tile").first.evaluate(
            "tile => [getComputedStyle(tile).borderRadius, getComputedStyle(tile).backgroundColor]"
        )
        assert look == ["4px", "rgb(243, 236, 224)"]
        assert page.locator("shoplens-similar .title").first.evaluate("t => getComputedStyle(t).fontStyle") == "italic"

    def test_search_by_words_and_by_photo(self, open_site: Callable[..., Page], red_shirt: Path) -> None:
        page = open_site(viewport={"width": 360, "height": 740})
        search = page.locator("shoplens-search")
        search.get_by_role("searchbox").fill("blue mug")
        page.keyboard.press("Enter")
        search.locator(".card").first.wait_for()
        assert "Blue mug" in search.locator(".card").first.inner_text()
        search.locator("input[type=file]").set_input_files(red_shirt)
        search.locator(".card", has_text="Red cotton shirt").wait_for()
        assert sticks_out(page) <= 0

    def test_a_click_is_told_to_the_page_with_its_token(self, open_site: Callable[..., Page]) -> None:
        page = open_site()
        page.locator("shoplens-similar .card").first.wait_for()
        told = page.evaluate(
            """() => new Promise((resolve) => {
                addEventListener("shoplens-click", (event) => { resolve(event.detail); });
                const card = document.querySelector("shoplens-similar").shadowRoot.querySelector(".card");
                card.addEventListener("click", (event) => event.preventDefault());
                card.click();
            })"""
        )
        assert told["id"]
        assert told["token"]

    def test_an_origin_that_is_not_allowed_sees_words_and_no_products(
        self, browser: Browser, address: str, other_site: tuple[str, Path]
    ) -> None:
        site, folder = other_site
        (folder / "index.html").write_text(
            f'<!doctype html><html lang="en"><script type="module" src="{address}/web/widget.js"></script>'
            '<shoplens-similar product="SHIRT-RED-S"></shoplens-similar>',
            encoding="utf-8",
        )
        page = browser.new_page()
        page.goto(site)
        page.locator("shoplens-similar [role=alert]").wait_for()
        assert page.locator("shoplens-similar .card").count() == 0
        page.close()
