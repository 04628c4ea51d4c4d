"""The ledger of imports."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from shoplens.catalog.tables import imports


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import.

    Attributes:
        id: its number.
        source: the file, folder or address as given.
        origin: the feed that read it.
        started_at: ISO 8601, UTC.
        finished_at: "" while it runs or after it was killed.
        summary: JSON, "" until it is finished.
        fingerprint: equal for imports of the same content in the same way; "" where nobody took it.
    """

    id: int
    source: str
    origin: str
    started_at: str
    finished_at: str
    summary: str
    fingerprint: str


def start_import(connection: Connection, source: str, origin: str, fingerprint: str) -> int:
    """Write the beginning of an import and return its number."""
    row = {
        "source": source,
        "origin": origin,
        "started_at": _now(),
        "finished_at": "",
        "summary": "",
        "fingerprint": fingerprint,
    }
    return int(connection.execute(insert(imports).values(row).returning(imports.c.id)).scalar_one())


def finish_import(connection: Connection, number: int, summary: str) -> None:
    """Write the end of an import."""
    connection.execute(update(imports).where(imports.c.id == number).values(finished_at=_now(), summary=summary))


def read_imports(connection: Connection, limit: int | None) -> list[ImportRecord]:
    """Return imports, the newest first."""
    rows = connection.execute(select(imports).order_by(imports.c.id.desc()).limit(limit)).mappings()
    return [ImportRecord(**row) for row in rows]


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
