"""Filters as SQL."""

from __future__ import annotations

from sqlalchemy import exists
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.filter import Filter
from shoplens.catalog.rows import category_key, fold, to_micros
from shoplens.catalog.tables import findings, product_attributes, product_terms, products
from shoplens.catalog.terms import tag_keys


def conditions(where: Filter) -> list[ColumnElement[bool]]:
    """Return the conditions on the table `products`; every one is served by an index.

    Raises:
        BadInput: a price is no amount of money, or a colour is none.
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
        column = findings.c
        still = (column.fixed_at == "") & (column.waived_at == "")
        having = exists().where(column.product_id == row.id, column.code == where.finding, still)
        found.append(having.correlate(products))
    return found + _terms(where) + _attributes(where)


# Each condition is tied to `products` alone: a statement that counts terms or attributes reads their tables besides.
def _terms(where: Filter) -> list[ColumnElement[bool]]:
    wanted = [("color", where.color_keys())] if where.colors else []
    wanted += [("tag", [tag]) for tag in tag_keys(sorted(where.tags))]
    term = product_terms.c
    return [
        exists().where(term.product_id == products.c.id, term.kind == kind, term.value.in_(values)).correlate(products)
        for kind, values in wanted
    ]


def _attributes(where: Filter) -> list[ColumnElement[bool]]:
    having = product_attributes.c
    pairs = [(name.lower(), fold(value)) for name, value in where.attributes.items()]
    return [
        exists().where(having.product_id == products.c.id, having.name == n, having.value == v).correlate(products)
        for n, v in pairs
    ]
