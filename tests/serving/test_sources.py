"""What was brought and never imported goes after a day, also where the server was started anew meanwhile."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from shoplens.errors import BadInput, NotFound
from shoplens.serving.sources import Source, Sources

FEED = ("shop.csv", b"id,title\n1,A mug\n")
PHOTO = ("mug.jpg", b"not looked at here")


def bring(sources: Sources, *files: tuple[str, bytes]) -> Source:
    return sources.add([(name, io.BytesIO(data)) for name, data in files])


def age(folder: Path, hours: float) -> None:
    for path in folder.iterdir():
        os.utime(path, (time.time() - 3600 * hours,) * 2)


@pytest.mark.parametrize("restarted", [False, True])
def test_what_waits_longer_than_a_day_goes(tmp_path: Path, restarted: bool) -> None:
    sources = Sources(tmp_path)
    old = bring(sources, FEED)
    age(tmp_path, 25)
    sources = Sources(tmp_path) if restarted else sources
    new = bring(sources, FEED)
    assert not old.root.exists()
    assert sources.one(new.id).path.read_bytes() == FEED[1]
    with pytest.raises(NotFound):
        sources.one(old.id)


def test_an_icon_is_nothing_to_import(tmp_path: Path) -> None:
    sources = Sources(tmp_path)
    assert bring(sources, ("shop/" + PHOTO[0], PHOTO[1]), ("shop/favicon.ico", b"x")).photos == 1
    with pytest.raises(BadInput, match="nothing in it"):
        bring(sources, ("favicon.ico", b"x"))


def test_photos_of_what_was_imported_stay(tmp_path: Path) -> None:
    sources = Sources(tmp_path)
    kept = bring(sources, ("shop/" + FEED[0], FEED[1]), ("shop/" + PHOTO[0], PHOTO[1]))
    sources.done(kept)
    alone = bring(sources, FEED)
    sources.done(alone)
    age(tmp_path, 25)
    bring(Sources(tmp_path), FEED)
    assert (kept.root / "shop" / "mug.jpg").exists()
    assert not alone.root.exists()


def test_photos_of_an_import_that_never_ended_stay(tmp_path: Path) -> None:
    sources = Sources(tmp_path)
    begun = bring(sources, ("shop/" + FEED[0], FEED[1]), ("shop/" + PHOTO[0], PHOTO[1]))
    sources.begin(begun)
    age(tmp_path, 25)
    bring(Sources(tmp_path), FEED)
    assert (begun.root / "shop" / "mug.jpg").exists()


def test_what_waits_less_than_a_day_stays(tmp_path: Path) -> None:
    sources = Sources(tmp_path)
    waiting = bring(sources, FEED)
    age(tmp_path, 23)
    bring(Sources(tmp_path), FEED)
    assert sources.one(waiting.id).path.exists()
