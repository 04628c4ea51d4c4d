"""The page in a real Chromium: searching by photo and by words."""

from __future__ import annotations

import base64
import re
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shoplens.photos.encode import encode
from tests.serving.drawn_shop import COLORS, RIGHT_TO_LEFT_TITLE, photo, write_photo
from tests.serving.looking import CARDS, keep, pick, sent_forms, titles, watch_forms

if TYPE_CHECKING:
    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

pytestmark = pytest.mark.browser


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
        assert b"SECRET CAMERA" in (tmp_path / "big.jpg").read_bytes()
        page = open_page()
        watch_forms(page)
        pick(page, tmp_path / "big.jpg")
        assert titles(page)[0] == "Blue cotton shirt"
        photos = [value for form in sent_forms(page, "/v1/search") for name, value in form if name == "photo"]
        assert len(photos) == 1
        assert isinstance(photos[0], bytes)
        assert b"SECRET CAMERA" not in photos[0]
        assert not Image.open(BytesIO(photos[0])).getexif()
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
        watch_forms(page)
        page.get_by_role("button", name="Search the whole photo").click()
        expect(page).to_have_url(re.compile(r"box=0%2C0%2C1%2C1$"))
        expect(page.locator(".photo-box-mark")).to_be_hidden()
        assert ("box", "0,0,1,1") in sent_forms(page, "/v1/search")[0]

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

    def test_a_photo_outlives_a_reload_but_not_its_tab(self, open_page: OpenPage, red_shirt: Path) -> None:
        page = open_page()
        pick(page, red_shirt)
        before = titles(page)
        page.reload()
        assert titles(page) == before
        elsewhere = open_page("/#/photo/1")
        expect(elsewhere.get_by_role("heading", name="This photo is no longer here")).to_be_visible()


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
        page.locator(".results").get_by_role("link", name="Clear filters").click()
        assert titles(page)
