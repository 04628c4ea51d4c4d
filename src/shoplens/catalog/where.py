"""Filters as SQL."""

from __future__ import annotations

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.filter import Filter
from shoplens.catalog.rows import category_key, fold, to_micros
from shoplens.catalog.tables import findings, product_attributes, products


def conditions(where: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions on the table `products`; every one is served by an index.

    Raises:
        BadInput: a price is no amount of money.
    """
    found: list[ColumnElement[bool]] = []
    row = products.c
    if not where.include_retired:
        found.append(row.retired == 0)
    if key := category_key(where.category):
        # "!" follows " " in every order of characters, so this is "begins with 'key > '" in a form that indexes serve.
        children = (row.category_key >= f"{key} > ") & (row.category_key < f"{key} >!")
        found.append((row.category_key == key) | children)
    if where.brand:
        found.append(row.brand_key == fold(where.brand))
    if where.min_price is not None:
        found.append(row.pays_micros >= to_micros(where.min_price))
    if where.max_price is not None:
        found.append(row.pays_micros <= to_micros(where.max_price))
    if where.currency:
        found.append(row.pays_currency == where.currency.upper())
    if where.availability:
        found.append(row.availability.in_(sorted(where.availability)))
    if where.listing:
        found.append(row.listing == where.listing)
    if where.finding:
        found.append(exists().where(findings.c.product_id == row.id, findings.c.code == where.finding))
    for name, value in where.attributes.items():
        having = product_attributes.c
        found.append(
            exists().where(having.product_id == row.id, having.name == name.lower(), having.value == fold(value))
        )
    return found
