"""The acts that brought tokens back: which listing of which logged answer was clicked, put into the cart, bought."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from shoplens.catalog.tables import products
from shoplens.events.event_rows import chunks
from shoplens.events.event_type import EventType
from shoplens.events.schema import TYPE_CODES, TYPE_NAMES, answers, event_products, events, product_ids

ACTS = (EventType.DETAIL_PAGE_VIEW, EventType.ADD_TO_CART, EventType.PURCHASE_COMPLETE)
"""What can come of a product that was shown: it is clicked, put into the cart, bought."""


@dataclass(frozen=True, slots=True)
class ReturnedAct:
    """One kind of act on one listing of one answer, however often its event came.

    Attributes:
        answer: the answer's number.
        kind: one of `ACTS`.
        listing: of the product that the event named; the product itself where the catalogue does not know it.
    """

    answer: int
    kind: str
    listing: str


def returned_acts(connection: Connection, where: Sequence[ColumnElement[bool]]) -> set[ReturnedAct]:
    """Return the acts that logged answers led to, on listings that they showed.

    A shopper who was shown one colour and buys another buys what was shown, so products count by their listings.

    Args:
        connection: any.
        where: which answers, by conditions on their columns.
    """
    query = (
        select(answers.c.number, answers.c.products, events.c.type, product_ids.c.id)
        .select_from(answers)
        .join(events, events.c.token == answers.c.token)
        .join(event_products, event_products.c.event == events.c.number)
        .join(product_ids, product_ids.c.number == event_products.c.product)
        .where(events.c.token != "", events.c.type.in_([TYPE_CODES[act] for act in ACTS]), *where)
    )
    rows = connection.execute(query).all()
    shown: dict[int, list[str]] = {}
    for number, products_json, _, _ in rows:
        if number not in shown:
            shown[number] = json.loads(products_json)
    named = {product for _, _, _, product in rows}
    listing = listings_of(connection, named.union(*shown.values()))
    among = {number: {listing[product] for product in ids} for number, ids in shown.items()}
    return {
        ReturnedAct(number, TYPE_NAMES[kind], listing[product])
        for number, _, kind, product in rows
        if listing[product] in among[number]
    }


def listings_of(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Return the listing of each product; what the catalogue knows as no product stands for itself."""
    found = {product: product for product in ids}
    for chunk in chunks(ids):
        query = select(products.c.id, products.c.listing).where(products.c.id.in_(chunk))
        found.update((product, listing) for product, listing in connection.execute(query))
    return found
