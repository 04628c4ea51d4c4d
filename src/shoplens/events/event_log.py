"""Reads the stored events as columns."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, select

from shoplens.events.schema import event_products, events
from shoplens.events.sessions import sessions
from shoplens.records import EventLog


def read_log(connection: Connection, since_us: int | None) -> EventLog:
    """Return the events that name products, from `since_us` (microseconds since 1970, UTC) on where it is given."""
    joined = events.join(event_products, event_products.c.event == events.c.number)
    columns = (events.c.number, events.c.type, events.c.visitor, events.c.time_us)
    query = select(*columns, event_products.c.product_id, event_products.c.quantity).select_from(joined)
    if since_us is not None:
        query = query.where(events.c.time_us >= since_us)
    order = (events.c.visitor, events.c.time_us, events.c.number, event_products.c.position)
    rows = connection.execute(query.order_by(*order)).all()
    numbers, kinds, who, when, what, how_many = zip(*rows, strict=True) if rows else ((),) * 6
    product_ids, products = np.unique(np.array(what, dtype=object), return_inverse=True)
    visitors = np.unique(np.array(who, dtype=str), return_inverse=True)[1].astype(np.int64)
    times = np.array(when, dtype=np.int64)
    return EventLog(
        product_ids=tuple(product_ids.tolist()),
        products=products.astype(np.int32),
        types=np.array(kinds, dtype=str),
        events=np.array(numbers, dtype=np.int64),
        visitors=visitors,
        sessions=sessions(visitors, times),
        times=times,
        quantities=np.array(how_many, dtype=np.int64),
    )
