"""The full-text index of products; the one place with SQL that only SQLite understands (FTS5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, column, delete, insert, literal_column, select, table, text
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.tables import labels, products
from shoplens.catalog.text import index_text, match_expression, other_names

_COLUMNS = ("title", "code", "category", "brand", "tags", "attributes", "labels", "description")
_WEIGHTS = (10.0, 8.0, 5.0, 5.0, 5.0, 4.0, 4.0, 1.0)

_product_text = table("product_text", column("rowid"), *(column(name) for name in _COLUMNS))
_SCORE: ColumnElement[float] = literal_column(f"-bm25(product_text, {', '.join(map(str, _WEIGHTS))})")


def write_text(connection: Connection, ids: Sequence[str]) -> None:
    """Write the words of these products anew, from their rows and labels; retired ones have none."""
    for start in range(0, len(ids), 400):
        some = list(ids[start : start + 400])
        rows = connection.execute(select(products).where(products.c.id.in_(some))).mappings().all()
        said: dict[str, list[str]] = {}
        for label in connection.execute(
            select(labels.c.product_id, labels.c.value).where(labels.c.product_id.in_(some))
        ):
            said.setdefault(label.product_id, []).append(label.value)
        old = [{"number": row["number"]} for row in rows]
        new = [_words(row, said.get(row["id"], [])) for row in rows if not row["retired"]]
        if old:
            connection.execute(delete(_product_text).where(_product_text.c.rowid == bindparam("number")), old)
        if new:
            connection.execute(insert(_product_text), new)


def find_text(
    connection: Connection, query: str, conditions: Iterable[ColumnElement[bool]], limit: int
) -> list[tuple[str, float]]:
    """Return `(product id, score)` of products that hold every word, else any word; the best first.

    The score is BM25 with the columns weighted (a higher one is better); it compares only within one answer.
    """
    conditions = list(conditions)
    for every_word in (True, False):
        expression = match_expression(query, every_word=every_word)
        if not expression:
            return []
        statement = (
            select(products.c.id, _SCORE.label("score"))
            .select_from(_product_text.join(products, products.c.number == _product_text.c.rowid))
            .where(text("product_text MATCH :expression").bindparams(expression=expression), *conditions)
            .order_by(text("score DESC"), products.c.number)
            .limit(limit)
        )
        found = [(row.id, float(row.score)) for row in connection.execute(statement)]
        if found:
            return found
    return []


def _words(row: RowMapping, said: list[str]) -> dict[str, Any]:
    attributes = list(json.loads(row["attributes"]).values())
    tags = json.loads(row["tags"])
    named = [row["title"], row["category"], *tags, *attributes, *said]
    return {
        "rowid": row["number"],
        "title": index_text([row["title"]]),
        "code": index_text([row["id"], row["group_id"]]),
        "category": index_text([row["category"]]),
        "brand": index_text([row["brand"]]),
        "tags": index_text(tags),
        "attributes": index_text(attributes),
        "labels": index_text(dict.fromkeys([*said, *(name for text in named for name in other_names(text))])),
        "description": index_text([row["description"]]),
    }
