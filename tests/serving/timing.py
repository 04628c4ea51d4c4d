"""How long the page takes, by its own clock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CHOSEN_TO_DRAWN = """() => {
    window.drawnIn = new Promise((resolve) => {
        const chosen = () => {
            const from = performance.now();
            const look = new MutationObserver(() => {
                if (!document.querySelector(".results .card:not(.outline)")) return;
                look.disconnect();
                // Two frames later what was put into the page has been painted.
                requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - from)));
            });
            look.observe(document.querySelector("main"), { childList: true, subtree: true });
        };
        document.addEventListener("change", chosen, { capture: true, once: true });
    });
}"""
_LARGEST_PAINT = """() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
        .observe({ type: "largest-contentful-paint", buffered: true });
})"""
_WATCH_TASKS = """() => {
    window.tasks = [];
    const keep = (entries) => window.tasks.push(...entries.map((one) => one.duration));
    window.taskObserver = new PerformanceObserver((list) => keep(list.getEntries()));
    window.taskObserver.observe({ type: "longtask" });
    window.longestTask = () => {
        keep(window.taskObserver.takeRecords());
        return Math.max(0, ...window.tasks.splice(0));
    };
}"""


def watch_tasks(page: Page) -> None:
    """Keep how long each task of the page takes from now on; the browser tells of those above 50 ms."""
    page.evaluate(_WATCH_TASKS)


def longest_task(page: Page) -> float:
    """Return the milliseconds of the longest task since this was asked before; 0 where none took 50 ms."""
    longest: float = page.evaluate("() => window.longestTask()")
    return longest


def trace_work(page: Page) -> None:
    """Trace what the page's main thread works on, until `longest_work` is asked."""
    browser = page.context.browser
    assert browser is not None
    browser.start_tracing(page=page, categories=["toplevel"])


def longest_work(page: Page) -> float:
    """End the trace; return the processor time in milliseconds of the longest task of the page's main thread.

    Beside other work on the machine it says more of the page than the clock does.
    """
    browser = page.context.browser
    assert browser is not None
    events = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {(e["pid"], e["tid"]) for e in events if e.get("args", {}).get("name") == "CrRendererMain"}
    worked = [e.get("tdur", 0) for e in events if (e["pid"], e["tid"]) in mains and e["name"].endswith("RunTask")]
    assert worked, "the trace names no task of the page"
    return float(max(worked)) / 1000


def chosen_to_drawn(page: Page, file: Path) -> float:
    """Choose a photo on the page and return the milliseconds until its results are painted."""
    page.evaluate(_CHOSEN_TO_DRAWN)
    page.locator(".search input[type=file]").set_input_files(file)
    taken: float = page.evaluate("() => window.drawnIn")
    return taken


def largest_paint(page: Page, address: str, slowed: int) -> float:
    """Open the address with the processor slowed so many times; return the milliseconds to its largest paint."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(address)
    page.locator("main:not([aria-busy]) > *").wait_for()
    page.wait_for_load_state("networkidle")
    painted: float = page.evaluate(_LARGEST_PAINT)
    return painted
