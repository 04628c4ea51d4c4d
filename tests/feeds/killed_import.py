"""The import that the kill test kills: run in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.feeds.feed import FeedRow
from tests.feeds.drawn_catalogue import ROOMY, bring_in, draw, row

ARTICLES, SIZES, CHUNK = 240, 3, 7


def draw_photos(folder: Path) -> None:
    """Draw one photo for each article, and every tenth a file that is none."""
    for article in range(ARTICLES):
        path = draw(folder / f"{article}.jpg", article, side=16)
        if article % 10 == 9:
            path.write_text(f"no photo {article}")


def feed() -> Iterator[FeedRow]:
    """Yield three sizes of each article; they share its photo, and show the one before too."""
    number = 1
    for article in range(ARTICLES):
        for size in range(SIZES):
            number += 1
            yield row(number, f"{article}-{size}", f"{article}.jpg", f"{max(article - 1, 0)}.jpg", title="A 红色 shirt")


def run(shop: Path, photos: Path, report: Connection) -> None:
    """Import, sending the number of rows after each commit, and -1 at the end."""
    with Catalog.open(shop, create=True) as catalog:
        settings = replace(ROOMY, chunk_rows=CHUNK)
        bring_in(catalog, feed(), photos, settings, progress=lambda progress: report.send(progress.rows))
    report.send(-1)
