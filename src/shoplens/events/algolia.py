"""Algolia Insights events."""

from __future__ import annotations

from collections.abc import Sequence

from shoplens.errors import BadInput
from shoplens.events import fields
from shoplens.events.event_format import Received, Record
from shoplens.events.event_type import EventType
from shoplens.records import Event, EventProduct


class AlgoliaEvents:
    """`eventType` view, click or conversion, `eventSubtype`, `objectIDs`, `userToken`, `queryID`, `timestamp`.

    In CSV files of past events each row has one `objectID`.

    A click opens a product. A view of one object is its page, a view of several is a list that was shown. A conversion
    without a subtype is taken as an add-to-cart, the weaker of the two that Algolia knows.
    """

    name = "algolia"

    def matches(self, record: Record) -> bool:
        """Return whether it is an Insights event or a request of several."""
        events = record.get("events")
        first = events[0] if isinstance(events, list) and events else record
        return isinstance(first, dict) and ("userToken" in first or "objectIDs" in first)

    def unpack(self, record: Record) -> Sequence[object]:
        """Return the entries of `events`, or the event itself; one whose objects came of several queries in parts."""
        events = record.get("events")
        return [part for event in (events if isinstance(events, list) else [record]) for part in _by_query(event)]

    def translate(self, record: Record, received: Received = None) -> Event:
        """Return the event; `queryID` becomes the attribution token."""
        if "objectIDs" not in record and "filters" in record:
            raise BadInput(
                "An Insights event about filters names no product.", received=record["filters"], code="products_missing"
            )
        one = fields.text(record, "objectID")
        products = (EventProduct(one),) if one else fields.ids(record.get("objectIDs"))
        return Event(
            id="",
            type=_type(record, len(products)),
            visitor=fields.text(record, "userToken", "authenticatedUserToken"),
            time=fields.moment(record.get("timestamp"), received),
            products=_with_quantities(products, record.get("objectData")),
            token=fields.text(record, "queryID"),
        )


def _by_query(event: object) -> list[object]:
    """Return one event for each `queryID` that its `objectData` name, or the event itself where they name none."""
    data, products = (event.get("objectData"), event.get("objectIDs")) if isinstance(event, dict) else (None, None)
    if not isinstance(event, dict) or not isinstance(data, list) or not isinstance(products, list):
        return [event]
    queries = [entry.get("queryID") if isinstance(entry, dict) else None for entry in data]
    if len(data) != len(products) or not any(isinstance(query, str) and query for query in queries):
        return [event]
    parts = []
    for query in dict.fromkeys(str(each or "") for each in queries):
        rows = [row for row, each in enumerate(queries) if str(each or "") == query]
        chosen = {"objectIDs": [products[row] for row in rows], "objectData": [data[row] for row in rows]}
        parts.append({**event, **chosen, "queryID": query or event.get("queryID")})
    return list(parts)


def _type(record: Record, products: int) -> EventType:
    kind = (fields.text(record, "eventType"), fields.text(record, "eventSubtype"))
    match kind:
        case ("view", _):
            return EventType.DETAIL_PAGE_VIEW if products == 1 else EventType.CATEGORY_PAGE_VIEW
        case ("click", _):
            return EventType.DETAIL_PAGE_VIEW
        case ("conversion", "purchase"):
            return EventType.PURCHASE_COMPLETE
        case ("conversion", "addToCart" | ""):
            return EventType.ADD_TO_CART
    raise fields.unknown_type("/".join(kind), ("view", "click", "conversion/addToCart", "conversion/purchase"))


def _with_quantities(products: tuple[EventProduct, ...], data: object) -> tuple[EventProduct, ...]:
    if not isinstance(data, list) or len(data) != len(products):
        return products
    return tuple(
        EventProduct(product.id, fields.quantity(entry.get("quantity"))) if isinstance(entry, dict) else product
        for product, entry in zip(products, data, strict=True)
    )
