"""The page in a real Chromium is for everybody: axe-core finds nothing serious on any page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.serving.looking import drawn, pick, titles

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.serving.looking import OpenPage

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")
axe = pytest.importorskip("axe_playwright_python.base", reason="needs the extra 'dev'")

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = [
    "/",
    "/#/search?q=mug&color=red",
    "/#/search?q=nothing-is-called-so",
    "/#/product/SHIRT-RED-S",
    "/#/product/nope",
    "/#/basket",
]


def faults(page: Page) -> list[str]:
    """Return what axe finds, minor things left out."""
    page.evaluate(axe.AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then((told) => told.violations)", RULES
    )
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in ("moderate", "serious", "critical")
    ]


@pytest.mark.parametrize(
    ("language", "size", "scheme"), [("en-US", "desk", "light"), ("zh-CN", "phone", "dark")], ids=["desk", "phone"]
)
class TestAxe:
    def test_every_page(self, open_page: OpenPage, address: str, language: str, size: str, scheme: str) -> None:
        page = open_page("/#/product/MUG-RED", language=language, size=size, scheme=scheme)
        page.locator(".ways button").click()
        found = {}
        for path in PAGES:
            page.goto(address + path)
            page.reload()
            drawn(page)
            page.wait_for_load_state("networkidle")
            found[path] = faults(page)
        assert not any(found.values()), found

    def test_a_photo_s_results_and_their_dialog(
        self, open_page: OpenPage, red_shirt: Path, language: str, size: str, scheme: str
    ) -> None:
        page = open_page(language=language, size=size, scheme=scheme)
        pick(page, red_shirt)
        titles(page)
        page.wait_for_load_state("networkidle")
        assert faults(page) == []
        page.locator(".foot button").click()
        page.get_by_role("dialog").wait_for()
        assert faults(page) == []
