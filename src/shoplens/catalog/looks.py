"""What the inspector saw of each photo, so that it looks again only where photo, rules or model changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects import sqlite

from shoplens.catalog.part import Part
from shoplens.catalog.tables import looks


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of one photo under one plan.

    Attributes:
        photo: its key.
        state: of its file at that time: size and time of change.
        said: JSON of the findings, which the inspector writes and reads.
        print: bytes of what recognises it again; b"" where it could not be read, or was not asked for.
    """

    photo: str
    state: str
    said: str
    print: bytes = b""


class Looks(Part):
    """The looks of one shop; `Catalog.looks` is one."""

    def read(self, plan: str) -> dict[str, Look]:
        """Return the looks under this plan, without their prints."""
        column = looks.c
        with self._read() as connection:
            rows = connection.execute(select(column.photo, column.state, column.said).where(column.plan == plan))
            return {row.photo: Look(*row) for row in rows}

    def prints(self, plan: str, photos: Collection[str] | None = None) -> dict[str, bytes]:
        """Return photo to print, of those that have one: of these photos, or of all."""
        column = looks.c
        with self._read() as connection:
            rows = connection.execute(select(column.photo, column.print).where(column.plan == plan))
            return {row.photo: row.print for row in rows if row.print and (photos is None or row.photo in photos)}

    def put(self, plan: str, seen: Iterable[Look]) -> None:
        """Store looks in place of those of the same photos under this plan."""
        rows = [
            {"plan": plan, "photo": look.photo, "state": look.state, "said": look.said, "print": look.print}
            for look in seen
        ]
        if rows:
            statement = sqlite.insert(looks)
            new = {name: statement.excluded[name] for name in ("state", "said", "print")}
            with self._write() as connection:
                connection.execute(statement.on_conflict_do_update(index_elements=["plan", "photo"], set_=new), rows)

    def prune(self, plans: Collection[str], plan: str, photos: Collection[str]) -> None:
        """Forget the looks under other plans than `plans`, and under `plan` those of other photos than these."""
        column = looks.c
        kept = set(photos)
        with self._read() as connection:
            old = set(connection.scalars(select(column.plan).distinct())) - set(plans)
            gone = [name for name in connection.scalars(select(column.photo).where(column.plan == plan))]
        gone = [name for name in gone if name not in kept]
        if old or gone:
            with self._write() as connection:
                connection.execute(delete(looks).where(column.plan.in_(old)))
                for name in gone:
                    connection.execute(delete(looks).where(column.plan == plan, column.photo == name))
