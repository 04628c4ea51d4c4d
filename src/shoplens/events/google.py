"""Google's retail schema, the canonical one: `UserEvent` of the Retail API v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shoplens.errors import BadInput
from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EVENT_TYPES, EventType
from shoplens.records import Event, EventProduct


class GoogleEvents:
    """`eventType`, `visitorId`, `eventTime`, `productDetails[].product.id`, alone or in an import request."""

    name = "google"

    def matches(self, record: Record) -> bool:
        """Return whether it is a `UserEvent` or an import request that holds some."""
        return "visitorId" in record or "productDetails" in record or _inline(record) is not None

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the events of `inputConfig.userEventInlineSource.userEvents`, or the event itself."""
        events = _inline(record)
        return [record] if events is None else events

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event; our own field `eventId` carries its identity where the shop has one."""
        name = fields.text(record, "eventType")
        if name not in EVENT_TYPES:
            raise fields.unknown_type(name, EventType)
        return Event(
            id=fields.text(record, "eventId"),
            type=name,
            visitor=fields.text(record, "visitorId"),
            time=fields.moment(record.get("eventTime"), received),
            products=_products(record.get("productDetails")),
            session=fields.text(record, "sessionId"),
            token=fields.text(record, "attributionToken"),
        )


def to_google(event: Event) -> dict[str, Any]:
    """Return the event as a JSON object that `GoogleEvents` reads back unchanged."""
    record: dict[str, Any] = {
        "eventId": event.id,
        "eventType": event.type,
        "visitorId": event.visitor,
        "eventTime": event.time.isoformat(),
    }
    if event.products:
        record["productDetails"] = [{"product": {"id": p.id}, "quantity": p.quantity} for p in event.products]
    if event.session:
        record["sessionId"] = event.session
    if event.token:
        record["attributionToken"] = event.token
    return record


def _inline(record: Record) -> list[object] | None:
    config = record.get("inputConfig", record)
    source = config.get("userEventInlineSource") if isinstance(config, dict) else None
    events = source.get("userEvents") if isinstance(source, dict) else None
    return events if isinstance(events, list) else None


def _products(details: object) -> tuple[EventProduct, ...]:
    if details is None:
        return ()
    if not isinstance(details, list) or not all(isinstance(detail, dict) for detail in details):
        raise BadInput(
            "productDetails must be a list of objects.",
            received=details,
            remedy='Send [{"product": {"id": "..."}, "quantity": 1}].',
            code="products_malformed",
        )
    flat = [{"id": _product_id(detail), "quantity": detail.get("quantity")} for detail in details]
    return fields.items(flat, "id")


def _product_id(detail: Record) -> str:
    product = detail.get("product")
    if not isinstance(product, dict):
        return ""
    # a full resource name ends ".../products/ID"; the shop's own id is the last part
    return fields.text(product, "id") or fields.text(product, "name").rpartition("/products/")[2]
