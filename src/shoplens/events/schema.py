"""The tables of the events room, and how they came to be."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, Connection, Float, Index, Integer, MetaData, Table, Text

from shoplens.catalog.schema import Migration, run_statements
from shoplens.events.event_type import EventType

metadata = MetaData()

TYPE_CODES: Mapping[str, int] = {
    EventType.HOME_PAGE_VIEW: 1,
    EventType.SEARCH: 2,
    EventType.CATEGORY_PAGE_VIEW: 3,
    EventType.DETAIL_PAGE_VIEW: 4,
    EventType.ADD_TO_CART: 5,
    EventType.REMOVE_FROM_CART: 6,
    EventType.SHOPPING_CART_PAGE_VIEW: 7,
    EventType.PURCHASE_COMPLETE: 8,
    EventType.LIKE: 9,
    EventType.DISLIKE: 10,
}
"""What stands in `events.type`; a number once given never changes its meaning."""

TYPE_NAMES: Mapping[int, str] = {code: str(name) for name, code in TYPE_CODES.items()}

state = Table(
    "event_state",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("salt", Text, nullable=False),
    Column("deletions", BigInteger, nullable=False),
)
"""One row: the last `events.number` given out, a counter of changes, the salt of visitors, a counter of deletions."""

visitors = Table(
    "event_visitors",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("key", Text, nullable=False),
)
"""`key` is a salted hash."""

product_ids = Table(
    "event_product_ids",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False),
)
"""Product ids as shops sent them: the catalogue may learn of the product later, so nothing binds the two."""

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("type", Integer, nullable=False),
    Column("visitor", Integer, nullable=False),
    Column("time_us", BigInteger, nullable=False),
    Column("session", Text, nullable=False),
    Column("token", Text, nullable=False),
    Index("events_id", "id", unique=True),
    Index("events_visitor_time", "visitor", "time_us"),
    Index("events_time", "time_us"),
)
"""`time_us` counts microseconds since 1970 in UTC. Numbers grow in the order of commits and never come back."""

event_products = Table(
    "event_products",
    metadata,
    Column("event", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("product", Integer, nullable=False),
    Column("quantity", Integer, nullable=False),
)
"""`product` is a number of `event_product_ids`."""

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
    Column("sought", Text, nullable=False),
    Column("no_match", Integer, nullable=False),
    Column("share", Float, nullable=False),
)
"""Answers that shoppers were given, a sample of them: `shown` products by their ids, a JSON list in order of place.

`propensities` is a JSON list of as many numbers, or "" where nothing was left to chance; `context` a JSON object or "";
`visitor` a salted hash or "". `sought` is what a search was asked by, "" for what was no search; `no_match` is 1 where
it found nothing that is likely meant; `share` is the part of such answers that were logged then.
"""


def m001_create_tables(connection: Connection) -> None:
    """Events, their products, and the salt."""
    run_statements(connection, _M001)
    salt = secrets.token_hex(32)
    connection.exec_driver_sql(f"INSERT INTO event_state (number, sequence, revision, salt) VALUES (1, 0, 0, '{salt}')")


def m002_keep_answers(connection: Connection) -> None:
    """What answers showed."""
    run_statements(connection, _M002)


def m003_number_names(connection: Connection) -> None:
    """Numbers in place of the names of visitors, products and kinds, so that a million events are read in seconds.

    Ids that were made of the content begin with the time from here on.
    """
    cases = " ".join(f"WHEN '{name}' THEN {code}" for name, code in TYPE_CODES.items())
    sqlite = connection.dialect.name == "sqlite"
    words = {
        "TYPE_CODE": f"CASE type {cases} END",
        "CLUSTERED": "WITHOUT ROWID" if sqlite else "",
        "HEX_TIME": "printf('%016x', time_us)" if sqlite else "lpad(to_hex(time_us), 16, '0')",
    }
    statements = _M003
    for word, meaning in words.items():
        statements = statements.replace(word, meaning)
    run_statements(connection, statements)


def m004_count_searches(connection: Connection) -> None:
    """What searches were asked by, and whether they found it.

    Answers from before count as no searches: those that showed nothing were not kept.
    """
    run_statements(connection, _M004)


MIGRATIONS: tuple[Migration, ...] = (m001_create_tables, m002_keep_answers, m003_number_names, m004_count_searches)

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

CREATE INDEX event_answers_key ON event_answers (placement, model, experiment, time_us, shown)

CREATE INDEX event_answers_visitor ON event_answers (visitor) WHERE visitor <> ''
"""

_M003 = """
ALTER TABLE event_state ADD COLUMN deletions BIGINT NOT NULL DEFAULT 0

CREATE TABLE event_visitors (number {serial}, key TEXT NOT NULL)

INSERT INTO event_visitors (key) SELECT visitor FROM events GROUP BY visitor ORDER BY min(number)

CREATE UNIQUE INDEX event_visitors_key ON event_visitors (key)

CREATE TABLE event_product_ids (number {serial}, id TEXT NOT NULL)

INSERT INTO event_product_ids (id) SELECT DISTINCT product_id FROM event_products

CREATE UNIQUE INDEX event_product_ids_id ON event_product_ids (id)

CREATE TABLE numbered_events (
  number INTEGER PRIMARY KEY NOT NULL, id TEXT NOT NULL, type INTEGER NOT NULL, visitor INTEGER NOT NULL,
  time_us BIGINT NOT NULL, session TEXT NOT NULL, token TEXT NOT NULL)

INSERT INTO numbered_events
SELECT events.number,
  CASE WHEN id LIKE 'content-%' THEN 'content-' || HEX_TIME || '-' || substr(id, 9) ELSE id END,
  TYPE_CODE, event_visitors.number, time_us, session, token
FROM events JOIN event_visitors ON event_visitors.key = events.visitor ORDER BY events.number

CREATE TABLE numbered_products (
  event INTEGER NOT NULL, position INTEGER NOT NULL, product INTEGER NOT NULL, quantity INTEGER NOT NULL,
  PRIMARY KEY (event, position)) CLUSTERED

INSERT INTO numbered_products
SELECT event, position, event_product_ids.number, quantity
FROM event_products JOIN event_product_ids ON event_product_ids.id = event_products.product_id ORDER BY event, position

DROP TABLE event_products

DROP TABLE events

ALTER TABLE numbered_events RENAME TO events

ALTER TABLE numbered_products RENAME TO event_products

CREATE UNIQUE INDEX events_id ON events (id)

CREATE INDEX events_visitor_time ON events (visitor, time_us)

CREATE INDEX events_time ON events (time_us)

CREATE INDEX events_token ON events (token) WHERE token <> ''
"""

_M004 = """
ALTER TABLE event_answers ADD COLUMN sought TEXT NOT NULL DEFAULT ''

ALTER TABLE event_answers ADD COLUMN no_match INTEGER NOT NULL DEFAULT 0

ALTER TABLE event_answers ADD COLUMN share DOUBLE PRECISION NOT NULL DEFAULT 1

CREATE INDEX event_answers_searches ON event_answers (time_us, sought, no_match, share) WHERE sought <> ''
"""
