"""Tokens for answers, and what came of the answers that bore them."""

from __future__ import annotations

import datetime as dt
import json
import logging
import secrets
import threading
import time
from typing import Any

from sqlalchemy import insert

from shoplens.errors import BadInput, StoreError
from shoplens.events.event_database import EventDatabase, microseconds
from shoplens.events.impressions import read_impressions
from shoplens.events.rates import Rates, read_rates
from shoplens.events.schema import answers
from shoplens.events.searches import Searches, read_searches
from shoplens.records import ImpressionLog, Shown

_LOG = logging.getLogger(__name__)

# Answers wait in memory for this long, so that one transaction holds many of them.
_EVERY_S = 1.0

# Answers that may wait; where the disk cannot keep up, further ones are not logged.
_MOST_WAITING = 20_000


class Attribution:
    """Gives every answer a token, logs a sample of the answers, and counts the events that bring tokens back.

    Answers are logged in the background: one that was given in the last second before a kill is lost, and with it the
    events that it led to count for no rate. Call `close` at the end. Safe for many threads.

    Args:
        database: where events are.
        share: part of the answers to log, 0 to 1. Rates need no correction for it: an event counts only where its
            answer was logged. Numbers of searches are scaled by the share that held when each was logged.
    """

    def __init__(self, database: EventDatabase, share: float = 1.0) -> None:
        self._database = database
        self._share = share
        self._waiting: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._saving = threading.Lock()
        self._something = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def token(self, shown: Shown) -> str:
        """Return a new token for an answer, and log what it showed if the answer is of the sample.

        Raises:
            BadInput: the propensities are not one for each product, each above 0 up to 1.
        """
        if shown.propensities and len(shown.propensities) != len(shown.products):
            raise BadInput("There must be one propensity for each product.", received=len(shown.propensities))
        if not all(0 < chance <= 1 for chance in shown.propensities):
            raise BadInput("A propensity must be above 0 up to 1.", received=shown.propensities)
        now_us = microseconds(dt.datetime.now(dt.UTC))
        lot = secrets.randbits(80)
        token = f"{now_us // 1000:012x}{lot:020x}"  # by its beginning new tokens lie together in the index
        if (shown.products or shown.sought) and (shown.propensities or lot % 2**32 < self._share * 2**32):
            self._wait(self._row(token, now_us, shown))
        return token

    def rates(self, since: dt.datetime | None = None) -> list[Rates]:
        """Return what came of the logged answers, or of those from `since` on: one line for each placement, model and
        experiment, sorted by these.
        """  # noqa: D205
        self.flush()
        with self._database.reading() as connection:
            return read_rates(connection, None if since is None else microseconds(since))

    def searches(self, since: dt.datetime | None = None, offset: dt.timedelta = dt.timedelta()) -> list[Searches]:
        """Return how many searches there were, and how many found nothing: one line for each day and kind.

        Args:
            since: of searches from here on; of all without.
            offset: of the clock that the days are of from UTC.
        """
        self.flush()
        with self._database.reading() as connection:
            return read_searches(connection, None if since is None else microseconds(since), offset)

    def log(self, since: dt.datetime | None = None, *, placement: str = "") -> ImpressionLog:
        """Return the logged answers, or those from `since` on, of all placements or of one, in columns."""
        self.flush()
        with self._database.reading() as connection:
            return read_impressions(connection, None if since is None else microseconds(since), placement)

    def flush(self) -> None:
        """Write what waits.

        Raises:
            StoreError: it was not written, and waits on.
        """
        with self._saving:
            with self._lock:
                rows, self._waiting = self._waiting, []
            if not rows:
                return
            try:
                with self._database.writing() as connection:
                    connection.execute(insert(answers), rows)
            except StoreError:
                with self._lock:
                    self._waiting = (rows + self._waiting)[:_MOST_WAITING]
                raise

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._closed = True
        self._something.set()
        if self._thread is not None:
            self._thread.join()
        self._try_to_flush()

    def _row(self, token: str, now_us: int, shown: Shown) -> dict[str, Any]:
        return {
            "token": token,
            "time_us": now_us,
            "placement": shown.placement,
            "model": shown.model,
            "experiment": shown.experiment,
            "visitor": self._database.visitor_key(shown.visitor) if shown.visitor else "",
            "shown": len(shown.products),
            "products": json.dumps(shown.products, ensure_ascii=False, separators=(",", ":")),
            "propensities": json.dumps(shown.propensities) if shown.propensities else "",
            "context": json.dumps(dict(shown.context), ensure_ascii=False) if shown.context else "",
            "sought": shown.sought,
            "no_match": int(shown.no_match),
            "share": 1.0 if shown.propensities else self._share,
        }

    def _wait(self, row: dict[str, Any]) -> None:
        with self._lock:
            if len(self._waiting) < _MOST_WAITING:
                self._waiting.append(row)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._write, name="shoplens-attribution", daemon=True)
                self._thread.start()
        self._something.set()

    def _write(self) -> None:
        while not self._closed:
            self._something.wait()
            self._something.clear()
            if not self._closed:
                time.sleep(_EVERY_S)
                self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except StoreError as error:
            _LOG.warning("What answers showed was not logged, and is tried again: %s", error)
