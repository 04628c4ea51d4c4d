"""How long the page takes, by its own clock."""

from __future__ import annotations

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
