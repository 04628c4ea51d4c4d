"""The tables of the events room, and how they came to be."""

from __future__ import annotations

import secrets

from sqlalchemy import BigInteger, Column, Connection, ForeignKey, Index, Integer, MetaData, Table, Text, insert

from shoplens.catalog.schema import Migration, run_statements

metadata = MetaData()

state = Table(
    "event_state",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("salt", Text, nullable=False),
)
"""One row: the last `events.number` given out, a counter of changes, and the salt under which visitors are hashed."""

events = Table(
    "events",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("session", Text, nullable=False),
    Column("token", Text, nullable=False),
    Index("events_id", "id", unique=True),
    Index("events_visitor_time", "visitor", "time_us"),
    Index("events_time", "time_us"),
)
"""`visitor` is a salted hash; `time_us` counts microseconds since 1970 in UTC."""

event_products = Table(
    "event_products",
    metadata,
    Column("event", BigInteger, ForeignKey("events.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("product_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Index("event_products_product", "product_id"),
)
"""`product_id` is what the shop sent: the catalogue may learn of the product later, so nothing binds the two."""

answers = Table(
    "event_answers",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("token", Text, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("placement", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("experiment", Text, nullable=False),
    Column("visitor", Text, nullable=False),
    Column("shown", Integer, nullable=False),
    Column("products", Text, nullable=False),
    Column("propensities", Text, nullable=False),
    Column("context", Text, nullable=False),
)
"""Answers that shoppers were given, a sample of them: `shown` products by their ids, a JSON list in order of place.

`propensities` is a JSON list of as many numbers, or "" where nothing was left to chance; `context` a JSON object or "";
`visitor` a salted hash or "".
"""


def m001_create_tables(connection: Connection) -> None:
    """Events, their products, and the salt."""
    for statement in _M001.strip().split("\n\n"):
        connection.exec_driver_sql(statement)
    connection.execute(insert(state).values(number=1, sequence=0, revision=0, salt=secrets.token_hex(32)))


def m002_keep_answers(connection: Connection) -> None:
    """What answers showed, and a way from a token to the events that brought it back."""
    run_statements(connection, _M002)


MIGRATIONS: tuple[Migration, ...] = (m001_create_tables, m002_keep_answers)

_M001 = """
CREATE TABLE event_state (
  number INTEGER PRIMARY KEY NOT NULL, sequence BIGINT NOT NULL, revision BIGINT NOT NULL, salt TEXT NOT NULL)

CREATE TABLE events (
  number BIGINT PRIMARY KEY NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, visitor TEXT NOT NULL,
  time_us BIGINT NOT NULL, session TEXT NOT NULL, token TEXT NOT NULL)

CREATE UNIQUE INDEX events_id ON events (id)

CREATE INDEX events_visitor_time ON events (visitor, time_us)

CREATE INDEX events_time ON events (time_us)

CREATE TABLE event_products (
  event BIGINT NOT NULL REFERENCES events (number), position INTEGER NOT NULL, product_id TEXT NOT NULL,
  quantity INTEGER NOT NULL, PRIMARY KEY (event, position))

CREATE INDEX event_products_product ON event_products (product_id)
"""

_M002 = """
CREATE TABLE event_answers (
  number {serial}, token TEXT NOT NULL, time_us BIGINT NOT NULL, placement TEXT NOT NULL, model TEXT NOT NULL,
  experiment TEXT NOT NULL, visitor TEXT NOT NULL, shown INTEGER NOT NULL, products TEXT NOT NULL,
  propensities TEXT NOT NULL, context TEXT NOT NULL)

CREATE UNIQUE INDEX event_answers_token ON event_answers (token)

CREATE INDEX event_answers_time ON event_answers (time_us)

CREATE INDEX event_answers_visitor ON event_answers (visitor) WHERE visitor <> ''

CREATE INDEX events_token ON events (token) WHERE token <> ''
"""
