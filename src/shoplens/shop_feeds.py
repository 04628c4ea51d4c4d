"""Feeds of one shop that are imported from their addresses, again and again."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from shoplens.catalog.feed_addresses import FeedAddress, moment
from shoplens.catalog.store import Catalog
from shoplens.errors import BadInput, ShopLensError
from shoplens.settings import Settings

if TYPE_CHECKING:
    from shoplens.feeds.importer import ImportSummary, Progress

SHORTEST = dt.timedelta(minutes=5)
"""The shortest interval: what shops ask of each other's servers at most."""

LONGEST = dt.timedelta(days=30)

_FIRST_WAIT_S = 15 * 60
_FETCHED = "fetched-"
# No import takes so long: what a killed one left is this old.
_ABANDONED_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class FeedRun:
    """What came of one import from an address.

    Attributes:
        feed: as it is now, with the time of the next import.
        summary: None where the server said that nothing has changed since the last import.
    """

    feed: FeedAddress
    summary: ImportSummary | None


class ImportCatalog(Protocol):
    """`Shop.import_catalog`."""

    def __call__(
        self,
        source: Path,
        *,
        origin: str | None,
        mapping: Mapping[str, str],
        sync: bool,
        name: str,
        progress: Callable[[Progress], None] | None,
    ) -> ImportSummary:
        """Import a file under the name that the records are to show."""


class ShopFeeds:
    """The feeds of one shop, see `Shop.feeds`; a server imports those that are due.

    Args:
        folder: of the shop.
        catalog: of the shop.
        settings: returns the shop's settings.
        import_catalog: imports a file.
    """

    def __init__(
        self, folder: Path, catalog: Catalog, settings: Callable[[], Settings], import_catalog: ImportCatalog
    ) -> None:
        self._folder = folder
        self._stored = catalog.feed_addresses
        self._settings = settings
        self._import = import_catalog

    def add(
        self,
        url: str,
        *,
        every: dt.timedelta = dt.timedelta(days=1),
        origin: str = "",
        mapping: Mapping[str, str] | None = None,
        sync: bool = False,
    ) -> FeedAddress:
        """Import the feed at an address at once, and again after each interval, while a server runs.

        Args:
            url: http or https.
            every: time between imports, from five minutes to thirty days.
            origin: the feed's kind, where the detection errs.
            mapping: field of `Product` to column, where the feed's own mapping errs.
            sync: retire products that the feed no longer has.

        Raises:
            BadInput: the address or the interval cannot be, or the address is there already.
            UnknownName: there is no such origin.
        """
        checked = _checked(url=url, every=every, origin=origin, mapping=dict(mapping or {}), sync=sync)
        return self._stored.add(FeedAddress(**checked))

    def all(self) -> list[FeedAddress]:
        """Return the feeds, the oldest first."""
        return self._stored.all()

    def one(self, number: int) -> FeedAddress:
        """Return a feed.

        Raises:
            NotFound: there is none of that number.
        """
        return self._stored.one(number)

    def change(
        self,
        number: int,
        *,
        url: str | None = None,
        every: dt.timedelta | None = None,
        origin: str | None = None,
        mapping: Mapping[str, str] | None = None,
        sync: bool | None = None,
        paused: bool | None = None,
    ) -> FeedAddress:
        """Change what is given; the feed is then due at once, or by the new interval where only that changed.

        Raises:
            NotFound: there is none of that number.
            BadInput: the address or the interval cannot be.
            UnknownName: there is no such origin.
        """
        feed = self._stored.one(number)
        named = {"url": url, "every": every, "origin": origin, "mapping": mapping, "sync": sync, "paused": paused}
        values = _checked(**{name: value for name, value in named.items() if value is not None})
        if values.get("url", feed.url) in {other.url for other in self.all() if other.id != number}:
            raise BadInput("This address is imported already.", received=values["url"], remedy="Change that one.")
        if not _read_alike(replace(feed, **values), feed):
            # What was read in another way is read in full.
            values |= {"etag": "", "last_modified": "", "next_at": moment(_now())}
        elif not values:
            return feed
        elif "every_s" in values and not feed.failures:
            since = dt.datetime.fromisoformat(feed.tried_at or feed.added_at)
            values["next_at"] = moment(since + dt.timedelta(seconds=values["every_s"]))
        return self._stored.change(number, **values)

    def remove(self, number: int) -> FeedAddress:
        """Import a feed no more; its products stay.

        Raises:
            NotFound: there is none of that number.
        """
        return self._stored.remove(number)

    def due(self) -> list[FeedAddress]:
        """Return the feeds that are to be imported now, the longest waiting first."""
        now = moment(_now())
        waiting = [feed for feed in self.all() if not feed.paused and feed.next_at <= now]
        return sorted(waiting, key=lambda feed: feed.next_at)

    def run(self, number: int, *, progress: Callable[[Progress], None] | None = None) -> FeedRun:
        """Import a feed now, due or not; a server that has what was imported last sends nothing, and nothing is done.

        A failure is noted with its reason, and tried again after a quarter of an hour, then after twice as long each
        time, up to the feed's interval.

        Raises:
            NotFound: there is none of that number.
            DownloadError: the address cannot or must not be fetched.
            FeedError: what lies there cannot be read as a feed.
            StoreError: the catalogue cannot be written.
        """
        feed = self._stored.one(number)
        # Noted before the work: where the server is killed in the midst of it, it is tried again soon, not at once.
        self._stored.change(number, tried_at=moment(_now()), next_at=_later(_wait_s(feed, 1)))
        try:
            summary, version = self._read(feed, progress)
        except ShopLensError as error:
            self._note(feed, error.code, str(error))
            raise
        except Exception:
            self._note(feed, "internal_error", "A mistake in ShopLens; the server's log says more.")
            raise
        now = self._stored.one(number)
        fine = {"failures": 0, "problem_code": "", "problem": "", "read_at": moment(_now())}
        if _read_alike(now, feed):
            fine |= {"next_at": _later(now.every_s), **version}
        return FeedRun(self._stored.change(number, **fine), summary)

    def _read(
        self, feed: FeedAddress, progress: Callable[[Progress], None] | None
    ) -> tuple[ImportSummary | None, dict[str, str]]:
        from shoplens.feeds.download import Request
        from shoplens.feeds.fetch_feed import fetch_feed, without_query

        place = self._folder / "feeds"
        place.mkdir(exist_ok=True)
        _remove_abandoned(place)
        with tempfile.TemporaryDirectory(prefix=_FETCHED, dir=place) as scratch:
            request = Request(feed.url, feed.etag, feed.last_modified)
            found = fetch_feed(request, Path(scratch), allow_private=self._settings().allow_private_urls)
            if found is None:
                return None, {}
            path, fetched = found
            summary = self._import(
                path,
                origin=feed.origin or None,
                mapping=feed.mapping,
                sync=feed.sync,
                name=without_query(feed.url),
                progress=progress,
            )
        # Photos that failed are asked for again the next time, so the rows have to be read again, too.
        whole = not summary.photos["failed"]
        version = {"etag": fetched.etag, "last_modified": fetched.last_modified}
        return summary, version if whole else dict.fromkeys(version, "")

    def _note(self, feed: FeedAddress, code: str, problem: str) -> None:
        if not _read_alike(self._stored.one(feed.id), feed):
            return
        failures = feed.failures + 1
        said = {"failures": failures, "problem_code": code, "problem": problem.replace(f"{self._folder}/", "")}
        self._stored.change(feed.id, **said, next_at=_later(_wait_s(feed, failures)))


def _read_alike(one: FeedAddress, other: FeedAddress) -> bool:
    """Tell whether an import by the one is an import by the other: a feed may be changed while it is read."""
    return all(getattr(one, name) == getattr(other, name) for name in ("url", "origin", "mapping", "sync"))


def _checked(**values: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of `FeedAddress`
    from shoplens import plugins
    from shoplens.feeds.fetch_feed import check_feed_address

    if "url" in values:
        values["url"] = check_feed_address(values["url"])
    if values.get("origin"):
        plugins.load("feed", values["origin"])
    if "every" in values:
        every: dt.timedelta = values.pop("every")
        if not SHORTEST <= every <= LONGEST:
            raise BadInput(
                "A feed is imported every five minutes at most, and every thirty days at least.",
                received=str(every),
                remedy="For example: 6h",
            )
        values["every_s"] = int(every.total_seconds())
    return values


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(f"{_FETCHED}*"):
        with suppress(FileNotFoundError):  # another import just ended, and took its folder away
            if time.time() - folder.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(folder, ignore_errors=True)


def _wait_s(feed: FeedAddress, failures: int) -> int:
    return int(min(feed.every_s, _FIRST_WAIT_S * 2 ** min(failures - 1, 12)))


def _later(seconds: float) -> str:
    return moment(_now() + dt.timedelta(seconds=seconds))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
