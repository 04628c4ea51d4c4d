"""SIGKILL in the middle of an import, again and again: nothing that was reported as committed is lost."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from pathlib import Path
from typing import Any

import numpy as np

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from tests.feeds import killed_import

KILLS = 20


def _run_and_kill(shop: Path, photos: Path, enough: int, moment_s: float) -> int:
    """Start an import, kill it a moment after it reported `enough` rows, and return the rows that it did report."""
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
    assert process.exitcode == -signal.SIGKILL
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


def _assert_whole(catalog: Catalog, accepted: list[str]) -> None:
    """Every accepted row is there, and no product, accepted or not, without its photos and their vectors."""
    with catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    present = catalog.product_ids()
    missing = set(accepted) - set(present)
    assert not missing, f"{len(accepted)} rows were reported as committed, and {sorted(missing)} are not there"
    shown: dict[str, set[str]] = {product_id: set() for product_id in present}
    for sha256, product_id, _ in catalog.photo_links():
        shown[product_id].add(sha256)
    for product_id, photos in shown.items():
        article = int(product_id.split("-")[0])
        assert len(photos) == len([a for a in {article, max(article - 1, 0)} if a % 10 != 9]), product_id
    names = catalog.embedder_ids()
    embedded = set(catalog.embeddings(names[0])[0]) if names else set()
    assert set().union(*shown.values()) <= embedded


def test_no_accepted_row_is_lost_and_the_next_run_completes_the_import(tmp_path: Path) -> None:
    photos, shop = tmp_path / "photos", tmp_path / "shop"
    killed_import.draw_photos(photos)
    rows = [row.product for row in killed_import.feed() if row.product]
    ids = [product.id for product in rows]
    chance = random.Random(20_26)
    most, points = 0, set()
    for kill in range(KILLS):
        # By turns on new ground and anywhere: before the first commit, or among the rows that are in already.
        ahead = most + chance.randrange(5) * killed_import.CHUNK
        reported = _run_and_kill(
            shop, photos, ahead if kill % 2 else chance.randrange(ahead + 1), chance.random() * 0.03
        )
        points.add(reported)
        most = max(most, reported)
        if (shop / "catalog.db").is_file():
            with Catalog.open(shop) as catalog:
                _assert_whole(catalog, ids[:most])
    assert most > 10 * killed_import.CHUNK
    assert len(points) > KILLS // 2
    with Catalog.open(shop) as catalog:
        committed = catalog.count()
        summary = killed_import.bring_in(catalog, killed_import.feed(), photos)
        assert summary.rows == {"added": len(rows) - committed, "updated": 0, "unchanged": committed, "rejected": 0}
        assert [record.finished_at for record in catalog.imports()].count("") == len(catalog.imports()) - 1
    with Catalog.open(tmp_path / "undisturbed", create=True) as catalog:
        killed_import.bring_in(catalog, killed_import.feed(), photos)
    with Catalog.open(shop) as killed, Catalog.open(tmp_path / "undisturbed") as undisturbed:
        assert killed.count() == len(rows)
        found, expected = _contents(killed), _contents(undisturbed)
        np.testing.assert_allclose(found.pop("vectors"), expected.pop("vectors"), atol=2e-3)
        assert found == expected
