"""Gorse: feedback as its REST API and its CSV export write it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event, EventProduct

_TYPES: Mapping[str, EventType] = {
    "read": EventType.DETAIL_PAGE_VIEW,
    "view": EventType.DETAIL_PAGE_VIEW,
    "click": EventType.DETAIL_PAGE_VIEW,
    "cart": EventType.ADD_TO_CART,
    "add_to_cart": EventType.ADD_TO_CART,
    "buy": EventType.PURCHASE_COMPLETE,
    "order": EventType.PURCHASE_COMPLETE,
    "purchase": EventType.PURCHASE_COMPLETE,
    "star": EventType.LIKE,
    "like": EventType.LIKE,
    "favorite": EventType.LIKE,
    "dislike": EventType.DISLIKE,
}


class GorseEvents:
    """`FeedbackType`, `UserId`, `ItemId`, `Value`, `Timestamp`; in CSV files `feedback_type`, `user_id` and so on.

    Feedback types are the shop's own words.

    Those that are known are translated, others are refused by name. `Value` counts for nothing here.
    """

    name = "gorse"

    def matches(self, record: Record) -> bool:
        """Return whether it is a feedback."""
        return ("FeedbackType" in record and "ItemId" in record) or ("feedback_type" in record and "item_id" in record)

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the feedback itself: Gorse's batches are plain arrays."""
        return [record]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event."""
        name = fields.text(record, "FeedbackType", "feedback_type").casefold()
        if name not in _TYPES:
            raise fields.unknown_type(name, _TYPES)
        return Event(
            id="",
            type=_TYPES[name],
            visitor=fields.text(record, "UserId", "user_id"),
            time=fields.moment(record.get("Timestamp") or record.get("time_stamp"), received),
            products=(EventProduct(fields.text(record, "ItemId", "item_id")),),
        )
