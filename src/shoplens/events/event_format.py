"""What translates the events of one vendor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shoplens.records import Event

Record = Mapping[str, Any]
"""One JSON object, or one CSV row under its header."""

Received = dt.datetime | None
"""When the events came in, where they come as they happen; None where they come from a file."""


class EventFormat(Protocol):
    """One vendor's way to write events."""

    @property
    def name(self) -> str:
        """The vendor's short name: "google", "ga4", ..."""
        ...

    def matches(self, record: Record) -> bool:
        """Return whether the record's names are this vendor's."""
        ...

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the single events that a request body holds; a record that is itself one event comes back alone.

        What should be an event and is no object comes back as it is, so that the caller can refuse it by its place.
        """
        ...

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return one event of `unpack` in the canonical schema, with `id` "" where the vendor sends none.

        An event without a time gets `received`; where that is None too, it is refused.

        Raises:
            BadInput: a value is missing, malformed or unknown; `code` says which.
        """
        ...
