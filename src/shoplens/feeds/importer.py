"""A merchant's catalogue into the shop's: incremental, complete to the last row, and safe to kill at any moment."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.errors import FeedError, ShopLensError, StoreError
from shoplens.feeds.download import Downloader
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.import_run import ImportRun
from shoplens.feeds.photo_results import Locate
from shoplens.feeds.photo_work import PhotoWork
from shoplens.feeds.repeat import find_repeated, repeat_import
from shoplens.feeds.report import Report
from shoplens.feeds.row_count import RowCount
from shoplens.feeds.summary import ImportSummary, Progress
from shoplens.feeds.tally import Tally

__all__ = ["ImportSettings", "ImportSummary", "Importer", "Progress"]


@dataclass(frozen=True, slots=True)
class ImportSettings:
    """How an import works.

    Attributes:
        chunk_rows: rows of one transaction at most; a kill loses no more work than one chunk.
        chunk_photos: distinct photos of one transaction at most (one row's photos stay together).
        threads: photos worked on at once are 16 times this; the number of cores if None.
        min_free_bytes: an import stops before the disk has less.
        min_free_share: an import stops before the disk is fuller than this leaves.
        largest_retired_share: `sync` keeps all products where it would retire a larger share of the shop.
        count_after_s: an import that takes longer counts the rows of its source, for the time left.
    """

    chunk_rows: int = 500
    chunk_photos: int = 256
    threads: int | None = None
    min_free_bytes: int = 2 << 30
    min_free_share: float = 0.05
    largest_retired_share: float = 0.5
    count_after_s: float = 2.0


class Importer:
    """Brings rows into a catalogue.

    Args:
        catalog: to import into.
        embedder: makes the vectors that are stored with the photos.
        downloader: fetches the photos of URLs; without it they fail.
        settings: how.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Embedder,
        downloader: Downloader | None = None,
        settings: ImportSettings = ImportSettings(),
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._downloader = downloader
        self._settings = settings

    def run(
        self,
        rows: Iterable[FeedRow],
        *,
        source: str,
        origin: str,
        locate: Locate,
        sync: bool = False,
        force: bool = False,
        fingerprint: str = "",
        again: Callable[[], Iterable[FeedRow]] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> ImportSummary:
        """Import every row; an unchanged one costs next to nothing, and a bad one stops no other.

        Rows, photos, vectors and links of a chunk are committed together. What `progress` has counted is safe; after
        a kill, running the same import again goes on from there.

        Args:
            rows: what a `Feed` reads.
            source: the file, folder or address, for the records.
            origin: name of the feed.
            locate: where a photo is that the feed names, such as `PhotoLocator(...).locate`.
            sync: retire products that the source no longer has, once it was read to its end.
            force: let `sync` retire more than half of the shop.
            fingerprint: from `source_fingerprint`; where the newest import has the same and no photo has changed since,
                the rows are not even read.
            again: gives the rows once more; with it a long import counts them, so that it can tell the time left.
            progress: called after each commit.

        Raises:
            StoreError: the disk is too full, or the catalogue cannot be written.
            FeedError: the source cannot be read on; rows before that are imported.
        """
        self._check_space()
        fingerprint = f"{fingerprint}:{self._embedder.id}:{sync}:{force}" if fingerprint else ""
        repeated = find_repeated(self._catalog, fingerprint)
        number = self._catalog.start_import(source, origin, fingerprint)
        tally = Tally()
        started = time.monotonic()
        try:
            with (
                Report(self._catalog.folder / "reports", number) as report,
                PhotoWork(self._catalog, self._embedder, locate, self._downloader, self._settings.threads) as work,
                RowCount(again) as count,
            ):
                run = ImportRun(self._catalog, self._embedder.id, work, report, tally)
                if repeated is None or not repeat_import(self._catalog, repeated, work, tally, report):
                    for _ in self._through(run, rows):
                        if (seconds := time.monotonic() - started) > self._settings.count_after_s:
                            count.start()
                        if progress is not None:
                            progress(_progress(tally, count.total, seconds))
                    if sync:
                        run.retire_others(1.0 if force else self._settings.largest_retired_share)
                run.fill()
                summary = tally.summary(number, source, origin, time.monotonic() - started, report.path)
                report.finish(summary)
        except ShopLensError as error:
            self._note_failure(number, tally, error)
            raise
        self._catalog.finish_import(number, json.dumps(summary.to_dict()))
        return summary

    def _through(self, run: ImportRun, rows: Iterable[FeedRow]) -> Iterator[None]:
        """Import chunk after chunk, yielding after each commit, the last one also where the source breaks off."""
        try:
            for chunk in _chunks(rows, self._settings):
                self._check_space()
                if run.take(chunk):
                    yield
        except FeedError:
            run.drain()
            raise
        run.drain()
        yield

    def _note_failure(self, number: int, tally: Tally, error: ShopLensError) -> None:
        done = {"rows": dict(tally.rows), "photos": dict(tally.photos)}
        note = json.dumps({**done, "error": {"code": error.code, "message": str(error)}})
        # On a full disk this cannot be noted either, and the first error is the one that helps.
        with contextlib.suppress(StoreError):
            self._catalog.finish_import(number, note)

    def _check_space(self) -> None:
        usage = shutil.disk_usage(self._catalog.folder)
        least = max(self._settings.min_free_bytes, int(self._settings.min_free_share * usage.total))
        if usage.free < least:
            raise StoreError(
                f"The disk has {usage.free / 1e9:.1f} GB left; an import leaves at least {least / 1e9:.1f} GB free.",
                received=self._catalog.folder,
                remedy="Free some space and repeat; it goes on from where it is.",
                code="store_full",
            )


def _chunks(rows: Iterable[FeedRow], settings: ImportSettings) -> Iterator[list[FeedRow]]:
    """Yield rows in chunks; a source that breaks off gives its last rows before its error."""
    chunk: list[FeedRow] = []
    photos: set[str] = set()
    try:
        for row in rows:
            names = row.product.photos if row.product else ()
            if chunk and (len(chunk) >= settings.chunk_rows or len(photos.union(names)) > settings.chunk_photos):
                yield chunk
                chunk, photos = [], set()
            chunk.append(row)
            photos.update(names)
    except FeedError:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _progress(tally: Tally, total: int | None, seconds: float) -> Progress:
    rows, photos = sum(tally.rows.values()), sum(tally.photos.values())
    left = None if total is None else max(0.0, (total - rows) * seconds / max(rows, 1))
    return Progress(rows, total, photos, photos / max(seconds, 1e-9), left)
