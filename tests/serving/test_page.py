"""The page in a real Chromium: what a shopper and a merchant do with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest

from shoplens.photos.encode import encode
from tests.serving.drawn_shop import COLORS, HOSTILE_TITLE, RIGHT_TO_LEFT_TITLE, photo, write_photo

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import Browser, Page, Route, expect

pytestmark = pytest.mark.browser

OUTPUT = Path("test-output") / "page"
CARDS = ".results .card:not(.outline)"
SIZES = {"desk": (1280, 900), "tablet": (800, 1100), "phone": (360, 740)}

OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page in a fresh profile; any error of a script, or of the content policy, fails the test."""
    faults: list[str] = []
    contexts = []

    def start(
        path: str = "/", language: str = "en-US", size: str = "desk", scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(address + path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def red_shirt(tmp_path: Path) -> Path:
    return tmp_path / write_photo(tmp_path / "red.jpg", photo(COLORS["red"], "shirt", seed=5))


def pick(page: Page, file: Path) -> None:
    page.locator(".search input[type=file]").set_input_files(file)


def titles(page: Page) -> list[str]:
    expect(page.locator(CARDS).first).to_be_visible()
    return page.locator(f"{CARDS} .card-title").all_text_contents()


def drawn(page: Page) -> None:
    """Wait until the page has all its answers."""
    expect(page.locator("main > *")).to_be_visible()
    expect(page.locator("main:not([aria-busy])")).to_be_visible()


def keep(page: Page, name: str) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")


class TestPhotoSearch:
    def test_a_picked_photo_finds_its_product(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        assert titles(page)[0] == "Red cotton shirt"
        expect(page.locator(".photo-box-mark")).to_be_visible()
        keep(page, "photo-search")

    def test_the_upload_is_shrunk_and_holds_no_exif(self, open_page: OpenPage, tmp_path: Path) -> None:
        from PIL import Image

        exif = Image.Exif()
        exif[0x010F] = "SECRET CAMERA"
        Image.fromarray(photo(COLORS["blue"], "shirt")).resize((2400, 1800)).save(tmp_path / "big.jpg", exif=exif)
        page = open_page()
        with page.expect_request("**/v1/search") as sent:
            pick(page, tmp_path / "big.jpg")
        body = sent.value.post_data_buffer or b""
        assert b"SECRET CAMERA" not in body
        assert b"Exif" not in body
        assert titles(page)[0] == "Blue cotton shirt"
        # The address of the picture belongs to this tab: what it shows is what was sent.
        size = page.locator(".photo-box-frame img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
        assert size == [1024, 768]

    def test_a_dragged_box_searches_for_that_part(self, open_page: OpenPage, tmp_path: Path) -> None:
        both = photo(COLORS["red"], "mug")
        both[:, 150:] = photo(COLORS["blue"], "mug")[:, :150]
        page = open_page()
        pick(page, tmp_path / write_photo(tmp_path / "both.jpg", both))
        titles(page)
        frame = page.locator(".photo-box-frame").bounding_box()
        assert frame
        with page.expect_response("**/v1/search"):
            page.mouse.move(frame["x"] + frame["width"] * 0.55, frame["y"] + 10)
            page.mouse.down()
            page.mouse.move(frame["x"] + frame["width"] * 0.98, frame["y"] + frame["height"] - 10, steps=4)
            page.mouse.up()
        expect(page.locator(CARDS).first).to_contain_text("Blue")
        assert re.search(r"box=0\.55", page.url.replace("%2C", ","))
        page.get_by_role("button", name="Search the whole photo").click()
        expect(page).to_have_url(re.compile(r"#/photo/1$"))

    def test_a_dropped_and_a_pasted_photo_search_too(self, open_page: OpenPage) -> None:
        page = open_page()
        data = base64.b64encode(encode(photo(COLORS["green"], "shirt"), "jpeg")).decode()
        send = """([kind, data]) => {
            const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
            const event = kind === "drop"
                ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true });
            document.body.dispatchEvent(event);
        }"""
        for kind, number in (("drop", 1), ("paste", 2)):
            page.evaluate(send, [kind, data])
            expect(page).to_have_url(re.compile(rf"#/photo/{number}$"))
            assert titles(page)[0] == "Green cotton shirt"

    def test_an_example_photo_can_be_tried(self, open_page: OpenPage) -> None:
        page = open_page()
        page.get_by_role("button", name="Search with example photo 1").click()
        assert titles(page)[0] == "Red cotton shirt"

    def test_a_photo_does_not_outlive_the_page(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        titles(page)
        page.reload()
        expect(page.get_by_role("heading", name="This photo is no longer here")).to_be_visible()


class TestWordSearch:
    @pytest.mark.parametrize(("language", "words"), [("en-US", "blue shirt"), ("zh-CN", "蓝色衬衫")])
    def test_words_find_products(self, open_page: OpenPage, language: str, words: str) -> None:
        page = open_page(language=language)
        page.get_by_role("searchbox").first.fill(words)
        page.keyboard.press("Enter")
        assert titles(page)[0] == "Blue cotton shirt"
        expect(page.get_by_role("heading", level=1)).to_contain_text(words)
        # The address can be shared: another visitor sees the same.
        assert titles(open_page(page.url[page.url.index("/#") :], language=language))[0] == "Blue cotton shirt"

    def test_filters_narrow_the_results_and_the_way_back_is_there(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=shirt")
        before = titles(page)
        page.get_by_label("Max. price").fill("20")
        page.keyboard.press("Enter")
        expect(page.locator(CARDS)).to_have_count(2)
        assert set(titles(page)) == {"Blue cotton shirt", RIGHT_TO_LEFT_TITLE}
        page.get_by_label("In stock").check()
        expect(page).to_have_url(re.compile("stock=1"))
        page.go_back()
        page.go_back()
        expect(page.locator(CARDS)).to_have_count(len(before))

    def test_nothing_found_says_so_and_helps(self, open_page: OpenPage) -> None:
        page = open_page("/#/search?q=shirt&min=9000")
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        page.get_by_role("main").get_by_role("link", name="Clear filters").click()
        assert titles(page)


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
        assert page.title() == f"{HOSTILE_TITLE} – Drawn shop"

    def test_right_to_left_titles_run_right_to_left(self, open_page: OpenPage) -> None:
        heading = open_page("/#/product/ODD-2").get_by_role("heading", level=1)
        expect(heading).to_have_text(RIGHT_TO_LEFT_TITLE)
        assert heading.evaluate("node => getComputedStyle(node).direction") == "rtl"

    def test_the_merchant_sees_the_findings(self, open_page: OpenPage) -> None:
        page = open_page("/#/product/MUG-YELLOW")
        page.get_by_text("For the merchant").click()
        expect(page.locator(".finding", has_text="Photo is too small")).to_contain_text("Error")

    def test_a_product_that_is_gone_is_said_to_be(self, open_page: OpenPage) -> None:
        expect(open_page("/#/product/nope").get_by_role("alert")).to_contain_text("There is no such page")


class TestCatalogue:
    def test_findings_lead_to_their_products(self, open_page: OpenPage) -> None:
        page = open_page("/#/catalogue")
        expect(page.locator(".catalogue tbody tr")).to_have_count(14)
        expect(page.locator(".total").nth(1)).to_contain_text("14")
        page.get_by_role("link", name="Photo is too small").click()
        expect(page.locator(".catalogue tbody tr")).to_have_count(1)
        expect(page.locator(".catalogue tbody tr")).to_contain_text("Yellow mug")
        expect(page.locator(".catalogue .chip.error")).to_contain_text("Photo is too small")
        keep(page, "catalogue")

    def test_words_and_category_filter_it(self, open_page: OpenPage) -> None:
        page = open_page("/#/catalogue")
        page.get_by_label("Filter by words").fill("red")
        page.keyboard.press("Enter")
        page.get_by_role("main").get_by_label("Category").select_option("Home > Mugs")
        expect(page.locator(".catalogue tbody tr")).to_have_count(1)
        expect(page.locator(".catalogue tbody tr")).to_contain_text("90%")


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
        page.get_by_text("商家信息").click()
        expect(page.locator(".finding").first).to_contain_text("错误")
        page.reload()
        expect(page.get_by_role("heading", name="相似商品")).to_be_visible()
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")

    def test_no_message_key_is_ever_seen(self, open_page: OpenPage) -> None:
        for language in ("en-US", "zh-CN"):
            for path in ("/", "/#/search?q=mug", "/#/product/SHIRT-BLUE-S", "/#/catalogue"):
                page = open_page(path, language=language)
                drawn(page)
                assert re.findall(r"\b[a-z_]+\.[a-z_]+(?:\.[a-z_]+)*\b", page.inner_text("body")) == []


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
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('.card')"):
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
    @pytest.mark.parametrize("path", ["/", "/#/search?q=shirt", "/#/product/SHIRT-RED-S", "/#/catalogue"])
    def test_nothing_sticks_out_and_nothing_jumps(self, open_page: OpenPage, size: str, path: str) -> None:
        page = open_page("/web/logo.svg", size=size)
        page.add_init_script(
            "window.jumps = 0; const add = (entry) => (window.jumps += entry.hadRecentInput ? 0 : entry.value);"
            "new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: 'layout-shift' });"
        )
        page.goto(page.url.replace("/web/logo.svg", path))
        drawn(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        # Below 0.1 is "good" by the Web Vitals; what a row of unknown length moves lies below the fold.
        assert page.evaluate("window.jumps") < 0.05
        keep(page, f"{size}-{path.strip('/#').split('?')[0].split('/')[0] or 'home'}")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_light_and_dark(self, open_page: OpenPage, scheme: str) -> None:
        page = open_page("/#/product/SHIRT-RED-S", scheme=scheme, language="zh-CN")
        drawn(page)
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground)[:3])) > 380) == (scheme == "light")
        keep(page, f"product-zh-{scheme}")


def test_a_closed_shop_asks_for_the_key(browser: Browser, served: Callable[..., object]) -> None:
    from shoplens.serving.guard import settings_for

    client = served(keys=settings_for("0.0.0.0", ["open sesame"]).keys)
    page = browser.new_page(locale="en-US")
    page.goto(str(client.base_url))  # type: ignore[attr-defined]
    page.get_by_label("API key").fill("guess")
    page.get_by_role("button", name="Open the shop").click()
    expect(page.get_by_text("This key does not fit.")).to_be_visible()
    page.get_by_label("API key").fill("open sesame")
    page.get_by_role("button", name="Open the shop").click()
    expect(page.locator(".card:not(.outline) img").first).to_be_visible()
    assert page.locator(".card img").first.evaluate("image => image.complete && image.naturalWidth > 0")
    page.close()
