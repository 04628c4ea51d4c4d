"""The words and terms of every product, written anew where the table of words or their shape has changed."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from shoplens.catalog.tables import counters, products
from shoplens.catalog.terms import write_terms
from shoplens.catalog.text_index import write_text
from shoplens.catalog.words import table_version

_SHAPE = 1
"""Raised by whoever changes what is indexed of a product; published numbers are never used again."""


def refresh_words(engine: Engine) -> bool:
    """Write the words of all products anew, in one transaction, unless they are those of today; say whether it did."""
    counter = counters.c.name == "words"
    current = table_version() ^ _SHAPE
    with engine.connect() as connection:
        if connection.scalar(select(counters.c.value).where(counter)) == current:
            return False
    with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
        ids = list(connection.scalars(select(products.c.id)))
        write_text(connection, ids)
        write_terms(connection, ids)
        connection.execute(update(counters).where(counter).values(value=current))
    return True
