"""What people taught: examples of categories as small copies of photos, and their vectors by embedder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import delete, func, insert, select

from shoplens.catalog.batch import next_revision
from shoplens.catalog.part import Part
from shoplens.catalog.tables import taught_photos, taught_vectors
from shoplens.errors import NotFound
from shoplens.records import Vectors


@dataclass(frozen=True, slots=True)
class TaughtPhoto:
    """One example of a category.

    Attributes:
        category: path such as "Bags > Backpacks".
        sha256: of the file that it was taught from.
        picture: a small copy of it, an encoded picture file, from which any later model makes its vectors.
    """

    category: str
    sha256: str
    picture: bytes


@dataclass(frozen=True, slots=True)
class TaughtCategory:
    """A category with examples: its path, and how many photos it was taught from."""

    category: str
    photos: int


class Taught(Part):
    """The examples of one shop; `Catalog.taught` is one."""

    def add(self, photos: Sequence[TaughtPhoto]) -> None:
        """Store examples, all or none; one that its category has already changes nothing."""
        column = taught_photos.c
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with self._write() as connection:
            known = {(row.category, row.sha256) for row in connection.execute(select(column.category, column.sha256))}
            new = {(p.category, p.sha256): p.picture for p in photos if (p.category, p.sha256) not in known}
            if new:
                rows = [
                    {"category": category, "sha256": sha256, "picture": picture, "taught_at": now}
                    for (category, sha256), picture in new.items()
                ]
                connection.execute(insert(taught_photos), rows)
                next_revision(connection)

    def forget(self, category: str) -> int:
        """Delete what a category was taught from and return how many photos that were.

        Raises:
            NotFound: it was not taught.
        """
        with self._write() as connection:
            gone = connection.execute(delete(taught_photos).where(taught_photos.c.category == category)).rowcount
            if not gone:
                raise NotFound(
                    "No category of that name was taught.",
                    received=category,
                    remedy="List them with: shoplens teach --list",
                )
            still = select(taught_photos.c.sha256)
            connection.execute(delete(taught_vectors).where(taught_vectors.c.sha256.not_in(still)))
            next_revision(connection)
        return gone

    def categories(self) -> list[TaughtCategory]:
        """Return the taught categories, by name."""
        column = taught_photos.c.category
        statement = select(column, func.count().label("photos")).group_by(column).order_by(column)
        with self._read() as connection:
            return [TaughtCategory(row.category, row.photos) for row in connection.execute(statement)]

    def photos(self) -> list[TaughtPhoto]:
        """Return the examples of all categories, by category and in the order taught."""
        column = taught_photos.c
        statement = select(column.category, column.sha256, column.picture).order_by(column.category, column.number)
        with self._read() as connection:
            return [TaughtPhoto(row.category, row.sha256, row.picture) for row in connection.execute(statement)]

    def put_vectors(self, embedder_id: str, vectors: Iterable[tuple[str, Vectors]]) -> None:
        """Store the vectors `[views, dim]` of examples by sha256.

        They follow from the photos, so they make no new revision; those of an example that was forgotten meanwhile are
        dropped.
        """
        had = taught_vectors.c
        with self._write() as connection:
            told = set(connection.scalars(select(taught_photos.c.sha256)))
            told -= set(connection.scalars(select(had.sha256).where(had.embedder_id == embedder_id)))
            rows = [
                {
                    "embedder_id": embedder_id,
                    "sha256": sha256,
                    "views": len(views),
                    "vectors": np.ascontiguousarray(views, "<f2").tobytes(),
                }
                for sha256, views in dict(vectors).items()
                if sha256 in told
            ]
            if rows:
                connection.execute(insert(taught_vectors), rows)

    def vectors(self, embedder_id: str) -> dict[str, npt.NDArray[np.float16]]:
        """Return the vectors float16 `[views, dim]` of those examples that the embedder has seen, by sha256."""
        statement = select(taught_vectors).where(taught_vectors.c.embedder_id == embedder_id)
        with self._read() as connection:
            return {
                row.sha256: np.frombuffer(row.vectors, "<f2").reshape(row.views, -1).astype(np.float16)
                for row in connection.execute(statement)
            }
