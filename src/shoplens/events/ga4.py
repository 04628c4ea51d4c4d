"""Google Analytics 4: Measurement Protocol bodies, and rows of the BigQuery export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event

_TYPES: Mapping[str, EventType] = {
    "view_item": EventType.DETAIL_PAGE_VIEW,
    "view_item_list": EventType.CATEGORY_PAGE_VIEW,
    "view_search_results": EventType.SEARCH,
    "search": EventType.SEARCH,
    "select_item": EventType.DETAIL_PAGE_VIEW,
    "add_to_cart": EventType.ADD_TO_CART,
    "add_to_wishlist": EventType.LIKE,
    "remove_from_cart": EventType.REMOVE_FROM_CART,
    "view_cart": EventType.SHOPPING_CART_PAGE_VIEW,
    "purchase": EventType.PURCHASE_COMPLETE,
}


class Ga4Events:
    """`client_id` with `events[].{name, params.items[].item_id}`, or `event_name`, `user_pseudo_id`, `items[]`."""

    name = "ga4"

    def matches(self, record: Record) -> bool:
        """Return whether it is a Measurement Protocol body or a row of the BigQuery export."""
        return "user_pseudo_id" in record or "event_name" in record or ("client_id" in record and "events" in record)

    def unpack(self, record: Record) -> Sequence[object]:
        """Return one flat record, named as in the BigQuery export, for each event."""
        events = record.get("events")
        if not isinstance(events, list):
            return [record]
        return [_flat(record, event) if isinstance(event, dict) else event for event in events]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event. `event_timestamp` is in microseconds, as in the export."""
        name = fields.text(record, "event_name")
        if name not in _TYPES:
            raise fields.unknown_type(name, _TYPES)
        return Event(
            id=fields.text(record, "event_id"),
            type=_TYPES[name],
            visitor=fields.text(record, "user_pseudo_id", "user_id"),
            time=fields.moment(record.get("event_timestamp"), received),
            products=fields.items(record.get("items"), "item_id", "item_name"),
            session=_param(record, "ga_session_id"),
            token=_param(record, "attribution_token"),
        )


def _flat(body: Record, event: Record) -> dict[str, Any]:
    params = event.get("params")
    params = params if isinstance(params, dict) else {}
    session = params.get("ga_session_id", params.get("session_id"))
    return {
        "event_name": event.get("name"),
        "event_timestamp": event.get("timestamp_micros", body.get("timestamp_micros")),
        "user_id": body.get("user_id"),
        "user_pseudo_id": body.get("client_id"),
        "items": params.get("items"),
        "event_params": {"ga_session_id": session, "attribution_token": params.get("attribution_token")},
    }


def _param(record: Record, name: str) -> str:
    """Return a parameter: a plain mapping, or BigQuery's list of `{key, value: {string_value, int_value}}`."""
    params = record.get("event_params")
    if isinstance(params, dict):
        return fields.text(params, name)
    for entry in params if isinstance(params, list) else []:
        if isinstance(entry, dict) and entry.get("key") == name and isinstance(entry.get("value"), dict):
            return fields.text(entry["value"], "string_value", "int_value")
    return ""
