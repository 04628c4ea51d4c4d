"""Does the merchant's table of 100,000 products stay smooth? The longest task while it is scrolled, and its API.

The catalogue is drawn: titles, categories, brands and prices as a shop has them, the findings of a real inspection, and
tags of the merchant on every third product; no photos, as the table is measured and not the decoding of thumbnails. A
real server in a process of its own, a real Chromium on the same machine, whose own observer of long tasks is asked: it
reports what takes longer than 50 ms. The processor time of the longest task comes of the browser's trace; on a machine
that does other work it says more than the clock.
"""

from __future__ import annotations

import argparse
import decimal
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from machine import write_result
from page_speed import free_port, wait_until_ready
from playwright.sync_api import Page, sync_playwright

sys.path.append(str(Path(__file__).parents[1]))

from tests.conftest import CHROMIUM, FLAGS
from tests.serving.timing import longest_task, longest_work, trace_work, watch_tasks

from shoplens.records import Price, Product
from shoplens.shop import Shop

PROMISED_TASK_MS = 100.0
ASKED = 15
COLORS = ("Red", "Navy", "Olive", "Sand", "Black", "White", "Rust", "Teal")
THINGS = {
    "Clothing > Shirts": ("linen shirt", "oxford shirt", "flannel shirt"),
    "Clothing > Dresses": ("summer dress", "wrap dress"),
    "Shoes > Boots": ("ankle boots", "hiking boots"),
    "Home > Lamps": ("desk lamp", "floor lamp", "paper lantern"),
    "Home > Vases": ("bud vase", "stoneware vase"),
    "Bags > Backpacks": ("zip backpack", "roll-top backpack"),
}
MAKERS = [first + last for first in ("Fjord", "Nord", "Alp", "Luma", "Ost") for last in ("step", "haus", "co", "line")]


def draw_catalog(folder: Path, products: int) -> Path:
    """Return the folder of a shop with so many products; it is found again where it was drawn before."""
    shop = folder / f"table-{products}"
    done = folder / f"table-{products}.done"
    if done.is_file():
        return shop
    chance = random.Random(0)
    names = [f"P{number:07d}" for number in range(products)]
    with Shop.open(shop, create=True) as opened:
        with opened.catalog.batch() as batch:
            for name in names:
                batch.put_product(drawn_product(chance, name))
        opened.catalog.corrections.change(names[::3], add_tags=["autumn window", "gift"])
        opened.inspect()
    done.touch()
    return shop


def drawn_product(chance: random.Random, name: str) -> Product:
    category = chance.choice(list(THINGS))
    maker = chance.choice(MAKERS)
    title = f"{chance.choice(COLORS)} {chance.choice(THINGS[category])} by {maker}"
    price = Price(decimal.Decimal(chance.randrange(500, 30_000)) / 100, "EUR")
    return Product(name, title, category=category, brand=maker, price=price)


def answer_times(client: httpx.Client, total: int) -> list[tuple[str, float, float]]:
    """Return name, median and slowest milliseconds of the table's own questions."""
    found = []
    for order in ("id", "title", "category", "brand"):
        asked = {"order": order, "every": 100}
        places = client.get("/v1/studio/places", params=asked).json()
        assert places["total"] == total, places["total"]
        found.append((f"where its pages begin, by {order}", *timed(client, "places", [asked])))
        at = {"first page": [0], "page in the middle": [total // 200], "last page": [(total - 1) // 100]}
        for name, pages in at.items():
            wishes = [{"order": order, "limit": 100, "after": places["places"][page]} for page in pages]
            found.append((f"{name}, by {order}", *timed(client, "rows", wishes)))
    for name, asked in {
        "words": {"q": "linen shirt"},
        "a category": {"category": "Home > Lamps"},
        "a finding": {"finding": "no_photo"},
        "errors only": {"gap": "error"},
        "corrected only": {"gap": "corrected"},
    }.items():
        found.append((f"where its pages begin, {name}", *timed(client, "places", [asked])))
        found.append((f"first page, {name}", *timed(client, "rows", [asked])))
    return found


def timed(client: httpx.Client, path: str, wishes: list[dict[str, str | int]]) -> tuple[float, float]:
    times = []
    for turn in range(ASKED):
        began = time.perf_counter()
        answer = client.get(f"/v1/studio/{path}", params=wishes[turn % len(wishes)])
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return statistics.median(times), max(times)


def by_wheel(page: Page) -> None:
    page.locator("st-virtual-rows").hover()
    for turn in range(120):
        page.mouse.wheel(0, 700)
        page.wait_for_timeout(16 if turn % 20 else 150)


def by_bar(page: Page) -> None:
    rows = page.locator("st-virtual-rows")
    for share in [step / 60 for step in range(61)]:
        rows.evaluate("(rows, share) => { rows.scrollTop = share * rows.scrollHeight }", share)
        page.wait_for_timeout(30)


def by_places(page: Page) -> None:
    rows = page.locator("st-virtual-rows")
    for share in (0.5, 0.1, 0.9, 0.0, 0.999, 0.33):
        rows.evaluate("(rows, share) => { rows.scrollTop = share * rows.scrollHeight }", share)
        seen(page)


def by_keys(page: Page) -> None:
    page.locator(".row").first.focus()
    for key in ("End", "Home", *["PageDown"] * 15, *["ArrowDown"] * 30):
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    seen(page)


def by_order(page: Page) -> None:
    for order in ("title", "category", "brand", ""):
        page.locator("select[name=order]").select_option(order)
        page.wait_for_timeout(200)
        seen(page)


def seen(page: Page) -> None:
    """Wait until no row in sight waits for its content."""
    page.wait_for_function("() => document.querySelector('.row a') && !document.querySelector('.row-waiting')")


WAYS: dict[str, Callable[[Page], None]] = {
    "by wheel": by_wheel,
    "by the bar, from end to end": by_bar,
    "to six places": by_places,
    "by keys": by_keys,
    "with another order": by_order,
}


def task_times(page: Page, url: str) -> list[tuple[str, float, float]]:
    """Return for each way of scrolling the longest task by the clock (0: none took 50 ms) and by processor time."""
    page.goto(f"{url}/studio#/catalogue")
    seen(page)
    watch_tasks(page)
    found = []
    for name, scroll in WAYS.items():
        trace_work(page)
        scroll(page)
        page.wait_for_timeout(300)
        found.append((name, longest_task(page), longest_work(page)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-data"), help="where the catalogue is drawn and kept")
    parser.add_argument("--products", type=int, default=100_000)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    shop, port = draw_catalog(arguments.folder, arguments.products), free_port()
    command = [sys.executable, "-m", "shoplens", "serve", "--shop", str(shop), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(url)
        with httpx.Client(base_url=url, timeout=120) as client:
            answers = answer_times(client, arguments.products)
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-US")
            page.set_default_timeout(120_000)
            tasks = task_times(page, url)
            browser.close()
    finally:
        server.terminate()
        server.wait(20)
    write_result(
        "catalog_table",
        f"The merchant's table of {arguments.products:,} products",
        [
            "| scrolled | longest task ms (0: none took 50) | promised ms | longest task, ms of the processor |",
            "|---|---|---|---|",
            *(f"| {name} | {longest:.0f} | {PROMISED_TASK_MS:.0f} | {work:.0f} |" for name, longest, work in tasks),
            "",
            "| asked of the API | median ms | slowest ms |",
            "|---|---|---|",
            *(f"| {name} | {median:.0f} | {slowest:.0f} |" for name, median, slowest in answers),
        ],
    )
    longest = max(longest for _, longest, _ in tasks)
    assert longest <= PROMISED_TASK_MS, f"a task took {longest:.0f} ms, not {PROMISED_TASK_MS:.0f} ms"


if __name__ == "__main__":
    main()
