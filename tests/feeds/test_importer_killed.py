"""SIGKILL in the middle of an import, again and again: nothing that was reported as committed is lost."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from tests.feeds import killed_import

KILLS = 20


def _run_and_kill(shop: Path, photos: Path, enough: int, moment_s: float) -> int:
    """Start an import, kill it a moment after `enough` rows are in, and return the rows that it reported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.feeds.killed_import"])
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=killed_import.run, args=(shop, photos, there))
    process.start()
    there.close()
    committed = 0
    try:
        while committed < enough:
            committed = here.recv()
            assert committed != -1, "the import ended before it could be killed: draw a larger catalogue"
        time.sleep(moment_s)
    finally:
        process.kill()
        process.join()
    try:
        while True:
            committed = here.recv()
            assert committed != -1
    except EOFError:
        here.close()
    return committed


def _contents(catalog: Catalog) -> dict[str, Any]:
    with catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        words = connection.exec_driver_sql("SELECT * FROM product_text ORDER BY rowid").all()
    embedder = catalog.embedder_ids()[0]
    keys, vectors = catalog.embeddings(embedder)
    return {
        "products": catalog.products(Filter(include_retired=True), limit=10_000),
        "links": catalog.photo_links(),
        "references": catalog.references(),
        "embedded": (embedder, keys),
        # Sums in batches of another size round otherwise.
        "vectors": vectors.astype(np.float32),
        "words": sorted(map(tuple, words)),
    }


def test_no_accepted_row_is_lost_and_the_next_run_completes_the_import(tmp_path: Path) -> None:
    photos, shop = tmp_path / "photos", tmp_path / "shop"
    killed_import.draw_photos(photos)
    rows = [row.product for row in killed_import.feed() if row.product]
    chance = random.Random(20_26)
    most = 0
    for _ in range(KILLS):
        enough = most + chance.randrange(0, 5) * killed_import.CHUNK if most else chance.choice([0, 1])
        most = max(most, _run_and_kill(shop, photos, enough, chance.random() * 0.02))
        if (shop / "catalog.db").is_file():
            with Catalog.open(shop) as catalog:
                kept = catalog.by_ids(product.id for product in rows[:most])
                assert len(kept) == most, f"{most} rows were reported as committed, {len(kept)} are there"
                links = {product_id for _, product_id, _ in catalog.photo_links()}
                assert {p.id for p in rows[:most] if int(p.id.split("-")[0]) % 10 != 9} <= links
    assert most > 10 * killed_import.CHUNK
    for name in ("shop", "undisturbed"):
        with Catalog.open(tmp_path / name, create=True) as catalog:
            killed_import.bring_in(catalog, killed_import.feed(), photos)
    with Catalog.open(shop) as killed, Catalog.open(tmp_path / "undisturbed") as undisturbed:
        assert killed.count() == len(rows)
        found, expected = _contents(killed), _contents(undisturbed)
        np.testing.assert_allclose(found.pop("vectors"), expected.pop("vectors"), atol=2e-3)
        assert found == expected
