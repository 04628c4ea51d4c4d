"""The photo index of a shop at work: quick to start, up to date at every question, made anew without a pause."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.errors import ShopLensError
from shoplens.index.auto_index import AutoIndex
from shoplens.index.snapshot import SnapshotDamaged, remove_abandoned
from shoplens.index.vector_index import VectorIndex
from shoplens.search.photo_index import PhotoIndex

_LOG = logging.getLogger(__name__)
# Fewer photos are read, and what their scores mean is learned, in a moment.
_WORTH_SAVING = 200
# A start takes over at most so large a share of the photos from the catalogue.
_SAVED_AGAIN = 0.05
# After a failure in the background it is tried again once so many seconds have passed, and not at each question.
_PAUSE = 60.0
# Snapshots of so many models stay: the one in use and the one to go back to.
_KEPT = 2


class LivePhotos:
    """Keeps one `PhotoIndex` that answers for the newest state of the catalogue.

    Args:
        catalog: the truth.
        embedder: returns what makes the vectors.
        new_index: makes an empty index.
        folder: where snapshots are kept; it need not be there yet.
    """

    def __init__(
        self, catalog: Catalog, embedder: Callable[[], Embedder], new_index: Callable[[], VectorIndex], folder: Path
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._new_index = new_index
        self._folder = folder
        self._photos: PhotoIndex | None = None
        self._first = threading.Lock()
        self._worker: threading.Thread | None = None
        self._starting = threading.Lock()
        self._saved: _Saved | None = None
        self._not_before = 0.0

    def get(self) -> PhotoIndex:
        """Return the index, with everything in it that was committed before this call.

        The first call reads the snapshot, or where there is none that can be trusted, the catalogue.

        Raises:
            IndexMismatch: the shop has photos, and none has a vector of this embedder.
        """
        photos = self._photos
        if photos is None:
            with self._first:
                photos = self._photos
                if photos is None:
                    photos = self._photos = self._begin()
        photos.refresh()
        if photos.outdated:
            self._start(self._renew, daemon=True)
        elif self._worth_saving(photos):
            # A process that ends waits for it: a second now saves several at each start.
            self._start(self._save, daemon=False)
        return photos

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what goes on in the background is done, or for so long."""
        worker = self._worker
        if worker is not None:
            worker.join(seconds)

    @property
    def path(self) -> Path:
        """The file of the snapshot of the model in use."""
        return self._folder / f"{hashlib.sha256(self._embedder().id.encode()).hexdigest()[:16]}.snapshot"

    def _begin(self) -> PhotoIndex:
        path = self.path
        try:
            photos = PhotoIndex(self._catalog, self._embedder(), self._new_index(), snapshot=path)
        except SnapshotDamaged as error:
            if path.exists():
                _LOG.warning("%s The index is made anew from the catalogue.", error)
            return PhotoIndex(self._catalog, self._embedder(), self._new_index())
        self._saved = _Saved.of(photos)
        return photos

    def _worth_saving(self, photos: PhotoIndex) -> bool:
        if len(photos) < _WORTH_SAVING:
            return False
        now, saved = _Saved.of(photos), self._saved
        if saved is None or saved.photos is not photos or saved.lists != now.lists:
            return True
        return now.changed - saved.changed > _SAVED_AGAIN * len(photos)

    def _start(self, work: Callable[[], None], *, daemon: bool) -> None:
        if time.monotonic() < self._not_before:
            return
        with self._starting:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=work, name="shoplens-photo-index", daemon=daemon)
                self._worker.start()

    def _renew(self) -> None:
        try:
            photos = PhotoIndex(self._catalog, self._embedder(), self._new_index())
            if isinstance(photos.index, AutoIndex):
                photos.index.wait()  # nobody is to search more slowly than before
        except Exception as error:  # whatever it is, a closed catalogue or too little memory, the old one goes on
            self._failed("The photo index was not made anew", error)
        else:
            self._photos = photos

    def _save(self) -> None:
        photos = self._photos
        assert photos is not None
        self._saved = _Saved.of(photos)
        try:
            remove_abandoned(self._folder)
            photos.save(self.path)
            newest = sorted(self._folder.glob("*.snapshot"), key=lambda path: path.stat().st_mtime, reverse=True)
            for path in newest[_KEPT:]:
                path.unlink(missing_ok=True)
        except Exception as error:
            self._saved = None
            self._failed("The photo index was not saved, so the next start takes longer", error)

    def _failed(self, what: str, error: Exception) -> None:
        self._not_before = time.monotonic() + _PAUSE
        _LOG.warning("%s: %r", what, error, exc_info=not isinstance(error, ShopLensError | OSError))


@dataclass(frozen=True, slots=True, eq=False)
class _Saved:
    """What a snapshot was made of."""

    photos: PhotoIndex
    changed: int
    lists: bool

    @classmethod
    def of(cls, photos: PhotoIndex) -> _Saved:
        return cls(photos, photos.changed, isinstance(photos.index, AutoIndex) and photos.index.lists is not None)
