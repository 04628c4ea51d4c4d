from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.feeds.locate import PhotoLocator
from shoplens.feeds.photo_work import PhotoWork
from shoplens.records import Pixels, Vectors
from tests.feeds.drawn_catalogue import CountingEmbedder, draw


class SlowEmbedder(CountingEmbedder):
    """Says when it has begun, and waits until it may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = threading.Event(), threading.Event()

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        self.begun.set()
        assert self.go_on.wait(60)
        return super().embed(photos)


def test_an_import_that_fails_is_left_while_photos_ahead_still_wait(tmp_path: Path) -> None:
    names = [draw(tmp_path / "photos" / f"{number}.jpg", number, side=16).name for number in range(60)]
    embedder = SlowEmbedder()
    with Catalog.open(tmp_path / "shop", create=True) as catalog:
        work = PhotoWork(catalog, embedder, PhotoLocator([tmp_path / "photos"]).locate, threads=1)
        ahead = work.start(names)
        assert embedder.begun.wait(60)
        leaving = threading.Thread(target=work.__exit__, args=(None, None, None), daemon=True)
        leaving.start()
        time.sleep(0.2)  # the slices that wait are called off by now
        embedder.go_on.set()
        leaving.join(30)
        assert not leaving.is_alive()
    assert ahead.exception() is not None
    assert embedder.embedded < len(names)
