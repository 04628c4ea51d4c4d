"""The page in a real Chromium: the basket, what goes with it, what the shop is told, and being forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from shoplens.shop import Shop
from tests.serving.looking import CARDS, keep, titles

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def told(page: Page) -> list[dict[str, Any]]:
    """Return the list that every event of the page comes into."""
    events: list[dict[str, Any]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/events"):
            events.append(json.loads(request.post_data or "{}"))

    page.on("request", note)
    return events


@pytest.mark.parametrize(("language", "size"), [("en-US", "desk"), ("zh-CN", "phone")])
def test_from_the_search_to_the_purchase(open_page: OpenPage, shop: Shop, language: str, size: str) -> None:
    page = open_page("/#/search?q=mug", language=language, size=size)
    events = told(page)
    titles(page)
    page.locator(f"{CARDS} .card-link", has_text="Red mug").click()
    page.locator(".ways button").click()
    expect(page.locator(".basket-count")).to_have_text("1")
    page.locator(".basket-link").click()
    page.locator(".basket-line").wait_for()
    page.locator(".basket-line [data-key^=more]").click()
    expect(page.locator(".basket-count")).to_have_text("2")
    expect(page.locator(".basket-sum .price")).to_contain_text("21.80")
    expect(page.locator("section.row .card:not(.outline)").first).to_be_visible()
    keep(page, f"basket-{size}")
    with page.expect_response("**/v1/events"):
        page.locator("[data-key=buy]").click()
    expect(page.locator(".basket-count")).to_be_hidden()
    kinds = [event["eventType"] for event in events]
    assert kinds == ["detail-page-view", "add-to-cart", "shopping-cart-page-view", "add-to-cart", "purchase-complete"]
    bought = events[-1]
    assert bought["productDetails"] == [{"product": {"id": "MUG-RED"}, "quantity": 2}]
    assert all(event["attributionToken"] for event in events)
    assert shop.events.erase(bought["visitorId"]).events == len(events)


def test_what_is_taken_out_is_gone_and_the_basket_outlives_the_page(open_page: OpenPage) -> None:
    page = open_page("/#/product/MUG-RED")
    page.get_by_role("button", name="Add to basket").click()
    page.reload()
    page.get_by_role("link", name="Basket, 1 piece").click()
    page.get_by_role("button", name="Take out Red mug").click()
    expect(page.get_by_role("heading", name="Your basket is empty")).to_be_visible()


def test_home_shows_what_was_viewed(open_page: OpenPage) -> None:
    page = open_page("/#/product/MUG-RED")
    expect(page.get_by_role("heading", level=1)).to_have_text("Red mug")
    page.get_by_role("link", name="Drawn shop").click()
    recent = page.locator("section.row", has=page.get_by_role("heading", name="Recently viewed"))
    expect(recent.locator(".card")).to_have_count(1)
    expect(recent.locator(".card")).to_contain_text("Red mug")
    expect(page.get_by_role("heading", name="Trending")).to_be_visible()


def test_forget_me(open_page: OpenPage, shop: Shop) -> None:
    page = open_page()
    events = told(page)
    page.goto(page.url.split("#")[0] + "#/product/MUG-RED")
    with page.expect_response("**/v1/events"):
        page.get_by_role("button", name="Add to basket").click()
    page.get_by_role("button", name="Forget me").click()
    with page.expect_response("**/v1/visitors/*") as erased:
        page.get_by_role("button", name="Forget everything").click()
    assert [event["eventType"] for event in events] == ["detail-page-view", "add-to-cart"]
    assert erased.value.json()["events"] == 2
    expect(page.get_by_role("heading", name="Forgotten")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Seen something you like?")).to_be_visible()
    assert shop.events.erase(events[0]["visitorId"]).events == 0
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
