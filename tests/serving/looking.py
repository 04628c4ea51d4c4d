"""How the tests look at the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    OpenPage = Callable[..., Page]

OUTPUT = Path("test-output") / "page"
CARDS = ".results .card:not(.outline)"
SIZES = {"desk": (1280, 900), "tablet": (800, 1100), "phone": (360, 740)}


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


def keep(page: Page, name: str) -> None:
    """Keep a screenshot as test output."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")
