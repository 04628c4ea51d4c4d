"""The page in a real Chromium: products of a photo, more and less like this, why, facets, orders, no match."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest

from tests.serving.drawn_shop import COLORS, photo, write_photo
from tests.serving.looking import CARDS, drawn, keep, pick, sent_forms, titles, watch_forms

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SIDES = [("en-US", "desk"), ("zh-CN", "phone")]


def answered(page: Page, act: str) -> None:
    """Press the button on the first card and wait for the results that follow."""
    with page.expect_response("**/v1/search"):
        page.locator(f"{CARDS} .card-actions button").nth({"more": 0, "less": 1, "why": 2}[act]).dispatch_event("click")
    drawn(page)


@pytest.fixture
def two_things(tmp_path: Path) -> Path:
    """A red shirt to the left and a blue mug to the right, on one wide photo with a grainy ground."""
    both = np.repeat(np.random.default_rng(0).integers(90, 150, (300, 640, 1)), 3, axis=2).astype(np.uint8)
    for left, color, shape in ((10, "red", "shirt"), (330, "blue", "mug")):
        thing = photo(COLORS[color], shape, seed=5)
        inside = (thing < 250).any(axis=2)
        both[:, left : left + 300][inside] = thing[inside]
    return tmp_path / write_photo(tmp_path / "two.jpg", both)


class TestObjects:
    @pytest.mark.parametrize(("language", "size"), SIDES)
    def test_each_product_of_a_photo_can_be_clicked(
        self, open_page: OpenPage, two_things: Path, language: str, size: str
    ) -> None:
        page = open_page(language=language, size=size)
        pick(page, two_things)
        titles(page)
        parts = page.locator(".photo-part")
        parts.nth(1).wait_for()
        found = set()
        for at in range(parts.count()):
            parts.nth(at).click()
            expect(parts.nth(at)).to_have_attribute("aria-pressed", "true")
            drawn(page)
            found.add(titles(page)[0])
        # This shop knows colours alone.
        assert {title.split()[0] for title in found} >= {"Red", "Blue"}
        keep(page, f"objects-{size}")

    def test_a_click_on_the_photo_takes_the_product_there(self, open_page: OpenPage, two_things: Path) -> None:
        page = open_page()
        pick(page, two_things)
        titles(page)
        page.locator(".photo-part").nth(1).wait_for()
        frame = page.locator(".photo-box-frame").bounding_box()
        assert frame
        page.mouse.click(frame["x"] + frame["width"] * 0.66, frame["y"] + frame["height"] * 0.35)
        expect(page.locator(CARDS).first).to_contain_text("Blue")
        page.go_back()
        expect(page).to_have_url(re.compile(r"#/photo/1$"))


class TestExamples:
    def test_more_and_less_like_a_product_beside_a_photo(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        assert titles(page)[0] == "Red cotton shirt"
        first = page.locator(CARDS).filter(has_text="Blue mug")
        watch_forms(page)
        first.get_by_role("button", name="More like Blue mug").dispatch_event("click")
        expect(page.get_by_role("link", name="No longer more like Blue mug")).to_be_visible()
        page.get_by_role("link", name="No longer more like Blue mug").click()
        expect(page.locator(".example-chip")).to_have_count(0)
        assert ("product", "MUG-BLUE") in sent_forms(page, "/v1/search")[0]
        titles(page)
        page.get_by_role("button", name="Less like Red mug").dispatch_event("click")
        expect(page.get_by_role("link", name="No longer less like Red mug")).to_be_visible()
        titles(page)
        assert ("not_product", "MUG-RED") in sent_forms(page, "/v1/search")[-1]

    def test_a_box_stays_beside_an_example(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        titles(page)
        page.get_by_role("button", name="Search the whole photo").click()
        drawn(page)
        answered(page, "more")
        assert titles(page)
        assert "box=" in page.url
        assert "like=" in page.url

    def test_a_search_by_products_can_be_shared(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/MUG-RED")
        page.get_by_role("link", name="More like this").click()
        first = titles(page)
        assert "Red mug" not in first
        assert titles(open_page(page.url[page.url.index("/#") :])) == first

    def test_words_beside_a_photo(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        titles(page)
        expect(page.locator(".search-with img")).to_be_visible()
        page.get_by_role("searchbox").fill("in green")
        page.keyboard.press("Enter")
        expect(page.locator(CARDS).first).to_contain_text("Green")
        expect(page.get_by_role("status").first).to_contain_text("green")
        page.get_by_role("link", name="Search without the photo").click()
        expect(page).to_have_url(re.compile(r"#/search\?q=in\+green"))


@pytest.mark.parametrize(("language", "size"), SIDES)
def test_why_is_told_on_demand(open_page: OpenPage, red_shirt: Path, language: str, size: str) -> None:
    page = open_page(language=language, size=size)
    pick(page, red_shirt)
    titles(page)
    with page.expect_response("**/v1/why") as told:
        page.locator(f"{CARDS} .card-actions button").nth(2).dispatch_event("click")
    assert told.value.status == 200
    page.locator(".why-reasons li").first.wait_for()
    expect(page.locator(".why-pictures img")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


class TestFacets:
    def test_swatches_and_counts_narrow_the_results(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=mug")
        titles(page)
        swatches = page.locator(".swatch")
        expect(swatches.first).to_be_visible()
        page.get_by_role("button", name=re.compile("^red, 1 product")).click()
        expect(page.locator(CARDS)).to_have_count(1)
        # The other colours can still be chosen.
        page.get_by_role("button", name=re.compile("^blue, 1 product")).click()
        expect(page.locator(CARDS)).to_have_count(2)
        assert page.url.count("color=") == 2
        expect(page.get_by_role("button", name=re.compile("^blue"))).to_be_focused()

    def test_choosing_faster_than_the_shop_answers_loses_no_choice(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=mug&min=1")
        titles(page)
        red, blue = (page.get_by_role("button", name=re.compile(f"^{name}, 1 product")) for name in ("red", "blue"))
        blue.wait_for()
        drawn(page)
        # From here on the panel keeps what it shows: the shop never tells it what there is to choose from.
        page.route("**/v1/products?*facets=*", lambda _: None)
        red.click()
        expect(page.locator(CARDS)).to_have_count(1)
        blue.click()
        expect(page.locator(CARDS)).to_have_count(2)
        assert page.url.count("color=") == 2
        page.get_by_label("Order").select_option("cheap")
        expect(page).to_have_url(re.compile("min=1.*color=red.*color=blue.*sort=cheap"))

    def test_links_keep_what_was_chosen_just_before(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?like=MUG-RED&min=1")
        titles(page)
        drop, clear = (page.get_by_role("link", name=name) for name in ("No longer more like", "Clear filters"))
        drop.wait_for()
        clear.wait_for()
        drawn(page)
        # From here on both links stay as they are: the shop never tells what stands beside the results.
        page.route("**/v1/products?*facets=*", lambda _: None)
        page.get_by_role("button", name=re.compile("^red, ")).click()
        expect(page).to_have_url(re.compile("like=MUG-RED.*color=red"))
        drop.click()
        expect(page).to_have_url(re.compile(r"#/search\?min=1&color=red$"))
        page.get_by_label("Order").select_option("cheap")
        expect(page).to_have_url(re.compile("sort=cheap"))
        clear.click()
        expect(page).to_have_url(re.compile(r"#/search\?sort=cheap$"))

    def test_on_a_phone_the_filters_unfold(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=shirt", size="phone", language="zh-CN")
        titles(page)
        expect(page.locator("sl-filters")).to_be_hidden()
        page.get_by_role("button", name="筛选").click()
        expect(page.locator("sl-filters")).to_be_visible()
        keep(page, "filters-phone")

    def test_the_cheapest_first(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=mug")
        titles(page)
        page.get_by_label("Order").select_option("cheap")
        expect(page).to_have_url(re.compile("sort=cheap"))
        drawn(page)
        prices = [
            float(text.strip("$"))
            for text in page.locator(f"{CARDS} .card-price > span:first-child").all_text_contents()
        ]
        assert prices == sorted(prices)
        assert len(prices) > 2


def test_no_match_is_said_and_the_nearest_kinds_are_offered(open_page: OpenPage, red_shirt: Path) -> None:
    page = open_page()

    def far_off(route: Route) -> None:
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        kinds = [
            {"category": "Home > Mugs", "probability": 0.4},
            {"category": "Clothing > Shirts", "probability": 0.01},
        ]
        route.fulfill(response=answer, json={**body, "no_match": True, "kinds": kinds})

    page.route("**/v1/search", far_off)
    pick(page, red_shirt)
    expect(page.get_by_role("heading", name="We do not seem to have this")).to_be_visible()
    keep(page, "no-match")
    chips = page.locator(".no-match a")
    expect(chips).to_have_count(1)
    page.unroute_all(behavior="wait")
    red = page.get_by_role("button", name=re.compile("^red, "))
    red.wait_for()
    drawn(page)
    page.route("**/v1/search", lambda _: None)  # what is shown stays
    red.click()
    expect(page).to_have_url(re.compile("color=red"))
    chips.click()
    expect(page).to_have_url(re.compile("color=red.*category=Home"))
    page.unroute_all()
    drawn(page)


def test_a_box_may_stand_beside_products(api: httpx.Client, red_shirt: Path) -> None:
    asked = {"box": "0,0,1,1", "product": "MUG-BLUE"}
    assert api.post("/v1/search", data=asked, files={"photo": red_shirt.read_bytes()}).status_code == 200
    assert api.post("/v1/search", data=asked).status_code == 400
