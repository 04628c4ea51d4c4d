"""The colours and tags of products, a row each, so that filters and facets need not read texts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select

from shoplens.catalog.color_words import color_families
from shoplens.catalog.held_categories import MERCHANT
from shoplens.catalog.rows import fold
from shoplens.catalog.tables import labels, product_terms, products


def product_colors(attributes: Mapping[str, str], said: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the colours of `COLOR_NAMES` that a product is found by.

    What the feed says counts; where it names no known colour, the one that labels are surest of.

    Args:
        attributes: of the product.
        said: colour labels of it, the surest first.
    """
    named = [value for name, value in attributes.items() if name.lower() in ("color", "colour")]
    families = tuple(dict.fromkeys(family for value in named for family in color_families(value)))
    return families or next(((found[0],) for label in said if (found := color_families(label))), ())


def write_terms(connection: Connection, ids: Sequence[str]) -> None:
    """Write the colours and tags of these products anew, from their rows and labels; retired ones have none."""
    column = products.c
    for start in range(0, len(ids), 400):
        some = list(ids[start : start + 400])
        chosen = select(column.id, column.attributes, column.tags).where(column.id.in_(some), column.retired == 0)
        said = _color_labels(connection, some)
        own = _own_tags(connection, some)
        rows = [
            {"product_id": row.id, "kind": kind, "value": value}
            for row in connection.execute(chosen)
            for kind, values in (
                ("color", product_colors(json.loads(row.attributes), said.get(row.id, ()))),
                ("tag", tag_keys([*json.loads(row.tags), *own.get(row.id, ())])),
            )
            for value in values
        ]
        gone = delete(product_terms).where(product_terms.c.product_id == bindparam("gone"))
        connection.execute(gone, [{"gone": product_id} for product_id in some])
        if rows:
            connection.execute(insert(product_terms), rows)


def tag_keys(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as filters compare them, each once."""
    return tuple(dict.fromkeys(key for key in map(fold, tags) if key))


def _own_tags(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    column = labels.c
    own = (column.kind == "tag") & (column.source == MERCHANT) & column.product_id.in_(ids)
    for row in connection.execute(select(column.product_id, column.value).where(own).order_by(column.value)):
        found.setdefault(row.product_id, []).append(row.value)
    return found


def _color_labels(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    column = labels.c
    statement = select(column.product_id, column.value).where(column.kind == "color", column.product_id.in_(ids))
    for row in connection.execute(statement.order_by(column.confidence.desc(), column.value)):
        said.setdefault(row.product_id, []).append(row.value)
    return said
