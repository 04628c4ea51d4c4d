"""Claim: Luma, embedding included, is imported at 150 photos/s on two cores, and a second time in a tenth of that.

The whole path of `shoplens import`: reading the feed, finding, decoding and embedding the photos, rows, words and
vectors committed to the disk. Beside it the bare work on the same photos with the same threads (decode and embed,
nothing stored) and reading the feed alone, so that a busy machine can be told from a slow import. Each import is made
three times into a new shop; the best counts.

    SHOPLENS_DATA=... python benchmarks/import_speed.py
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import machine

from shoplens.embedding.embedder import Embedder
from shoplens.feeds.detect import open_feed
from shoplens.feeds.summary import ImportSummary
from shoplens.photos.decode import decode_file
from shoplens.shop import Shop

ROUNDS, SLICE = 3, 16
LEAST_PHOTOS_PER_S, LARGEST_SHARE = 150.0, 0.1


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare(paths: Sequence[Path], embedder: Embedder) -> None:
    def one(some: Sequence[Path]) -> None:
        embedder.embed([decode_file(path, min_side=embedder.min_side).pixels for path in some])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one, [paths[start : start + SLICE] for start in range(0, len(paths), SLICE)]))


def main() -> None:
    data = machine.shared_data()
    source = data / "catalogue-feeds" / "magento2" / "luma-products.csv"
    images = data / "magento2-luma" / "images"
    feed, _ = open_feed(source)
    firsts: list[ImportSummary] = []
    seconds: list[ImportSummary] = []
    bares, readings = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder, Shop.open(Path(folder), create=True) as shop:
            warmed = shop.embedder.id  # loading the network is no part of the import
            firsts.append(first := shop.import_catalog(source, photos=images))
            seconds.append(second := shop.import_catalog(source, photos=images))
            assert first.rows["added"] == 1994, first
            assert second.rows["unchanged"] == 1994, second
            assert (first.photos["embedded"] + first.photos["known"], first.photos["failed"]) == (675, 0), first
            paths = [photo.path for photo in shop.catalog.not_embedded("nobody's")]
            bares.append(timed(partial(bare, paths, shop.embedder)))
            readings.append(timed(lambda: sum(1 for _ in feed.read(source, {}))))
    best, again = min(done.seconds for done in firsts), min(done.seconds for done in seconds)
    speed, share = 675 / best, again / best
    machine.write_result(
        "import_speed",
        "Import speed",
        [
            (__doc__ or "").strip(),
            "",
            f"1,994 rows, 675 photos, embedder `{warmed}`, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f} at the end.",
            "",
            "| what | seconds | photos/s |",
            "|---|---:|---:|",
            f"| first import | {best:.2f} | {speed:.0f} |",
            f"| bare decode + embed of the same photos | {min(bares):.2f} | {675 / min(bares):.0f} |",
            f"| reading the feed alone | {min(readings):.2f} | |",
            f"| second import, nothing changed | {again:.2f} ({share:.1%} of the first) | |",
        ],
    )
    assert speed >= LEAST_PHOTOS_PER_S, f"{speed:.0f} photos/s"
    assert share <= LARGEST_SHARE, f"the second import takes {share:.1%} of the first"


if __name__ == "__main__":
    main()
