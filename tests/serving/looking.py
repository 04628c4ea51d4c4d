"""How the tests look at the page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

OUTPUT = Path("test-output") / "page"
CARDS = ".results .card:not(.outline)"
SIZES = {"desk": (1280, 900), "tablet": (800, 1100), "phone": (360, 740)}


# Playwright does not show the body of a request that holds files: the page itself keeps what it sends.
_WATCH = """() => {
    window.sentForms = [];
    const { fetch } = window;
    window.fetch = (address, options) => {
        if (options?.body instanceof FormData) window.sentForms.push([String(address), [...options.body]]);
        return fetch(address, options);
    };
}"""
_FORMS = """async () => {
    const written = async (value) => {
        if (typeof value === "string") return value;
        const bytes = new Uint8Array(await value.arrayBuffer());
        return { file: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) };
    };
    const whole = ([address, fields]) => Promise.all(fields.map(async ([name, value]) => [name, await written(value)]))
        .then((written) => ({ address, fields: written }));
    return Promise.all(window.sentForms.map(whole));
}"""


def watch_forms(page: Page) -> None:
    """Keep every form that the page sends from now on."""
    page.evaluate(_WATCH)


def sent_forms(page: Page, address: str) -> list[list[tuple[str, str | bytes]]]:
    """Return the forms that were sent to the address, each as names and values; a file's value is its bytes."""
    forms = [form["fields"] for form in page.evaluate(_FORMS) if form["address"] == address]
    return [
        [(name, base64.b64decode(value["file"]) if isinstance(value, dict) else value) for name, value in form]
        for form in forms
    ]


def pick(page: Page, file: Path) -> None:
    """Search with a photo."""
    page.locator(".search input[type=file]").set_input_files(file)


def titles(page: Page) -> list[str]:
    """Return the titles of the results once they are there."""
    page.locator(CARDS).first.wait_for()
    return page.locator(f"{CARDS} .card-title").all_text_contents()


def drawn(page: Page) -> None:
    """Wait until the page has all its answers."""
    page.locator("main:not([aria-busy]) > *").wait_for()


def sticks_out(page: Page) -> int:
    """Return by how many pixels the page is wider than what is seen of it; a bar to scroll by is not seen through."""
    return int(page.evaluate("(root => root.scrollWidth - root.clientWidth)(document.documentElement)"))


def flaws(page: Page) -> list[tuple[str, str, list[str]]]:
    """Return what axe-core finds wrong by WCAG 2.2 AA and its best practices: rule, impact, the places.

    Skips the test where axe-core is not installed.
    """
    import pytest

    axe = pytest.importorskip("axe_playwright_python.base", reason="needs the extra 'dev'")
    page.evaluate(axe.AXE_SCRIPT)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    told = page.evaluate("rules => axe.run({ runOnly: rules }).then((told) => told.violations)", rules)
    return [(v["id"], v["impact"], [n["html"][:120] for n in v["nodes"][:3]]) for v in told]


def keep(page: Page, name: str) -> None:
    """Keep a screenshot as test output."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")
