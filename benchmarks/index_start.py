"""How soon does a shop answer after a start, and how soon does a change of its catalogue show?

A catalogue of drawn vectors, one photo a product, is written straight into its tables, without the text index that no
start reads. Then the photo index of the shop is opened as `Shop` opens it: from the catalogue alone, which is what
happens when the snapshot is lost or damaged, and, in a process of its own as after a restart, from its snapshot. Every
start includes the reading of products and links, and one answer; the libraries are loaded before. Then products are
added and retired one by one, and each is looked for by the next question; the time counts from the end of the commit.

Vectors have 256 numbers, as in the benchmark of the index alone; those of the base model with colours have 640.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from machine import write_result
from sqlalchemy import insert

from shoplens.catalog.batch import next_revision
from shoplens.catalog.rows import to_row
from shoplens.catalog.store import Catalog
from shoplens.catalog.tables import embeddings, photos, product_photos, products
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


def fill(catalog: Catalog, count: int) -> None:
    """Write the rows that an import of `count` products would leave and a start reads."""
    product = to_row(Product(id="p", title="", category="Drawn")) | {"digest": "", "retired": 0}
    photo = {"path": "none.png", "format": "png", "width": 8, "height": 8, "size_bytes": 1, "notes": "[]"}
    with catalog.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA cache_size=-1000000")  # keys come in no order
        revision = next_revision(connection)
        for start in range(0, count, PORTION):
            numbers = range(start, min(start + PORTION, count))
            ids, keys = [f"p{number}" for number in numbers], [sha(number) for number in numbers]
            halves = drawn(len(numbers), start + 1).astype("<f2")
            told = [{"id": name, "listing": name, "title": f"Product {name}", "revision": revision} for name in ids]
            connection.execute(insert(products), [product | some for some in told])
            connection.execute(insert(photos), [photo | {"sha256": key} for key in keys])
            link = {"position": 0, "reference": "", "original": ""}
            shown = zip(ids, keys, strict=True)
            connection.execute(insert(product_photos), [link | {"product_id": n, "sha256": k} for n, k in shown])
            stored = {"embedder_id": DrawnEmbedder.id, "revision": revision}
            pairs = zip(keys, halves, strict=True)
            connection.execute(insert(embeddings), [stored | {"sha256": k, "vector": v.tobytes()} for k, v in pairs])


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


def nearest(index: PhotoIndex, vector: Vectors) -> str:
    return index.products(index.index.search(index.space.apply(vector[None]), 1)[0][0][0])[0]


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
    """Return the longest time until a new product is found, and until a retired one is not."""
    added, retired = [], []
    for number, vector in enumerate(drawn(CHANGES, 9), start):
        put(catalog, number, vector[None])
        began = time.perf_counter()
        found = nearest(live.get(), vector)
        added.append(time.perf_counter() - began if found == f"p{number}" else np.inf)
    for number, vector in enumerate(drawn(CHANGES, 9), start):
        with catalog.batch() as batch:
            batch.retire([f"p{number}"])
        began = time.perf_counter()
        found = nearest(live.get(), vector)
        retired.append(time.perf_counter() - began if found != f"p{number}" else np.inf)
    return float(np.max(added)), float(np.max(retired))


def restarted(folder: Path, count: int) -> dict[str, float]:
    """Start from the snapshot and change the catalogue; told as numbers, for the process that asked."""
    import faiss  # noqa: F401 - a server loads it once, whatever the shop

    used = time.process_time()
    quick, live, catalog = begun(folder, drawn(1, 5)[0])
    used = time.process_time() - used
    size, memory = live.path.stat().st_size / 1e6, resident()
    added, deleted = changes(live, catalog, count)
    settled(live)
    catalog.close()
    return {"quick": quick, "cpu": used, "size": size, "memory": memory, "added": added, "deleted": deleted}


def resident() -> float:
    """Return the gigabytes that the process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e9


def measured(folder: Path, count: int) -> tuple[float, dict[str, float]]:
    """Return the seconds of a start from the catalogue alone, and what a new process tells of one from the snapshot."""
    with Catalog.open(folder, create=True) as catalog:
        fill(catalog, count)
    slow, live, catalog = begun(folder, drawn(1, 5)[0])
    settled(live)
    catalog.close()
    command = [sys.executable, __file__, "--restart", str(folder), "--rows", str(count)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return slow, json.loads(told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--trial", action="store_true", help="print, and write no result")
    parser.add_argument("--restart", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.restart:
        json.dump(restarted(options.restart, options.rows[0]), sys.stdout)
        return
    fails = []
    lines = [
        "| photos | from catalogue, s | from snapshot, s | CPU of it, s | snapshot, MB | memory, GB | added shows, ms "
        "| deleted shows, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for count in options.rows:
        with tempfile.TemporaryDirectory() as name:
            slow, told = measured(Path(name), count)
        start = f"{slow:.2f} | {told['quick']:.2f} | {told['cpu']:.2f} | {told['size']:,.0f} | {told['memory']:.2f}"
        lines.append(f"| {count:,} | {start} | {told['added'] * 1e3:.0f} | {told['deleted'] * 1e3:.0f} |")
        print(lines[-1], flush=True)
        if told["quick"] > READY.get(count, np.inf):
            fails.append(f"{count:,} photos are ready after {told['quick']:.2f} s")
        if count <= 100_000 and max(told["added"], told["deleted"]) > VISIBLE:
            fails.append(f"{count:,} photos: a change shows after {max(told['added'], told['deleted']):.3f} s")
        if not options.trial:  # what is measured stays, whatever comes after
            write_result("index_start", "A shop's photo index: start and changes", lines)
    if fails:
        sys.exit("\n".join(fails))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
