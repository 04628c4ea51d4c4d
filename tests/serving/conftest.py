"""A drawn shop of fourteen products, served by a real server, and a real browser to look at it."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from shoplens.serving.app import make_app
from shoplens.serving.guard import GuardSettings
from shoplens.shop import Shop
from tests.serving.drawn_shop import COLORS, draw_shop, photo, write_photo
from tests.serving.looking import SIZES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.serving.looking import OpenPage


class QuietPages(http.server.SimpleHTTPRequestHandler):
    """Serves the files of a folder: another site, which knows nothing of ShopLens."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Run the application on a free port and yield its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with draw_shop(tmp_path_factory.mktemp("served")) as drawn:
        yield drawn


@pytest.fixture(scope="session")
def address(shop: Shop) -> Iterator[str]:
    with serving(make_app(shop)) as at:
        yield at


@pytest.fixture(scope="session")
def api(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def served(shop: Shop) -> Iterator[Callable[..., httpx.Client]]:
    """Serve the shop under other settings; returns a client."""
    open_servers: list[Any] = []

    def start(**settings: Any) -> httpx.Client:  # noqa: ANN401 - the fields of GuardSettings
        server = serving(make_app(shop, GuardSettings(**settings)))
        client = httpx.Client(base_url=server.__enter__(), timeout=60)
        open_servers.append((server, client))
        return client

    yield start
    for server, client in open_servers:
        client.close()
        server.__exit__(None, None, None)


@pytest.fixture
def open_at(browser: Browser) -> Iterator[OpenPage]:
    """Open an address in a fresh profile; any error of a script, or of the content policy, fails the test."""
    faults: list[str] = []
    contexts = []

    def start(
        address: str, language: str = "en-US", size: str = "desk", scheme: Literal["light", "dark"] = "light"
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            locale=language, viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def open_page(open_at: OpenPage, address: str) -> OpenPage:
    """Open the shopper's page."""
    return lambda path="/", **looks: open_at(address + path, **looks)


@pytest.fixture
def red_shirt(tmp_path: Path) -> Path:
    return tmp_path / write_photo(tmp_path / "red.jpg", photo(COLORS["red"], "shirt", seed=5))
