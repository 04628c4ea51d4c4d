"""Metarank: rankings and interactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event, EventProduct

_TYPES: Mapping[str, EventType] = {
    "click": EventType.DETAIL_PAGE_VIEW,
    "view": EventType.DETAIL_PAGE_VIEW,
    "cart": EventType.ADD_TO_CART,
    "add_to_cart": EventType.ADD_TO_CART,
    "purchase": EventType.PURCHASE_COMPLETE,
    "buy": EventType.PURCHASE_COMPLETE,
    "order": EventType.PURCHASE_COMPLETE,
    "like": EventType.LIKE,
    "favorite": EventType.LIKE,
    "dislike": EventType.DISLIKE,
}


class MetarankEvents:
    """`event` ranking (`items[].id`, `fields`) or interaction (`type`, `item`, `ranking`), with `user`, `timestamp`.

    A ranking is a list that was shown: of a search where its fields hold a query, else of a category. Types of
    interactions are the shop's own words; those that are known are translated, others are refused by name, and so are
    events of items and users, which describe and tell no act. Where there is no `user`, the `session` is the visitor.
    """

    name = "metarank"

    def matches(self, record: Record) -> bool:
        """Return whether it is one of Metarank's four kinds of event."""
        return record.get("event") in ("item", "user", "ranking", "interaction") and "id" in record

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the event itself: Metarank's batches are plain arrays and lines."""
        return [record]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event; an interaction's `ranking` becomes the attribution token, and so does a ranking's `id`."""
        kind = fields.text(record, "event")
        if kind not in ("ranking", "interaction"):
            raise fields.unknown_type(kind, ("ranking", "interaction"))
        shown = kind == "ranking"
        session = fields.text(record, "session")
        return Event(
            id=fields.text(record, "id"),
            type=_list_type(record) if shown else _type(fields.text(record, "type")),
            visitor=fields.text(record, "user") or session,
            time=fields.moment(record.get("timestamp"), received),
            products=fields.items(record.get("items"), "id") if shown else (_product(record),),
            session=session,
            token=fields.text(record, "id" if shown else "ranking"),
        )


def _type(name: str) -> EventType:
    known = _TYPES.get(name.casefold())
    if known is None:
        raise fields.unknown_type(name, _TYPES)
    return known


def _list_type(record: Record) -> EventType:
    return EventType.SEARCH if _field(record, "query") not in (None, "") else EventType.CATEGORY_PAGE_VIEW


def _product(record: Record) -> EventProduct:
    return EventProduct(fields.text(record, "item"), fields.quantity(_field(record, "count")))


def _field(record: Record, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    values = record.get("fields")
    for entry in values if isinstance(values, list) else []:
        if isinstance(entry, dict) and entry.get("name") == name:
            return entry.get("value")
    return None
