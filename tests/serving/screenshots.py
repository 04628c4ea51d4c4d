"""Take the pictures of docs/images/: `python -m tests.serving.screenshots SHOP`.

SHOP is a shop folder, such as demo-shop/shop after `shoplens demo --no-serve`.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import tempfile
import threading
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from shoplens.serving.app import make_app
from shoplens.serving.guard import settings_for
from shoplens.shop import Shop
from tests.conftest import CHROMIUM, FLAGS
from tests.serving.conftest import QuietPages, serving
from tests.serving.looking import CARDS

IMAGES = Path(__file__).parents[2] / "docs" / "images"
EXAMPLES = Path(__file__).parents[2] / "examples" / "widget"
DESK: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
MOST_BYTES = 200_000


def main(folder: Path) -> None:
    """Open the shop, take every picture, and keep each below the limit of bytes."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Shop.open(folder) as shop, serving(make_app(shop)) as address, sync_playwright() as running:
        shop.warm_up()
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        _home(browser, address)
        _search(browser, address)
        _words(browser, address)
        _product(browser, address)
        _basket(browser, address)
        _chinese_phone(browser, address)
        _studio(browser, address)
        browser.close()
    _widget(folder)


def _home(browser: Browser, address: str) -> None:
    _save(_page(browser, address, "/"), "home")


def _search(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/")
    page.get_by_role("button", name="Search with example photo 3").click()
    page.locator(CARDS).first.wait_for()
    page.wait_for_load_state("networkidle")
    _save(page, "search")
    page.locator(".card-action").nth(2).dispatch_event("click")
    page.locator(".why-reasons").wait_for()
    _save(page, "why")


def _words(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/#/search?q=dress&color=red&color=pink", scheme="dark")
    page.locator(CARDS).first.wait_for()
    _save(page, "words-dark")


def _product(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/#/search?q=red armchair")
    page.locator(f"{CARDS} .card-link").first.click()
    page.locator("section.row .card:not(.outline)").first.wait_for()
    page.set_viewport_size({"width": 1280, "height": 1180})
    _save(page, "product")


def _basket(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/")
    for words in ("red armchair", "lamp"):
        page.goto(f"{address}/#/search?q={words}")
        page.locator(f"{CARDS} .card-link").first.click()
        page.locator(".ways button").click()
    page.locator(".basket-link").click()
    page.locator("section.row .card:not(.outline)").first.wait_for()
    _save(page, "basket")


def _chinese_phone(browser: Browser, address: str) -> None:
    page = _page(browser, address, "/", language="zh-CN", scheme="dark", viewport=PHONE)
    page.locator(".example").nth(5).click()
    page.locator(CARDS).first.wait_for()
    page.wait_for_load_state("networkidle")
    _save(page, "phone-zh")


def _studio(browser: Browser, address: str) -> None:
    """Take the merchant's pages; the questions first, so that the overview counts them."""
    page = _page(browser, address, "/studio#/review")
    page.locator(".question").first.wait_for()
    _save(page, "studio-review")
    page.goto(f"{address}/studio#/")
    page.locator(".health").wait_for()
    page.set_viewport_size({"width": 1280, "height": 1180})
    _save(page, "studio")
    page.goto(f"{address}/studio#/catalogue")
    page.locator(".row .tile img").first.wait_for()
    page.set_viewport_size(DESK)
    _save(page, "studio-catalogue")
    page.goto(f"{address}/studio#/catalogue?finding=photo_border")
    page.locator(".row:has(.chip.error) a").first.click()
    page.locator(".marked").first.wait_for()
    page.get_by_role("button", name="On photo").first.click()
    page.set_viewport_size({"width": 1280, "height": 1180})
    _save(page, "studio-product")
    page.set_viewport_size(DESK)
    feed = "Article;Name;Department;Cost;Picture\n1;Red cup;Kitchen > Cups;9.90 EUR;a.jpg\n2;Blue cup;;much;b.jpg\n"
    page.goto(f"{address}/studio#/import")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "cups.csv", "mimeType": "text/csv", "buffer": feed.encode()}
    )
    page.locator(".preview-rows tr").first.wait_for()
    _save(page, "studio-import")


def _widget(folder: Path) -> None:
    """Take the example page of another shop, of its own origin, with widgets that ask this one."""
    with ExitStack() as stack:
        pages = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        handler = functools.partial(QuietPages, directory=str(pages))
        site = stack.enter_context(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=site.serve_forever, daemon=True).start()
        stack.callback(site.shutdown)
        origin = f"http://127.0.0.1:{site.server_port}"
        shop = stack.enter_context(Shop.open(folder))
        shop.warm_up()
        address = stack.enter_context(serving(make_app(shop, settings_for("127.0.0.1", [], [], [origin]))))
        example = (EXAMPLES / "plain.html").read_text(encoding="utf-8").replace("http://127.0.0.1:8000", address)
        (pages / "plain.html").write_text(example, encoding="utf-8")
        shutil.copy(EXAMPLES / "plain.css", pages)
        running = stack.enter_context(sync_playwright())
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_page(locale="en-US", viewport=DESK, reduced_motion="reduce")
        page.set_default_timeout(90_000)
        page.goto(f"{origin}/plain.html")
        page.locator("shoplens-similar .card").first.wait_for()
        page.wait_for_load_state("networkidle")
        _keep(page, "widget")
        browser.close()


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
    _keep(page, name)


def _keep(page: Page, name: str) -> None:
    picture = Image.open(BytesIO(page.screenshot()))
    path = IMAGES / f"{name}.webp"
    picture.convert("RGB").save(path, quality=84, method=6)
    if path.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{path} has {path.stat().st_size} bytes, more than {MOST_BYTES}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
