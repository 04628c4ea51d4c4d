"""The Python API of shoppers' events: what came in, what came of answers, and what a shopper may ask for."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.errors import BadInput, StoreError
from shoplens.records import ImpressionLog, Shown
from shoplens.settings import Settings

if TYPE_CHECKING:
    from shoplens.events.attribution import Attribution
    from shoplens.events.event_store import EventStore
    from shoplens.events.intake import Intake
    from shoplens.events.rates import Rates
    from shoplens.events.searches import Searches
    from shoplens.events.visitor_data import Erased

_LOG = logging.getLogger(__name__)
_PRUNE_EVERY_S = 3600.0


class ShopEvents:
    """What the visitors of one shop did; `Shop.events` is one. One object serves many threads.

    Args:
        settings: how many answers are logged, and for how long things are kept.
        store: the events themselves.
    """

    def __init__(self, settings: Settings, store: Callable[[], EventStore]) -> None:
        self._settings = settings
        self._store = store
        self._attributing: Attribution | None = None
        self._pruning: threading.Thread | None = None
        self._pruned_at = -_PRUNE_EVERY_S
        self._lock = threading.Lock()

    def add(
        self,
        source: Path | str | list[Any] | dict[str, Any],
        *,
        format: str = "",
        received: dt.datetime | None = None,
    ) -> Intake:
        """Store shoppers' events: a file, its text, or parsed JSON, in any of the known formats.

        What comes back as accepted is on the disk; a repeated delivery does no harm. Where events are kept for a time
        only, what is older goes in the background, once an hour at most.

        Args:
            source: the events.
            format: the name of their format; "" finds it by the names in each record.
            received: the time of events that bring none, where they come as they happen; None refuses them.

        Raises:
            UnknownName: no format is called so.
            BadInput: the source as a whole cannot be read.
        """
        from shoplens.events.reading import read_events

        intake = self.store.add_rows(read_events(source, format, received))
        self._prune_in_background()
        return intake

    @property
    def store(self) -> EventStore:
        """The events one by one, by visit, and as columns."""
        return self._store()

    # What came of answers

    def token(self, shown: Shown) -> str:
        """Return a token for an answer and log what it showed, if the answer is of the sample.

        Events that a shopper's act on the answer causes send the token back.

        Raises:
            BadInput: the propensities do not fit.
        """
        return self._attribution.token(shown)

    def rates(self, since: dt.datetime | None = None) -> list[Rates]:
        """Return click-through, add-to-cart and purchase rates for each placement, model and experiment.

        Args:
            since: of answers from here on; of all without.
        """
        return self._attribution.rates(since)

    def searches(self, since: dt.datetime | None = None, *, offset: dt.timedelta = dt.timedelta()) -> list[Searches]:
        """Return how many searches there were each day by what they were asked by, and how many found nothing.

        Answers of `token` count that say what was sought. Of a sample (the setting `log_answers`) the numbers of all
        are estimated.

        Args:
            since: of searches from here on; of all without.
            offset: of the clock that the days are of from UTC, less than a day.

        Raises:
            BadInput: the offset is a day or more.
        """
        if abs(offset) >= dt.timedelta(days=1):
            raise BadInput("A clock is less than a day from UTC.", received=str(offset))
        return self._attribution.searches(since, offset)

    def impressions(self, since: dt.datetime | None = None, *, placement: str = "") -> ImpressionLog:
        """Return the logged answers with what came of each product, in columns for learning."""
        return self._attribution.log(since, placement=placement)

    # What is kept, and for how long

    def export(self, visitor: str) -> dict[str, Any]:
        """Return all that is kept of a visitor as JSON objects; `userEvents` can be read back by `add`."""
        from shoplens.events.visitor_data import export_visitor

        self._attribution.flush()
        return export_visitor(self.store.database, visitor)

    def erase(self, visitor: str) -> Erased:
        """Delete all that is kept of a visitor, on the disk too; the next refresh learns without it.

        Raises:
            StoreError: nothing was erased.
        """
        from shoplens.events.visitor_data import erase_visitor

        self._attribution.flush()
        return erase_visitor(self.store.database, visitor)

    def prune(self, before: dt.datetime | None = None) -> Erased:
        """Delete events and logged answers that are older than the setting `event_days`, or from before a time.

        Raises:
            StoreError: what went before is deleted; the rest is not.
        """
        from shoplens.events.retention import prune
        from shoplens.events.visitor_data import Erased

        kept = self._settings.events_kept
        if before is None and kept is None:
            return Erased(0, 0)
        self._attribution.flush()
        return prune(self.store.database, before or dt.datetime.now(dt.UTC) - (kept or dt.timedelta()))

    def close(self) -> None:
        """Write what waits, and let what goes on in the background end."""
        if self._attributing is not None:
            self._attributing.close()
        if self._pruning is not None:
            self._pruning.join()

    @property
    def _attribution(self) -> Attribution:
        from shoplens.events.attribution import Attribution

        with self._lock:  # two of them would both have answers that wait
            if self._attributing is None:
                self._attributing = Attribution(self.store.database, self._settings.log_answers)
            return self._attributing

    def _prune_in_background(self) -> None:
        with self._lock:
            if self._settings.events_kept is None or time.monotonic() < self._pruned_at + _PRUNE_EVERY_S:
                return
            self._pruned_at = time.monotonic()
            self._pruning = threading.Thread(target=self._try_to_prune, name="shoplens-prune-events", daemon=True)
            self._pruning.start()

    def _try_to_prune(self) -> None:
        try:
            self.prune()
        except StoreError as error:
            _LOG.warning("Old events were not deleted, and are tried again in an hour: %s", error)
