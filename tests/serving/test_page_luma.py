"""The page in a real Chromium over a real shop's catalogue: Magento's Luma, 147 articles in 1,847 variants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shoplens.serving.app import make_app
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.looking import CARDS, drawn, keep, pick, sticks_out, titles

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

pytestmark = pytest.mark.browser
SIDES = pytest.mark.parametrize(
    ("language", "size", "scheme"), [("en-US", "desk", "light"), ("zh-CN", "phone", "dark")], ids=["desk", "phone"]
)


@pytest.fixture(scope="module")
def images(shared_data: Path) -> Path:
    return shared_data / "magento2-luma" / "images"


@pytest.fixture(scope="module")
def address(shared_data: Path, images: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve Luma in place of the drawn shop, searched by colours alone."""
    folder = tmp_path_factory.mktemp("luma")
    write_setting(folder / SETTINGS_FILE, "model", "none")
    with Shop.open(folder, create=True) as shop:
        shop.import_catalog(shared_data / "catalogue-feeds" / "magento2" / "luma-products.csv", photos=images)
        shop.warm_up()
        with serving(make_app(shop)) as at:
            yield at


def fits(page: Page) -> bool:
    """Return whether nothing sticks out to the side."""
    return sticks_out(page) <= 0


@SIDES
def test_from_a_photo_to_one_of_many_variants(
    open_page: OpenPage, images: Path, language: str, size: str, scheme: str
) -> None:
    page = open_page(language=language, size=size, scheme=scheme)
    pick(page, images / "mj02-green_main.jpg")
    assert titles(page)[0].startswith("Hyperion Elements Jacket")
    assert fits(page)
    page.wait_for_load_state("networkidle")
    keep(page, f"luma-photo-{size}")
    page.locator(f"{CARDS} .card-link").first.click()
    sizes = page.locator(".choices").last
    expect(page.locator(".choices")).to_have_count(2)
    before = page.url
    sizes.locator(".choice:not([aria-current])").first.click()
    expect(page).not_to_have_url(before)
    expect(sizes.locator("[aria-current]")).to_have_count(1)
    drawn(page)
    assert fits(page)
    page.wait_for_load_state("networkidle")
    keep(page, f"luma-product-{size}")


@SIDES
def test_words_and_a_colour_find_what_is_cheapest(open_page: OpenPage, language: str, size: str, scheme: str) -> None:
    page = open_page("/#/search?q=tank&color=blue&sort=cheap", language=language, size=size, scheme=scheme)
    assert all("Tank" in title for title in titles(page)[:3])
    expect(page.locator(f"{CARDS} .dot-blue").first).to_be_visible()
    assert fits(page)
