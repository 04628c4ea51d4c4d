"""Feeds that are imported from their addresses, again and again."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from shoplens.errors import DownloadError
from shoplens.feeds import download
from shoplens.feeds.fetch_feed import fetch_feed
from shoplens.serving.feed_clock import FeedClock
from shoplens.serving.routes.answers import ShopDep
from shoplens.serving.routes.studio import job_out
from shoplens.serving.routes.studio_imports import SourcesDep
from shoplens.serving.schemas.feeds import AddressIn, FeedChangeIn, FeedIn, FeedOut
from shoplens.serving.schemas.studio import JobOut, SourceOut

router = APIRouter(prefix="/v1/studio", tags=["studio"])


def the_clock(request: Request) -> FeedClock:
    """Return what imports the feeds that are due."""
    clock: FeedClock = request.app.state.feed_clock
    return clock


ClockDep = Annotated[FeedClock, Depends(the_clock)]


@router.post("/sources/address", status_code=201)
def fetch(shop: ShopDep, sources: SourcesDep, wish: AddressIn) -> SourceOut:
    """Fetch a feed from its address, to look at it before it is imported; nothing is imported yet."""
    with tempfile.TemporaryDirectory() as scratch:
        request = download.Request(wish.url.strip())
        found = fetch_feed(request, Path(scratch), allow_private=shop.settings.allow_private_urls)
        if found is None:
            raise DownloadError("The server sent no feed.", received=wish.url[:200], code="url_not_modified")
        with found[0].open("rb") as file:
            source = sources.add([(found[0].name, file)])
    return SourceOut(id=source.id, name=source.name, photos=source.photos)


@router.get("/feeds")
def feeds(shop: ShopDep) -> list[FeedOut]:
    """List the addresses that are imported again and again, and how each went the last time."""
    return [FeedOut.of(feed) for feed in shop.feeds.all()]


@router.post("/feeds", status_code=201)
def add(shop: ShopDep, wish: FeedIn) -> FeedOut:
    """Import the feed at an address, at once and then after each interval while a server runs."""
    every = dt.timedelta(seconds=wish.every_s)
    feed = shop.feeds.add(wish.url, every=every, origin=wish.origin, mapping=wish.mapping, sync=wish.sync)
    return FeedOut.of(feed)


@router.patch("/feeds/{feed_id}")
def change(shop: ShopDep, feed_id: int, wish: FeedChangeIn) -> FeedOut:
    """Change a feed: its address, interval, mapping; or pause it, or let it go on."""
    every = None if wish.every_s is None else dt.timedelta(seconds=wish.every_s)
    changed = shop.feeds.change(feed_id, every=every, **wish.model_dump(exclude={"every_s"}))
    return FeedOut.of(changed)


@router.delete("/feeds/{feed_id}")
def remove(shop: ShopDep, feed_id: int) -> FeedOut:
    """Import a feed no more; its products stay in the shop."""
    return FeedOut.of(shop.feeds.remove(feed_id))


@router.post("/feeds/{feed_id}/run", status_code=202)
def run(clock: ClockDep, feed_id: int) -> JobOut:
    """Import a feed now, in the background, due or not."""
    return job_out(clock.start(feed_id))
