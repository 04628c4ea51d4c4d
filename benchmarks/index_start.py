"""How soon does a shop answer after a start, and how soon does a change of its catalogue show?

A catalogue of drawn vectors, one photo a product, is written as an import would. Then the photo index of the shop is
opened as `Shop` opens it: from the catalogue alone, which is what happens when the snapshot is lost or damaged, and
from its snapshot. Every start includes the reading of products and links, and one answer. Then products are added and
retired one by one, and each is looked for by the next question; the time counts from the end of the commit.

Vectors have 256 numbers, as in the benchmark of the index alone; those of the base model with colours have 640.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from machine import write_result

from shoplens.catalog.store import Catalog
from shoplens.index.auto_index import AutoIndex
from shoplens.records import PhotoFacts, Pixels, Product, Vectors
from shoplens.search.live_photos import LivePhotos
from shoplens.search.photo_index import PhotoIndex

DIM, PORTION, CHANGES = 256, 5_000, 50
READY = {100_000: 1.0, 1_000_000: 5.0}
VISIBLE = 0.050


class DrawnEmbedder:
    """Stands for the one whose vectors are in the catalogue; it embeds nothing."""

    id, dim, parts, min_side = "drawn", DIM, (DIM,), 1

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        raise NotImplementedError


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def put(catalog: Catalog, start: int, vectors: Vectors) -> None:
    with catalog.batch() as batch:
        for number, vector in enumerate(vectors, start):
            batch.put_product(Product(id=f"p{number}", title=f"Product {number}", category="Drawn"))
            batch.put_photo(PhotoFacts(sha(number), "png", 8, 8, 1), catalog.folder / "none.png")
            batch.put_embedding(sha(number), "drawn", vector)
            batch.link(f"p{number}", [sha(number)])


def drawn(rows: int, seed: int) -> Vectors:
    centres = np.random.default_rng(0).standard_normal((2_000, DIM), np.float32)
    rng = np.random.default_rng(seed)
    vectors = centres[rng.integers(0, 2_000, rows)] + np.float32(0.7) * rng.standard_normal((rows, DIM), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def nearest(photos: PhotoIndex, vector: Vectors) -> str:
    return photos.products(photos.index.search(photos.space.apply(vector[None]), 1)[0][0][0])[0]


def begun(folder: Path, vector: Vectors) -> tuple[float, LivePhotos, Catalog]:
    started = time.perf_counter()
    catalog = Catalog.open(folder)
    live = LivePhotos(catalog, DrawnEmbedder, AutoIndex, folder / "index")
    nearest(live.get(), vector)
    return time.perf_counter() - started, live, catalog


def settled(live: LivePhotos) -> None:
    """Wait until the lists are made and saved."""
    live.wait()
    index = live.get().index
    assert isinstance(index, AutoIndex)
    index.wait()
    live.get()
    live.wait()


def changes(live: LivePhotos, catalog: Catalog, start: int) -> tuple[float, float]:
    added, retired = [], []
    for number, vector in enumerate(drawn(CHANGES, 9), start):
        put(catalog, number, vector[None])
        began = time.perf_counter()
        assert nearest(live.get(), vector) == f"p{number}"
        added.append(time.perf_counter() - began)
    for number, vector in enumerate(drawn(CHANGES, 9), start):
        with catalog.batch() as batch:
            batch.retire([f"p{number}"])
        began = time.perf_counter()
        assert nearest(live.get(), vector) != f"p{number}"
        retired.append(time.perf_counter() - began)
    return float(np.max(added)), float(np.max(retired))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--trial", action="store_true", help="print, and write no result")
    options = parser.parse_args()
    fails = []
    lines = [
        "| photos | from catalogue, s | from snapshot, s | snapshot, MB | added shows, ms | deleted shows, ms |",
        "|---|---|---|---|---|---|",
    ]
    for count in options.rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with Catalog.open(folder, create=True) as catalog:
                for start in range(0, count, PORTION):
                    put(catalog, start, drawn(min(PORTION, count - start), start + 1))
            vector = drawn(1, 5)[0]
            slow, live, catalog = begun(folder, vector)
            settled(live)
            catalog.close()
            quick, live, catalog = begun(folder, vector)
            added, retired = changes(live, catalog, count)
            size = live.path.stat().st_size / 1e6
            settled(live)
            catalog.close()
        times = f"{slow:.2f} | {quick:.2f} | {size:,.0f} | {added * 1e3:.0f} | {retired * 1e3:.0f}"
        lines.append(f"| {count:,} | {times} |")
        print(lines[-1], flush=True)
        if quick > READY.get(count, np.inf):
            fails.append(f"{count:,} photos are ready after {quick:.2f} s")
        if count <= 100_000 and max(added, retired) > VISIBLE:
            fails.append(f"{count:,} photos: a change shows after {max(added, retired):.3f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines += ["", f"The most memory that the process had, writing of the catalogue included: {peak:.2f} GB."]
    if not options.trial:
        write_result("index_start", "A shop's photo index: start and changes", lines)
    if fails:
        sys.exit("\n".join(fails))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
