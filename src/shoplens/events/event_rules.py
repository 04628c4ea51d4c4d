"""What every event must keep, whoever sent it."""

from __future__ import annotations

import datetime as dt

from shoplens.errors import BadInput
from shoplens.events.event_type import EVENT_TYPES, EventType
from shoplens.records import Event

MAX_VISITOR = 128
"""Characters of a visitor's identifier (Google retail)."""

MAX_TEXT = 200
"""Characters of any other identifier."""

MAX_PRODUCTS = 1_000
"""Products in one event."""

MAX_AHEAD = dt.timedelta(days=1)
"""How far a clock may run ahead of ours."""


def check(event: Event, now: dt.datetime, oldest: dt.datetime | None = None) -> None:
    """Refuse an event that breaks a rule; late ones are welcome unless they are from before `oldest`.

    Raises:
        BadInput: with the code `event_type_unknown`, `visitor_missing`, `id_malformed`, `id_too_long`, `time_naive`,
            `time_in_future`, `time_too_old`, `products_missing`, `too_many_products` or `products_malformed`.
    """
    if event.type not in EVENT_TYPES:
        raise BadInput(
            "There is no such kind of event.",
            received=event.type,
            remedy=f"Choose one of: {', '.join(EventType)}.",
            code="event_type_unknown",
        )
    if not event.visitor:
        raise BadInput(
            "The event names no visitor.", remedy="Send an identifier of the device or account.", code="visitor_missing"
        )
    _check_lengths(event)
    if event.time.tzinfo is None:
        raise BadInput("The event's time has no time zone.", received=event.time, remedy="Add one.", code="time_naive")
    if event.time > now + MAX_AHEAD:
        raise BadInput(
            "The event lies more than a day in the future.",
            received=event.time.isoformat(),
            remedy="Check the sender's clock and its unit of time.",
            code="time_in_future",
        )
    if oldest is not None and event.time < oldest:
        raise BadInput(
            "The event is older than this shop keeps events.",
            received=event.time.isoformat(),
            remedy="Set event_days in shoplens.toml to keep them for longer.",
            code="time_too_old",
        )
    _check_products(event)


def _check_lengths(event: Event) -> None:
    names = (event.visitor, event.id, event.session, event.token, *(product.id for product in event.products))
    if not all(_is_unicode(name) for name in names):
        raise BadInput(
            "An identifier holds half of a character, which no text can hold.",
            remedy="Send valid Unicode: a surrogate such as \\ud800 never stands alone.",
            code="id_malformed",
        )
    limits = ((event.visitor, MAX_VISITOR), (event.id, MAX_TEXT), (event.session, MAX_TEXT), (event.token, MAX_TEXT))
    for value, limit in limits:
        if len(value) > limit:
            raise BadInput(
                f"An identifier is longer than {limit} characters.",
                received=value[:40],
                remedy="Shorten or hash it.",
                code="id_too_long",
            )


def _is_unicode(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_products(event: Event) -> None:
    if not event.products and EventType(event.type).needs_products:
        raise BadInput(
            f"An event of the kind {event.type} names no product.",
            remedy="Send at least one product.",
            code="products_missing",
        )
    if len(event.products) > MAX_PRODUCTS:
        raise BadInput(
            f"An event names more than {MAX_PRODUCTS} products.",
            received=len(event.products),
            remedy="Split it.",
            code="too_many_products",
        )
    for product in event.products:
        if not product.id or len(product.id) > MAX_TEXT or product.quantity < 1:
            raise BadInput(
                f"A product of an event needs an id of at most {MAX_TEXT} characters and a quantity of at least 1.",
                received=product,
                code="products_malformed",
            )
