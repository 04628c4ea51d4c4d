"""Photos of product lines: the samples that a line was learned from, and defects found that a person is to judge."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, insert, select, update
from sqlalchemy.sql.elements import ColumnElement

from shoplens.catalog.part import Part
from shoplens.catalog.tables import line_photos
from shoplens.errors import NotFound
from shoplens.records import Box

LineSaid = Literal["", "good", "defect", "unsure"]
"""What a person said of a photo; "" for nothing yet."""

MOST_OPEN = 500
"""Photos of one line that wait for an answer at most; the oldest go first."""


@dataclass(frozen=True, slots=True)
class FoundDefect:
    """A photo that a line called defect.

    Attributes:
        line: the line's name.
        picture: a small copy, an encoded picture file.
        heat: the same size, glowing where it departs from the normal; an encoded picture file.
        score: of the strangest place.
        threshold: above which a photo was called defect.
        box: the strangest place; None where it lies beside the photo.
        name: of the photo, for people.
        sha256: of the small copy.
        said: what a person said.
        seen_at: ISO 8601, UTC; "" before it is stored.
    """

    line: str
    picture: bytes
    heat: bytes
    score: float
    threshold: float
    box: Box | None
    name: str
    sha256: str = ""
    said: LineSaid = ""
    seen_at: str = ""


class LinePhotos(Part):
    """The photos of one shop's lines; `Catalog.line_photos` is one."""

    def put_samples(self, line: str, good: Sequence[bytes], defects: Sequence[bytes]) -> None:
        """Store the pictures that a line was given, in place of those that it was given before."""
        said = {_digest(picture): ("good", picture) for picture in good}
        said |= {_digest(picture): ("defect", picture) for picture in defects}
        now = _now()
        rows = [
            _row(line, sha256, picture, b"", "given", word) | {"learned": word, "seen_at": now, "answered_at": now}
            for sha256, (word, picture) in said.items()
        ]
        column = line_photos.c
        with self._write() as connection:
            given = (column.line == line) & ((column.role == "given") | column.sha256.in_(list(said)))
            connection.execute(delete(line_photos).where(given))
            if rows:
                connection.execute(insert(line_photos), rows)

    def add(self, found: FoundDefect) -> str:
        """Store a photo that was called defect, to be judged; return its digest. One that is there stays as it is."""
        column, sha256 = line_photos.c, _digest(found.picture)
        box = found.box
        row = _row(found.line, sha256, found.picture, found.heat, "found", "") | {
            "name": found.name[:200],
            "score": found.score,
            "threshold": found.threshold,
            "x0": box and box.x0,
            "y0": box and box.y0,
            "x1": box and box.x1,
            "y1": box and box.y1,
            "seen_at": _now(),
        }
        with self._write() as connection:
            if connection.scalar(select(column.number).where(_is(found.line, sha256))) is None:
                connection.execute(insert(line_photos), [row])
            waiting = select(column.number).where((column.line == found.line) & (column.role == "found"))
            waiting = waiting.where(column.said == "").order_by(column.number.desc()).offset(MOST_OPEN)
            connection.execute(delete(line_photos).where(column.number.in_(list(connection.scalars(waiting)))))
        return sha256

    def waiting(self) -> list[FoundDefect]:
        """Return the photos that nobody has judged, the strangest by their line's threshold first, without pictures."""
        column = line_photos.c
        names = ("line", "sha256", "name", "score", "threshold", "x0", "y0", "x1", "y1", "said", "seen_at")
        statement = select(*(column[name] for name in names)).where((column.role == "found") & (column.said == ""))
        with self._read() as connection:
            rows = connection.execute(statement.order_by((column.score / column.threshold).desc())).mappings().all()
        return [
            FoundDefect(
                line=row["line"],
                picture=b"",
                heat=b"",
                score=row["score"],
                threshold=row["threshold"],
                box=None if row["x0"] is None else Box(row["x0"], row["y0"], row["x1"], row["y1"]),
                name=row["name"],
                sha256=row["sha256"],
                said=row["said"],
                seen_at=row["seen_at"],
            )
            for row in rows
        ]

    def picture(self, line: str, sha256: str, *, heat: bool = False) -> bytes:
        """Return a photo's small copy, or its heat map.

        Raises:
            NotFound: there is none.
        """
        column = line_photos.c
        with self._read() as connection:
            found = connection.scalar(select(column.heat if heat else column.picture).where(_is(line, sha256)))
        if not found:
            raise _unknown(line, sha256)
        return bytes(found)

    def say(self, line: str, sha256: str, said: LineSaid) -> None:
        """Store what a person says of a photo that was called defect; "" takes it back.

        Raises:
            NotFound: there is none.
        """
        change = update(line_photos).where(_is(line, sha256) & (line_photos.c.role == "found"))
        values = {"said": said, "answered_at": _now() if said else ""}
        with self._write() as connection:
            if not connection.execute(change.values(values)).rowcount:
                raise _unknown(line, sha256)

    def samples(self, line: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return what a line is to be learned from: of those given and of those answered, digests and what was said."""
        column = line_photos.c
        wanted = select(column.role, column.sha256, column.said).where(column.line == line)
        wanted = wanted.where(column.said.in_(["good", "defect"])).order_by(column.number)
        given: list[tuple[str, str]] = []
        answered: list[tuple[str, str]] = []
        with self._read() as connection:
            for role, sha256, said in connection.execute(wanted):
                (given if role == "given" else answered).append((sha256, said))
        return given, answered

    def unlearned(self, line: str) -> int:
        """Return how many answers the line does not know yet, those that were taken back included."""
        column = line_photos.c
        wanted = select(column.said, column.learned).where((column.line == line) & (column.role == "found"))
        with self._read() as connection:
            return sum(_counts_as(said) != learned for said, learned in connection.execute(wanted))

    def mark_learned(self, line: str, answered: Sequence[tuple[str, str]]) -> None:
        """Note which answers the line was learned from."""
        known = dict(answered)
        column = line_photos.c
        with self._write() as connection:
            found = select(column.number, column.sha256).where((column.line == line) & (column.role == "found"))
            for number, sha256 in connection.execute(found).all():
                change = update(line_photos).where(column.number == number)
                connection.execute(change.values(learned=known.get(sha256, "")))

    def forget(self, line: str) -> None:
        """Delete all photos of a line."""
        with self._write() as connection:
            connection.execute(delete(line_photos).where(line_photos.c.line == line))


def _row(line: str, sha256: str, picture: bytes, heat: bytes, role: str, said: str) -> dict[str, object]:
    return {
        "line": line,
        "sha256": sha256,
        "role": role,
        "said": said,
        "learned": "",
        "name": "",
        "picture": picture,
        "heat": heat,
        "score": 0.0,
        "threshold": 0.0,
        "x0": None,
        "y0": None,
        "x1": None,
        "y1": None,
        "answered_at": "",
    }


def _counts_as(said: str) -> str:
    return said if said in ("good", "defect") else ""


def _is(line: str, sha256: str) -> ColumnElement[bool]:
    return (line_photos.c.line == line) & (line_photos.c.sha256 == sha256)


def _digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def _unknown(line: str, sha256: str) -> NotFound:
    return NotFound("There is no such photo of the line.", received=f"{line}: {sha256[:80]}")


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
