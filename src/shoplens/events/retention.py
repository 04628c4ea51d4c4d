"""Deletes what is older than the shop keeps it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select

from shoplens.events.event_database import EventDatabase, microseconds
from shoplens.events.schema import answers, event_products, events, product_ids, visitors
from shoplens.events.visitor_data import Erased, note_deletion

_AT_ONCE = 20_000  # rows of one transaction: the shop's other writers wait for its end


def prune(database: EventDatabase, before: dt.datetime) -> Erased:
    """Delete events and logged answers from before a point in time, overwriting them on disk.

    Visitors and product ids that no event names any longer go too.

    Returns:
        How many went.

    Raises:
        StoreError: what went before is deleted; the rest is not.
    """
    limit_us = microseconds(before)
    shown = erased = 0
    while gone := _prune_answers(database, limit_us):
        shown += gone
    while gone := _prune_events(database, limit_us):
        erased += gone
    if erased:
        _prune_names(database)
    if erased or shown:
        database.fold()
    return Erased(erased, shown)


def _prune_answers(database: EventDatabase, limit_us: int) -> int:
    oldest = select(answers.c.number).where(answers.c.time_us < limit_us).limit(_AT_ONCE)
    with database.writing() as connection:
        return int(connection.execute(delete(answers).where(answers.c.number.in_(oldest))).rowcount)


def _prune_events(database: EventDatabase, limit_us: int) -> int:
    oldest = select(events.c.number).where(events.c.time_us < limit_us).order_by(events.c.time_us).limit(_AT_ONCE)
    with database.writing() as connection:
        connection.execute(delete(event_products).where(event_products.c.event.in_(oldest)))
        gone = int(connection.execute(delete(events).where(events.c.number.in_(oldest))).rowcount)
        if gone:
            note_deletion(connection)
        return gone


def _prune_names(database: EventDatabase) -> None:
    with database.writing() as connection:
        connection.execute(delete(visitors).where(visitors.c.number.not_in(select(events.c.visitor))))
        connection.execute(delete(product_ids).where(product_ids.c.number.not_in(select(event_products.c.product))))
