"""A drawn shop of one's own for each test that changes it, and the studio in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest

from shoplens.serving.app import make_app
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.drawn_shop import draw_shop
from tests.serving.looking import SIZES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    OpenStudio = Callable[..., Page]


@pytest.fixture(scope="class")
def own_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with draw_shop(tmp_path_factory.mktemp("studio")) as drawn:
        yield drawn


@pytest.fixture(scope="class")
def own_address(own_shop: Shop) -> Iterator[str]:
    with serving(make_app(own_shop)) as at:
        yield at


@pytest.fixture(scope="class")
def client(own_address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=own_address, timeout=60) as opened:
        yield opened


@pytest.fixture
def open_studio(browser: Browser, own_address: str) -> Iterator[OpenStudio]:
    """Open the studio in a fresh profile; any error of a script, or of the content policy, fails the test."""
    faults: list[str] = []
    contexts: list[Any] = []

    def start(
        place: str = "#/", language: str = "en-US", size: str = "desk", scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{own_address}/studio{place}")
        page.locator("main:not([aria-busy]) > *").wait_for()
        return page

    yield start
    for context in contexts:
        context.close()
    assert not faults
