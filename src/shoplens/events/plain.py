"""Plain tables and JSON lines under any of the usual column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event, EventProduct

_TYPE = ("event_type", "type", "event", "action")
_VISITOR = ("visitor", "visitor_id", "user", "user_id", "customer_id")
_TIME = ("time", "timestamp", "event_time", "date", "created_at")
_PRODUCTS = ("products", "product", "product_id", "product_ids", "item", "item_id", "sku")
_WORDS: Mapping[str, EventType] = {
    **{kind.value: kind for kind in EventType},
    "view": EventType.DETAIL_PAGE_VIEW,
    "click": EventType.DETAIL_PAGE_VIEW,
    "cart": EventType.ADD_TO_CART,
    "add_to_cart": EventType.ADD_TO_CART,
    "remove_from_cart": EventType.REMOVE_FROM_CART,
    "buy": EventType.PURCHASE_COMPLETE,
    "order": EventType.PURCHASE_COMPLETE,
    "purchase": EventType.PURCHASE_COMPLETE,
    "浏览": EventType.DETAIL_PAGE_VIEW,
    "加购": EventType.ADD_TO_CART,
    "购买": EventType.PURCHASE_COMPLETE,
    "收藏": EventType.LIKE,
}


class PlainEvents:
    """A type, a visitor, a time and one product or several parted by `|`, under the usual names in any letter case."""

    name = "plain"

    def matches(self, record: Record) -> bool:
        """Return whether it names a visitor and a kind of event."""
        names = {str(name).casefold() for name in record}
        return not names.isdisjoint(_TYPE) and not names.isdisjoint(_VISITOR)

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the record itself with its names in lower case."""
        return [{str(name).strip().casefold(): value for name, value in record.items()}]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event."""
        name = fields.text(record, *_TYPE)
        kind = _WORDS.get(name.casefold())
        if kind is None:
            raise fields.unknown_type(name, _WORDS)
        time = next((record[key] for key in _TIME if record.get(key) not in (None, "")), None)
        return Event(
            id=fields.text(record, "event_id", "id"),
            type=kind,
            visitor=fields.text(record, *_VISITOR),
            time=fields.moment(time, received),
            products=_products(record),
            session=fields.text(record, "session", "session_id"),
            token=fields.text(record, "token", "attribution_token"),
        )


def _products(record: Record) -> tuple[EventProduct, ...]:
    for name in _PRODUCTS:
        value = record.get(name)
        if isinstance(value, list):
            return fields.ids(value)
        if value not in (None, ""):
            amount = fields.quantity(record.get("quantity"))
            names = [part.strip() for part in fields.text(record, name).split("|")]
            return tuple(EventProduct(part, amount) for part in names if part)
    return ()
