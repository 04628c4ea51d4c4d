"""Recombee: requests of the API (alone or in a Batch), and rows that carry their own `type`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoplens.errors import BadInput
from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event, EventProduct

_TYPES: Mapping[str, EventType] = {
    "detailviews": EventType.DETAIL_PAGE_VIEW,
    "cartadditions": EventType.ADD_TO_CART,
    "purchases": EventType.PURCHASE_COMPLETE,
    "bookmarks": EventType.LIKE,
    "ratings": EventType.LIKE,
}


class RecombeeEvents:
    """`{"method": "POST", "path": "/detailviews/", "params": {"userId", "itemId", "timestamp", ...}}`.

    A rating from 0 up to 1 is a like, one below 0 a dislike (Recombee's scale is -1 to 1).
    """

    name = "recombee"

    def matches(self, record: Record) -> bool:
        """Return whether it is a request of Recombee's API for an interaction, or a Batch."""
        return ("path" in record and "params" in record) or isinstance(record.get("requests"), list)

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the requests of a Batch, or the request itself."""
        requests = record.get("requests")
        return requests if isinstance(requests, list) else [record]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event; `recommId` becomes the attribution token."""
        kind = fields.text(record, "path").strip("/")
        if kind not in _TYPES:
            raise fields.unknown_type(kind, _TYPES)
        params = record.get("params")
        params = params if isinstance(params, dict) else {}
        return Event(
            id="",
            type=_liking(params.get("rating")) if kind == "ratings" else _TYPES[kind],
            visitor=fields.text(params, "userId"),
            time=fields.moment(params.get("timestamp"), received),
            products=(EventProduct(fields.text(params, "itemId"), fields.quantity(params.get("amount"))),),
            session=fields.text(params, "sessionId"),
            token=fields.text(params, "recommId"),
        )


def _liking(rating: Any) -> EventType:  # noqa: ANN401 - whatever JSON holds
    if isinstance(rating, bool) or not isinstance(rating, int | float) or not -1 <= rating <= 1:
        raise BadInput("A rating must be a number.", received=rating, remedy="Send -1 to 1.", code="rating_malformed")
    return EventType.DISLIKE if rating < 0 else EventType.LIKE
