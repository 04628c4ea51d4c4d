"""SIGKILL in the middle of an inspection, by the real command, again and again: the ledger stays whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from shoplens.catalog.issue import Issue
from shoplens.catalog.issue_filter import IssueFilter
from shoplens.photos.encode import encode
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.quality.drawn import product
from tests.quality.spoiled import framed

PHOTOS, KILLS = 80, 5
EVERY = IssueFilter(states=())


def draw(folder: Path) -> None:
    """Draw photos of which every third has a frame; no two are alike."""
    folder.mkdir()
    rows = ["id,title,image_link"]
    for number in range(PHOTOS):
        picture = product(110, seed=number)
        data = encode(framed(picture, 5) if number % 3 == 0 else picture, "jpeg")
        (folder / f"{number}.jpg").write_bytes(data)
        rows.append(f"P{number},Print {number},{number}.jpg")
    (folder / "feed.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def make_shop(folder: Path, source: Path) -> Shop:
    folder.mkdir()
    write_setting(folder / SETTINGS_FILE, "model", "none")
    shop = Shop.open(folder, create=True)
    shop.import_catalog(source / "feed.csv")
    return shop


def start(shop: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "shoplens", "inspect", "--shop", str(shop), "--fail-on", "never", "--json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def touch(source: Path, stamp: int) -> None:
    """Make every photo look changed."""
    for path in source.glob("*.jpg"):
        os.utime(path, ns=(stamp, stamp))


def known(shop: Shop) -> dict[str, tuple[str, str, str, str]]:
    with shop.catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    return {issue.finding.id: _told(issue) for issue in shop.catalog.ledger.issues(EVERY, limit=None)}


def _told(issue: Issue) -> tuple[str, str, str, str]:
    return issue.state, issue.first_seen, issue.waived_by, issue.waived_why


def test_the_ledger_survives_kills_and_the_next_inspection_goes_on(tmp_path: Path) -> None:
    source, folder = tmp_path / "source", tmp_path / "shop"
    draw(source)
    chance = random.Random(2026)
    with make_shop(folder, source) as shop:
        began = time.monotonic()
        assert start(folder).wait() == 0
        whole = time.monotonic() - began
        frames = shop.catalog.ledger.issues(IssueFilter(code="photo_border"), limit=None)
        assert {issue.finding.product_id for issue in frames} == {f"P{number}" for number in range(0, PHOTOS, 3)}
        before = known(shop)
        for kill in range(KILLS):
            # what was acknowledged between two kills is kept by all that follow
            finding = frames[kill].finding.id
            shop.inspection.waive([finding], by=f"Ada {kill}", why="It is part of the picture.")
            before[finding] = ("waived", before[finding][1], f"Ada {kill}", "It is part of the picture.")
            touch(source, 1_700_000_000_000_000_000 + kill)
            process = start(folder)
            time.sleep(chance.uniform(0.25, 1.0) * whole)
            process.kill()
            assert process.wait() in (-signal.SIGKILL, 0)
            assert known(shop) == before
        # in the middle for sure: after the first portion of photos
        touch(source, 1_800_000_000_000_000_000)
        process = start(folder)
        while not seen_anew(shop, "1800000000"):
            assert process.poll() is None
            time.sleep(0.02)
        process.kill()
        process.wait()
        assert known(shop) == before
        report = shop.inspect()
        assert 0 < report.looked < PHOTOS
        assert known(shop) == before
        assert shop.inspect().looked == 0


def seen_anew(shop: Shop, time_of_change: str) -> bool:
    """Say whether a photo with this time of change was looked at."""
    plans = {inspection.plan for inspection in shop.catalog.ledger.inspections()}
    return any(f" {time_of_change}" in look.state for plan in plans for look in shop.catalog.looks.read(plan).values())
