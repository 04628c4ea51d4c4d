from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, text

from shoplens.catalog.database import open_engine
from shoplens.catalog.schema import MIGRATIONS, migrate
from shoplens.catalog.store import Catalog
from shoplens.catalog.tables import metadata
from shoplens.errors import StoreError


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "any.db")
    yield engine
    engine.dispose()


def _tables(engine: Engine) -> dict[str, object]:
    found = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in found.get_columns(table)],
            sorted((i["name"], tuple(i["column_names"]), i["unique"]) for i in found.get_indexes(table)),
            sorted((tuple(k["constrained_columns"]), k["referred_table"]) for k in found.get_foreign_keys(table)),
        )
        for table in metadata.tables
    }


def test_the_migrations_make_the_tables_that_the_code_uses(engine: Engine, tmp_path: Path) -> None:
    migrate(engine, "catalog", MIGRATIONS)
    declared = open_engine(tmp_path / "declared.db")
    metadata.create_all(declared)
    assert _tables(engine) == _tables(declared)
    declared.dispose()


def test_a_database_from_before_the_newest_migration_is_brought_up(engine: Engine) -> None:
    assert migrate(engine, "catalog", MIGRATIONS[:1]) == 1
    assert "product_text" not in inspect(engine).get_table_names()
    assert migrate(engine, "catalog", MIGRATIONS) == len(MIGRATIONS)
    assert "product_text" in inspect(engine).get_table_names()


def test_each_room_has_its_own_version(engine: Engine) -> None:
    ran: list[str] = []

    def m001_first(connection: Connection) -> None:
        ran.append("first")
        connection.execute(text("CREATE TABLE one (a INTEGER)"))

    def m002_second(connection: Connection) -> None:
        ran.append("second")

    assert migrate(engine, "events", [m001_first]) == 1
    assert migrate(engine, "events", [m001_first, m002_second]) == 2
    assert migrate(engine, "other", []) == 0
    assert ran == ["first", "second"]


def test_a_migration_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    def m001_half(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (a INTEGER)"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        migrate(engine, "events", [m001_half])
    assert "half" not in inspect(engine).get_table_names()


def test_a_newer_database_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog, catalog.engine.begin() as connection:
        connection.execute(text("UPDATE schema_versions SET version = 99 WHERE room = 'catalog'"))
    with pytest.raises(StoreError, match=r"newer ShopLens.*99.*Upgrade"):
        Catalog.open(tmp_path)
