"""The report in a real Chromium: opened from disk, without a network, by keyboard, on a phone and in print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

from shoplens.models.report import Report
from tests.models.test_report import report  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_the_languages_are_switched_by_keyboard_and_nothing_is_refused_or_fetched(
    browser: Browser,
    report: Report,  # noqa: F811
    tmp_path: Path,
) -> None:
    report.write(tmp_path / "r.html")
    context = browser.new_context(viewport={"width": 360, "height": 740}, offline=True)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "r.html").as_uri())
    expect(page.get_by_role("heading", name="Worst mistakes")).to_be_visible()
    expect(page.get_by_role("heading", name="最严重的错误")).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="最严重的错误")).to_be_visible()
    expect(page.get_by_role("heading", name="Worst mistakes")).to_be_hidden()
    assert page.locator("svg [lang=en]").first.is_hidden()
    # nothing but tables in their own frame is wider than a phone
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    page.emulate_media(media="print")
    expect(page.locator("nav")).to_be_hidden()
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
