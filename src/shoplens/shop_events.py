"""The Python API of shoppers' events: what came in, what came of answers, and what a shopper may ask for."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplens.catalog.store import Catalog
from shoplens.records import ImpressionLog, Shown
from shoplens.settings import Settings

if TYPE_CHECKING:
    from shoplens.events.attribution import Attribution
    from shoplens.events.event_database import EventDatabase
    from shoplens.events.event_store import EventStore
    from shoplens.events.intake import Intake
    from shoplens.events.rates import Rates


class ShopEvents:
    """What the visitors of one shop did; `Shop.events` returns it. One object serves many threads."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog = catalog
        self._settings = settings

    def add(self, source: Path | str | list[Any] | dict[str, Any], *, format: str = "") -> Intake:
        """Store shoppers' events: a file, its text, or parsed JSON, in any of the known formats.

        What comes back as accepted is on the disk; a repeated delivery does no harm.

        Raises:
            UnknownName: no format is called so.
            BadInput: the source as a whole cannot be read.
        """
        from shoplens.events.reading import read_events

        return self.store.add_rows(read_events(source, format))

    def token(self, shown: Shown) -> str:
        """Return a token for an answer and log what it showed, if the answer is of the sample.

        Events that a shopper's act on the answer causes send the token back.

        Raises:
            BadInput: the propensities do not fit.
        """
        return self._attribution.token(shown)

    def rates(self, since: dt.datetime | None = None) -> list[Rates]:
        """Return click-through, add-to-cart and purchase rates for each placement, model and experiment."""
        return self._attribution.rates(since)

    def impressions(self, since: dt.datetime | None = None, *, placement: str = "") -> ImpressionLog:
        """Return the logged answers with what came of each product, in columns for learning."""
        return self._attribution.log(since, placement=placement)

    @cached_property
    def store(self) -> EventStore:
        """The events as they were sent, and as columns."""
        from shoplens.events.event_store import EventStore

        return EventStore(self._database)

    @cached_property
    def _database(self) -> EventDatabase:
        from shoplens.events.event_database import EventDatabase

        return EventDatabase(self._catalog)

    @cached_property
    def _attribution(self) -> Attribution:
        from shoplens.events.attribution import Attribution

        return Attribution(self._database, self._settings.log_answers)

    def close(self) -> None:
        """Write what waits."""
        if "_attribution" in vars(self):
            self._attribution.close()
