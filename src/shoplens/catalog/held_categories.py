"""Categories that the merchant set, held against what an import writes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from shoplens.catalog.rows import category_key
from shoplens.catalog.tables import labels, products

MERCHANT = "merchant"
"""The source of labels that a person of the shop set by hand."""

FEED = "feed"
"""The source of labels that say what the feed says, where the merchant says something else."""


def hold_categories(connection: Connection, ids: Sequence[str]) -> None:
    """Give products that were just written by an import the merchant's category again; note the feed's beside it."""
    for start in range(0, len(ids), 400):
        some = list(ids[start : start + 400])
        label = labels.c
        said = select(label.product_id, label.value, products.c.category).join(
            products, products.c.id == label.product_id
        )
        own = (label.kind == "category") & (label.source == MERCHANT) & label.product_id.in_(some)
        found = connection.execute(said.where(own)).all()
        if not found:
            continue
        held = [row.product_id for row in found]
        of_feed = (label.kind == "category") & (label.source == FEED)
        connection.execute(delete(labels).where(of_feed, label.product_id.in_(held)))
        noted = [
            {"product_id": row.product_id, "kind": "category", "source": FEED, "value": row.category, "confidence": 1.0}
            for row in found
            if row.category
        ]
        if noted:
            connection.execute(insert(labels), noted)
        rows = [{"p": row.product_id, "c": row.value, "k": category_key(row.value)} for row in found]
        statement = update(products).where(products.c.id == bindparam("p"))
        connection.execute(statement.values(category=bindparam("c"), category_key=bindparam("k")), rows)
