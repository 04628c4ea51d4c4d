"""The page in a real Chromium: by keyboard, in trouble, on every size of screen, behind a key."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from shoplens.serving.guard import settings_for
from tests.serving.looking import SIZES, drawn, keep, pick, sticks_out, titles
from tests.serving.timing import chosen_to_drawn

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import Browser, Route, expect

pytestmark = pytest.mark.browser


class TestKeyboard:
    def test_from_the_words_to_a_product_without_a_mouse(self, open_page: OpenPage) -> None:
        page = open_page()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        for _ in range(3):
            page.keyboard.press("Tab")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("red mug")
        page.keyboard.press("Enter")
        titles(page)
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the results")).to_be_focused()
        page.keyboard.press("Enter")
        for _ in range(6):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('.card-link')"):
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Red mug")

    def test_the_box_moves_by_the_arrow_keys(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        titles(page)
        page.locator(".photo-box-frame").focus()
        with page.expect_response("**/v1/search"):
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Shift+ArrowDown")
        expect(page).to_have_url(re.compile("box="))


class TestTrouble:
    def test_an_unreadable_photo_is_said_to_be(self, open_page: OpenPage, tmp_path: Path) -> None:
        (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8 no photo")
        page = open_page()
        pick(page, tmp_path / "broken.jpg")
        expect(page.get_by_role("alert")).to_contain_text("This photo cannot be read")
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)

    @pytest.mark.parametrize(
        ("status", "code", "words"),
        [
            (429, "overloaded", "Many people are searching right now"),
            (500, "internal_error", "The shop could not answer"),
            (503, "store_busy", "Many people are searching right now"),
            (422, "photo_truncated", "This photo cannot be read"),
        ],
    )
    def test_words_for_what_the_server_refuses(
        self, open_page: OpenPage, red_shirt: Path, status: int, code: str, words: str
    ) -> None:
        page = open_page()

        def refuse(route: Route) -> None:
            route.fulfill(status=status, json={"code": code}, content_type="application/problem+json")

        page.route("**/v1/search", refuse)
        pick(page, red_shirt)
        expect(page.get_by_role("alert")).to_contain_text(words)
        keep(page, f"refused-{status}")
        page.unroute("**/v1/search")
        page.get_by_role("button", name="Try again").click()
        assert titles(page)[0] == "Red cotton shirt"

    def test_a_server_that_is_away(self, open_page: OpenPage) -> None:
        page = open_page()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.route("**/v1/search?*", lambda route: route.abort())
        page.get_by_role("searchbox").fill("mug")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("The shop cannot be reached")


class TestLayout:
    @pytest.mark.parametrize("size", SIZES)
    @pytest.mark.parametrize("path", ["/", "/#/search?q=shirt", "/#/product/SHIRT-RED-S", "/#/basket"])
    def test_nothing_sticks_out_and_nothing_jumps(self, open_page: OpenPage, size: str, path: str) -> None:
        page = open_page("/web/logo.svg", size=size)
        page.add_init_script(
            "window.jumps = 0; const add = (entry) => (window.jumps += entry.hadRecentInput ? 0 : entry.value);"
            "new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: 'layout-shift' });"
        )
        page.goto(page.url.replace("/web/logo.svg", path))
        drawn(page)
        assert sticks_out(page) <= 0
        # Below 0.1 is "good" by the Web Vitals; what a row of unknown length moves lies below the fold.
        assert page.evaluate("window.jumps") < 0.05
        keep(page, f"{size}-{path.strip('/#').split('?')[0].split('/')[0] or 'home'}")

    @pytest.mark.parametrize("language", ["en-US", "zh-CN"])
    def test_a_photo_s_results_fit_a_small_phone(self, open_page: OpenPage, red_shirt: Path, language: str) -> None:
        page = open_page(size="phone", language=language)
        pick(page, red_shirt)
        titles(page)
        page.set_viewport_size({"width": 320, "height": 640})
        assert sticks_out(page) <= 0
        order = page.locator(".order select").bounding_box()
        assert order
        assert order["x"] + order["width"] <= page.evaluate("document.documentElement.clientWidth")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_light_and_dark(self, open_page: OpenPage, scheme: str) -> None:
        page = open_page("/#/product/SHIRT-RED-S", scheme=scheme, language="zh-CN")
        drawn(page)
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground)[:3])) > 380) == (scheme == "light")
        keep(page, f"product-zh-{scheme}")


def test_a_closed_shop_asks_for_the_key(browser: Browser, served: Callable[..., httpx.Client]) -> None:
    client = served(keys=settings_for("0.0.0.0", ["open sesame"]).keys)
    page = browser.new_page(locale="en-US")
    page.goto(str(client.base_url))
    page.get_by_label("API key").fill("guess")
    page.get_by_role("button", name="Open the shop").click()
    expect(page.get_by_text("This key does not fit.")).to_be_visible()
    page.get_by_label("API key").fill("open sesame")
    page.get_by_role("button", name="Open the shop").click()
    expect(page.locator(".card:not(.outline) img").first).not_to_have_js_property("naturalWidth", 0)
    page.close()


def test_a_photo_s_results_are_drawn_soon(
    open_page: OpenPage, red_shirt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = []
    for _ in range(3):
        page = open_page()
        drawn(page)
        taken.append(chosen_to_drawn(page, red_shirt))
    with capsys.disabled():
        sys.stdout.write(f"\nphoto chosen to results painted: {sorted(taken)[1]:.0f} ms (median of 3)\n")
    # Two busy cores are slow; benchmarks/page_speed.py asserts the promise on a quiet machine.
    assert sorted(taken)[1] < 3000


class TestSlowShop:
    def test_it_says_that_it_takes_long_and_shows_outlines_until_then(self, open_page: OpenPage) -> None:
        page = open_page()
        drawn(page)
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/v1/search?*", hold)
        page.get_by_role("searchbox").fill("mug")
        page.keyboard.press("Enter")
        expect(page.locator(".results .outline").first).to_be_visible()
        expect(page.get_by_text("This takes longer than usual")).to_be_visible()
        held[0].continue_()
        assert titles(page)
        expect(page.get_by_text("This takes longer than usual")).to_have_count(0)

    def test_a_busy_shop_is_asked_once_more(self, open_page: OpenPage) -> None:
        page = open_page()
        drawn(page)
        asked: list[str] = []

        def busy_once(route: Route) -> None:
            asked.append(route.request.url)
            if len(asked) > 1:
                route.continue_()
            else:
                body = {"code": "overloaded"}
                route.fulfill(
                    status=429, json=body, headers={"Retry-After": "1"}, content_type="application/problem+json"
                )

        page.route("**/v1/search?*", busy_once)
        page.get_by_role("searchbox").fill("mug")
        page.keyboard.press("Enter")
        assert titles(page)
        assert len(asked) == 2
