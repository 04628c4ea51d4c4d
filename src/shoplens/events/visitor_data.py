"""What is kept of one visitor: given out, and erased."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from shoplens.events.event_database import EPOCH, MICROSECOND, EventDatabase
from shoplens.events.event_rows import chunks, read_events_of
from shoplens.events.google import to_google
from shoplens.events.schema import answers, event_products, events, product_ids, state, visitors


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a visitor was erased: events, and logged answers that the visitor was given."""

    events: int
    answers: int


def export_visitor(database: EventDatabase, visitor: str) -> dict[str, Any]:
    """Return all that is kept of a visitor as JSON objects.

    `userEvents` are in Google's retail schema and can be read back; `answers` are the logged ones that were given to
    the visitor, or that the visitor's events name.
    """
    key = database.visitor_key(visitor)
    with database.reading() as connection:
        found = read_events_of(connection, key, visitor)
        given = connection.execute(select(answers).where(_given_to(key)).order_by(answers.c.number)).all()
    return {
        "visitorId": visitor,
        "userEvents": [to_google(event) for event in found],
        "answers": [
            {
                "attributionToken": row.token,
                "time": (EPOCH + row.time_us * MICROSECOND).isoformat(),
                "placement": row.placement,
                "model": row.model,
                "experiment": row.experiment,
                "products": json.loads(row.products),
                "propensities": json.loads(row.propensities) if row.propensities else [],
                "context": json.loads(row.context) if row.context else {},
                "sought": row.sought,
                "noMatch": bool(row.no_match),
            }
            for row in given
        ],
    }


def erase_visitor(database: EventDatabase, visitor: str) -> Erased:
    """Delete all that is kept of a visitor, overwriting it on disk.

    What only this visitor's events named, such as a product that the shop does not have, goes too. What is learned of
    events is learned without these from its next refresh on.

    Raises:
        StoreError: nothing was erased.
    """
    key = database.visitor_key(visitor)
    with database.writing() as connection:
        shown = int(connection.execute(delete(answers).where(_given_to(key))).rowcount)
        number = connection.execute(select(visitors.c.number).where(visitors.c.key == key)).scalar()
        erased = 0 if number is None else _erase_events(connection, number)
    database.fold()
    return Erased(erased, shown)


def _given_to(key: str) -> ColumnElement[bool]:
    tokens = select(events.c.token).join(visitors, visitors.c.number == events.c.visitor)
    return or_(answers.c.visitor == key, answers.c.token.in_(tokens.where(visitors.c.key == key, events.c.token != "")))


def _erase_events(connection: Connection, visitor: int) -> int:
    numbers = select(events.c.number).where(events.c.visitor == visitor)
    whose = event_products.c.event.in_(numbers)
    named = connection.execute(select(event_products.c.product).distinct().where(whose)).scalars().all()
    connection.execute(delete(event_products).where(whose))
    erased = int(connection.execute(delete(events).where(events.c.visitor == visitor)).rowcount)
    connection.execute(delete(visitors).where(visitors.c.number == visitor))
    forget_products(connection, list(named))
    note_deletion(connection)
    return erased


def forget_products(connection: Connection, numbers: list[int]) -> None:
    """Delete those of these product ids that no event names any longer."""
    for chunk in chunks(numbers):
        used = select(event_products.c.product).where(event_products.c.product.in_(chunk))
        still = set(connection.execute(used.distinct()).scalars())
        gone = [number for number in chunk if number not in still]
        connection.execute(delete(product_ids).where(product_ids.c.number.in_(gone)))


def note_deletion(connection: Connection) -> None:
    """Tell those who keep a copy that events are gone."""
    connection.execute(update(state).values(revision=state.c.revision + 1, deletions=state.c.deletions + 1))
