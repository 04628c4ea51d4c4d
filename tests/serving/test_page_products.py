"""The page in a real Chromium: a product, the catalogue, the languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.serving.drawn_shop import HOSTILE_TITLE, RIGHT_TO_LEFT_TITLE
from tests.serving.looking import CARDS, drawn, keep, titles

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

pytestmark = pytest.mark.browser


class TestProduct:
    def test_variants_similar_and_goes_with(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/SHIRT-RED-S")
        expect(page.get_by_role("heading", level=1)).to_have_text("Red cotton shirt")
        goes_with = page.locator("section.row", has=page.get_by_role("heading", name="Goes well with"))
        expect(goes_with.locator(".card").first).to_contain_text("Red mug")
        expect(goes_with.locator(".card").first).to_contain_text("Often bought together (7)")
        similar = page.locator("section.row", has=page.get_by_role("heading", name="Similar"))
        expect(similar.locator(".card-why").first).to_contain_text("Same colour")
        keep(page, "product")
        page.get_by_role("group", name="Size").get_by_role("link", name="M").click()
        expect(page).to_have_url(re.compile("SHIRT-RED-M"))

    def test_a_view_is_told_to_the_shop(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=mug")
        token = titles(page)
        with page.expect_request("**/v1/events") as sent:
            page.locator(CARDS).first.click()
        event = sent.value.post_data_json or {}
        assert token
        assert event["eventType"] == "detail-page-view"
        assert len(event["visitorId"]) == 32
        assert event["attributionToken"]
        assert sent.value.response().json()["accepted"] == 1  # type: ignore[union-attr]

    def test_what_was_viewed_leads_to_something_for_you(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/MUG-RED")
        expect(page.get_by_role("heading", level=1)).to_have_text("Red mug")
        page.get_by_role("link", name="Drawn shop").click()
        expect(page.get_by_role("heading", name="For you")).to_be_visible()
        expect(page.locator(".card-why").first).to_contain_text("Because you viewed Red mug")

    def test_titles_are_text_and_never_markup(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/ODD%2F1")
        expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE_TITLE)
        assert page.locator("main script, main h1 b").count() == 0
        expect(page).to_have_title(f"{HOSTILE_TITLE} – Drawn shop")

    def test_right_to_left_titles_run_right_to_left(self, open_page: OpenPage) -> None:
        heading = open_page("/#/product/ODD-2").get_by_role("heading", level=1)
        expect(heading).to_have_text(RIGHT_TO_LEFT_TITLE)
        assert heading.evaluate("node => getComputedStyle(node).direction") == "rtl"

    def test_the_merchant_finds_it_in_the_studio(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/MUG-YELLOW")
        page.get_by_role("link", name="See it in the studio").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Yellow mug")
        expect(page.get_by_text("Photo is too small").first).to_be_visible()
        page.get_by_role("link", name="See it in the shop").click()
        expect(page).to_have_url(re.compile(r"/#/product/MUG-YELLOW$"))

    @pytest.mark.parametrize("size", ["desk", "phone"])
    def test_there_is_a_way_to_the_studio_and_back(self, open_page: OpenPage, size: str) -> None:
        page = open_page(size=size)
        page.get_by_role("link", name="Studio").last.click()
        page.get_by_role("link", name="Shop page").click()
        expect(page.get_by_role("searchbox")).to_be_visible()

    def test_a_product_that_is_gone_is_said_to_be(self, open_page: OpenPage) -> None:
        expect(open_page("/#/product/nope").get_by_role("alert")).to_contain_text("There is no such page")


class TestLanguages:
    def test_the_browser_s_language_is_the_first_choice(self, open_page: OpenPage) -> None:
        page = open_page(language="zh-CN")
        expect(page.get_by_role("heading", level=1)).to_have_text("看到喜欢的了吗？")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        expect(open_page(language="fr-FR").locator("html")).to_have_attribute("lang", "en")

    def test_the_switch_is_remembered_and_keeps_the_place(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/MUG-YELLOW")
        expect(page.get_by_role("heading", name="Similar")).to_be_visible()
        page.get_by_role("button", name="中文").click()
        expect(page.get_by_role("heading", name="相似商品")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="相似商品")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")

    def test_no_message_key_is_ever_seen(self, open_page: OpenPage) -> None:
        for language in ("en-US", "zh-CN"):
            for path in ("/", "/#/search?q=mug", "/#/product/SHIRT-BLUE-S"):
                page = open_page(path, language=language)
                drawn(page)
                assert re.findall(r"\b[a-z_]+\.[a-z_]+(?:\.[a-z_]+)*\b", page.inner_text("body")) == []
