"""Fixtures of every room."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = Path(os.environ.get("SHOPLENS_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@pytest.fixture(scope="session", autouse=True)
def no_width() -> None:
    """Let tables be as wide as they need: readline, which pytest loads, tells child processes a width, workers too."""
    os.environ.pop("COLUMNS", None)
    os.unsetenv("COLUMNS")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real photos and feeds, or a skip with the reason."""
    folder = os.environ.get("SHOPLENS_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("needs real data: set SHOPLENS_DATA to the folder that holds it")
    return Path(folder)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests: a second one in the same process would not start."""
    if not CHROMIUM.is_file():
        pytest.skip(f"needs Chromium at {CHROMIUM}; SHOPLENS_CHROMIUM names another place")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")
    with playwright.sync_playwright() as running:
        playwright.expect.set_options(timeout=20_000)  # two busy cores are slow, and no test asks how fast
        opened = running.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield opened
        opened.close()
