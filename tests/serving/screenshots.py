"""Take the pictures of the README: `python -m tests.serving.screenshots SHOP` writes into docs/images/.

SHOP is a shop folder, such as demo-shop/shop after `shoplens demo --no-serve`.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from shoplens.serving.app import make_app
from shoplens.shop import Shop
from tests.conftest import CHROMIUM, FLAGS
from tests.serving.conftest import serving

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_BYTES = 200_000


def main(folder: Path) -> None:
    """Open the shop, take every picture, and keep each below the limit of bytes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Shop.open(folder) as shop, serving(make_app(shop)) as address, sync_playwright() as running:
        shop.warm_up()
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        _search(browser, address)
        _product(browser, address)
        _catalogue(browser, address)
        _chinese_phone(browser, address)
        browser.close()


def _search(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/")
    page.get_by_role("button", name="Search with example photo 3").click()
    page.locator(".results .card:not(.outline)").first.wait_for()
    _save(page, "search")


def _product(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/#/search?q=red armchair")
    page.locator(".results .card:not(.outline)").first.click()
    page.locator("section.row .card:not(.outline)").first.wait_for()
    page.set_viewport_size({"width": 1280, "height": 1180})
    _save(page, "product")


def _catalogue(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/#/catalogue")
    page.locator(".bar-item").nth(1).click()
    page.locator(".bar-item[aria-current]").wait_for()
    _save(page, "catalogue")


def _chinese_phone(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/", language="zh-CN", scheme="dark", viewport=PHONE)
    page.locator(".example").nth(5).click()
    page.locator(".results .card:not(.outline)").first.wait_for()
    _save(page, "phone-zh")


def _page(
    browser: Browser,
    address: str,
    path: str,
    language: str = "en-US",
    scheme: Literal["light", "dark"] = "light",
    viewport: ViewportSize = DESK,
) -> Page:
    page = browser.new_page(locale=language, color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    page.goto(address + path)
    page.locator("main:not([aria-busy]) > *").wait_for()
    return page


def _save(page: Page, name: str) -> None:
    page.locator("main:not([aria-busy]) > *").wait_for()
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    picture = Image.open(BytesIO(page.screenshot()))
    path = IMAGES / f"{name}.webp"
    picture.convert("RGB").save(path, quality=84, method=6)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
