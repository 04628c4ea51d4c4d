"""The report in a real Chromium: filters, languages, before and after, at a desk and on a phone, without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("playwright.sync_api", reason="needs the extra 'dev'")

from playwright.sync_api import expect

from shoplens.quality.html_report import html_report
from shoplens.quality.inspection_report import InspectionReport
from shoplens.records import Finding, Measure
from tests.quality.faulty_shop import open_faulty

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
OUTPUT = Path("test-output") / "inspection"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the report of a shop where something is waived and something mended."""
    folder = tmp_path_factory.mktemp("reported")
    shop, _ = open_faulty(folder)
    with shop:
        done = shop.inspection.fix(["GREY-WALL", "FRAME", "MISNAMED"], rules=["google", "amazon"]).report
        assert done is not None
        dark = next(finding for finding in done.findings if finding.code == "photo_too_dark")
        shop.inspection.waive([dark.id], by="Ada <b>", why="A night scene.")
        written = html_report(shop.inspect(rules=["google", "amazon"]))
    (folder / "report.html").write_text(written, encoding="utf-8")
    return folder / "report.html"


def opened(browser: Browser, report: Path, size: tuple[int, int], language: str = "en-US") -> tuple[Page, list[str]]:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language, offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text))
    page.on("request", lambda asked: None if asked.url.startswith(("file:", "data:")) else faults.append(asked.url))
    page.goto(report.as_uri())
    return page, faults


def test_filters_work_without_a_server(browser: Browser, report: Path) -> None:
    page, faults = opened(browser, report, (1280, 900))
    shown = page.locator("#problems .card:visible")
    every = shown.count()
    assert every > 5
    page.get_by_label("Channel").select_option("amazon")
    page.get_by_label("Severity").select_option("error")
    problems = page.locator("#problems li:visible")
    assert problems.count() > 0
    assert all("amazon" in (one.get_attribute("data-channels") or "") for one in problems.all())
    assert all(one.get_attribute("data-severity") == "error" for one in problems.all())
    expect(page.locator("#shown")).to_have_text(str(problems.count()))
    page.get_by_label("Severity").select_option("")
    page.get_by_role("button", name="Photo tells where it was taken").click()
    expect(page.locator("#problems li:visible")).to_have_count(1)
    expect(page.locator("#problems .card:visible h3")).to_have_text("GPS")
    page.get_by_role("button", name="Photo tells where it was taken").click()
    page.get_by_label("State").select_option("waived")
    expect(page.locator("#problems li:visible")).to_have_count(1)
    expect(page.locator(".waiver")).to_contain_text("Waived by Ada <b>:")
    expect(page.locator(".waiver")).to_contain_text("A night scene.")
    page.get_by_label("State").select_option("open")
    page.get_by_label("Channel").select_option("")
    page.get_by_label("Category").select_option("Prints")
    assert shown.count() == every
    assert not faults


def test_as_many_problems_are_shown_as_the_figures_say(browser: Browser, tmp_path: Path) -> None:
    small = [
        Finding("photo_too_small", "error", "photo", "Small.", Measure(300, limit, "px"), product_id, "sha1")
        for limit in (500, 1000)
        for product_id in ("A1", "A2")
    ]
    findings = (*small, Finding("photo_border", "warning", "photo", "A frame.", product_id="A1", photo="sha1"))
    path = tmp_path / "report.html"
    path.write_text(html_report(InspectionReport("shop", ("Rules",), 1, 2, findings)), encoding="utf-8")
    page, faults = opened(browser, path, (1280, 900))
    expect(page.locator("#problems li:visible")).to_have_count(3)
    expect(page.locator(".figures")).to_contain_text("2problems")
    expect(page.locator("#shown")).to_have_text("2")
    page.get_by_role("button", name="Photo is too small").click()
    expect(page.locator("#shown")).to_have_text("1")
    page.get_by_role("button", name="Photo is too small").click()
    page.get_by_label("Severity").select_option("error")
    expect(page.locator(".figures")).to_contain_text("1errors")
    expect(page.locator("#shown")).to_have_text("1")
    assert not faults


@pytest.mark.parametrize(("name", "size", "language"), [("desk", (1280, 900), "en-US"), ("phone", (360, 740), "zh-CN")])
def test_it_is_read_at_a_desk_and_on_a_phone(
    browser: Browser, report: Path, name: str, size: tuple[int, int], language: str
) -> None:
    page, faults = opened(browser, report, size, language)
    chinese = language == "zh-CN"
    expect(page.get_by_role("heading", name="已修复的图片" if chinese else "Mended photos")).to_be_visible()
    pairs = page.locator(".mended .pair")
    expect(pairs).to_have_count(3)
    assert page.locator(".mended img").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0 || image.loading === 'lazy')")
    OUTPUT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png", full_page=True)
    page.locator(".language").click()
    expect(page.get_by_role("heading", name="Mended photos" if chinese else "已修复的图片")).to_be_visible()
    assert not faults
