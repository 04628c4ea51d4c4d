"""The full-text index of products; the one place with SQL that only SQLite understands (FTS5)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    bindparam,
    column,
    delete,
    false,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.held_categories import FEED
from shoplens.catalog.tables import labels, products
from shoplens.catalog.text import index_text, match_expression, other_names

_COLUMNS = ("title", "code", "category", "brand", "tags", "attributes", "labels", "description")
_WEIGHTS = (10.0, 8.0, 5.0, 5.0, 5.0, 4.0, 4.0, 1.0)

_PORTION = 200
"""So many of the best are looked at before everything that fits a filter is ranked."""

_product_text = table("product_text", column("rowid"), *(column(name) for name in _COLUMNS))
_SCORE: ColumnElement[float] = literal_column(f"-bm25(product_text, {', '.join(map(str, _WEIGHTS))})")


def write_text(connection: Connection, ids: Sequence[str]) -> None:
    """Write the words of these products anew, from their rows and labels; retired ones have none."""
    for start in range(0, len(ids), 400):
        some = list(ids[start : start + 400])
        rows = connection.execute(select(products).where(products.c.id.in_(some))).mappings().all()
        said: dict[str, list[str]] = {}
        for label in connection.execute(
            select(labels.c.product_id, labels.c.value).where(labels.c.product_id.in_(some), labels.c.source != FEED)
        ):
            said.setdefault(label.product_id, []).append(label.value)
        old = [{"number": row["number"]} for row in rows]
        new = [_words(row, said.get(row["id"], [])) for row in rows if not row["retired"]]
        if old:
            connection.execute(delete(_product_text).where(_product_text.c.rowid == bindparam("number")), old)
        if new:
            connection.execute(insert(_product_text), new)


def find_text(
    connection: Connection, query: str, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int = 0
) -> list[tuple[str, float]]:
    """Return `(product id, score)` of products that hold every word, else any word; the best first.

    The score is BM25 with the columns weighted (a higher one is better); it compares only within one answer.
    """
    for expression in _expressions(query):
        found = _best(connection, expression, conditions, limit, offset)
        if found or (offset and _any(connection, expression, conditions)):
            return found
    return []


def count_text(connection: Connection, query: str, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many products `find_text` finds without a limit."""
    for expression in _expressions(query):
        statement = select(func.count()).select_from(products).where(holding(expression), *conditions)
        if count := int(connection.execute(statement).scalar_one()):
            return count
    return 0


def text_condition(
    connection: Connection, query: str, conditions: Sequence[ColumnElement[bool]]
) -> ColumnElement[bool]:
    """Return the condition on `products` that keeps what `find_text` finds."""
    fitting = (e for e in _expressions(query) if _any(connection, e, conditions))
    return holding(next(fitting, ""))


def holding(expression: str) -> ColumnElement[bool]:
    """Return the condition on `products` that their words match an FTS5 expression; "" keeps none."""
    if not expression:
        return false()
    matching = text("product_text MATCH :expression").bindparams(expression=expression)
    return products.c.number.in_(select(_product_text.c.rowid).where(matching))


def _expressions(query: str) -> list[str]:
    both = dict.fromkeys(match_expression(query, every_word=every_word) for every_word in (True, False))
    return [expression for expression in both if expression]


def _any(connection: Connection, expression: str, conditions: Sequence[ColumnElement[bool]]) -> bool:
    found = select(products.c.number).where(holding(expression), *conditions).limit(1)
    return connection.execute(found).first() is not None


def _best(
    connection: Connection, expression: str, conditions: Sequence[ColumnElement[bool]], limit: int, offset: int
) -> list[tuple[str, float]]:
    """Rank first and read only the best rows of `products`: reading them all takes ten times as long as ranking them.

    Where a filter drops so many of the best that too few are left, everything that fits the filter is ranked.
    """
    portion = _PORTION + limit + offset
    rows = connection.execute(_page(_ranked(expression, portion), conditions, limit, offset)).all()
    if len(rows) < limit and _more_than(connection, expression, portion):
        # The plus keeps SQLite from asking the text index once for each product of the filter.
        kept = literal_column("+product_text.rowid").in_(select(products.c.number).where(*conditions))
        every = _ranked(expression, limit + offset).where(kept)
        rows = connection.execute(_page(every, conditions, limit, offset)).all()
    return [(row.id, float(row.score)) for row in rows]


def _more_than(connection: Connection, expression: str, number: int) -> bool:
    matching = text("product_text MATCH :expression").bindparams(expression=expression)
    some = select(_product_text.c.rowid).where(matching).limit(number + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one()) > number


def _ranked(expression: str, limit: int) -> Select[Any]:
    matching = text("product_text MATCH :expression").bindparams(expression=expression)
    return (
        select(_product_text.c.rowid.label("number"), _SCORE.label("score"))
        .where(matching)
        .order_by(text("score DESC"), _product_text.c.rowid)
        .limit(limit)
    )


def _page(ranked: Select[Any], conditions: Sequence[ColumnElement[bool]], limit: int, offset: int) -> Select[Any]:
    best = ranked.cte("best")
    return (
        select(products.c.id, best.c.score)
        .select_from(best.join(products, products.c.number == best.c.number))
        .where(*conditions)
        .order_by(best.c.score.desc(), best.c.number)
        .limit(limit)
        .offset(offset)
    )


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
