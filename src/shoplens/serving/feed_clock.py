"""Imports the shop's feed addresses when they are due, while a server runs."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from shoplens.errors import BadInput, ShopLensError
from shoplens.feeds.fetch_feed import without_query
from shoplens.serving.import_progress import telling
from shoplens.serving.jobs import Job, Jobs
from shoplens.shop import Shop

_LOG = logging.getLogger(__name__)


class FeedClock:
    """Looks every few seconds which feeds are due, and starts one import at a time.

    Args:
        shop: whose feeds they are.
        jobs: the server's work; where an import is running, a feed waits for its end.
        every_s: seconds between two looks.
    """

    def __init__(self, shop: Shop, jobs: Jobs, every_s: float = 5.0) -> None:
        self._shop = shop
        self._jobs = jobs
        self._every_s = every_s

    async def run(self) -> None:
        """Look until it is cancelled."""
        while True:
            await asyncio.to_thread(self.tick)
            await asyncio.sleep(self._every_s)

    def tick(self) -> None:
        """Start the import of the feed that waits the longest, if any is due and no import runs."""
        try:
            due = self._shop.feeds.due()
            if due and not any(job.kind == "import" and job.state == "running" for job in self._jobs.all()):
                self.start(due[0].id)
        except BadInput:
            # A merchant's import began between the two lines above; the feed is still due at the next look.
            return
        except ShopLensError as error:
            _LOG.warning("The feed addresses were not looked at, and are at the next time: %s", error)
        except Exception:
            # Nobody would see that the clock stands still.
            _LOG.exception("The feed addresses were not looked at, and are at the next time")

    def start(self, number: int) -> Job:
        """Import a feed now, in the background.

        Raises:
            NotFound: there is none of that number.
            BadInput: another import is running.
        """
        feed = self._shop.feeds.one(number)

        def work(job: Job) -> dict[str, Any]:
            run = self._shop.feeds.run(number, progress=telling(job))
            return {"feed": number, "unchanged": run.summary is None, **(run.summary.to_dict() if run.summary else {})}

        return self._jobs.start("import", without_query(feed.url), work)
