"""A drawn shop of one's own for each test that changes it, and the studio in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from shoplens.serving.app import make_app
from shoplens.shop import Shop
from tests.serving.conftest import serving
from tests.serving.drawn_shop import draw_shop
from tests.serving.looking import drawn

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving.looking import OpenPage


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
def open_studio(open_at: OpenPage, own_address: str) -> OpenPage:
    """Open the studio."""

    def start(place: str = "#/", **looks: str) -> Page:
        page = open_at(f"{own_address}/studio{place}", **looks)
        page.set_default_timeout(60_000)
        drawn(page)
        return page

    return start
