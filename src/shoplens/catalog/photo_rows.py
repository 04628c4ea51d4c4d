"""Photos, their references, their places in products and their vectors, read from the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, RowMapping, exists, select

from shoplens.catalog.tables import embeddings, photo_references, photos, product_photos, products
from shoplens.errors import IndexMismatch, NotFound
from shoplens.records import PhotoFacts


@dataclass(frozen=True, slots=True)
class CatalogPhoto:
    """A photo of the catalogue.

    Attributes:
        sha256: its identity.
        path: where its bytes are on this disk.
        facts: what decoding found.
        reference: the path or URL under which the feed names it; "" where the photo was asked for by content.
    """

    sha256: str
    path: Path
    facts: PhotoFacts
    reference: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a path or URL of a feed led to when it was last read.

    Attributes:
        location: the absolute path or URL that it was resolved to.
        sha256: the photo; None where there was a problem.
        problem_code: "" where there was none.
        problem_message: the problem in words.
        etag: of the HTTP answer, "" for files.
        last_modified: of the HTTP answer, "" for files.
        mtime_ns: of the file, 0 for URLs.
        size: of the file in bytes.
    """

    location: str
    sha256: str | None
    problem_code: str
    problem_message: str
    etag: str
    last_modified: str
    mtime_ns: int
    size: int


def read_photo(connection: Connection, folder: Path, sha256: str) -> CatalogPhoto:
    """Return one photo, or raise `NotFound`."""
    row = connection.execute(select(photos).where(photos.c.sha256 == sha256)).mappings().first()
    if row is None:
        raise NotFound("There is no such photo.", received=sha256, remedy="Ask for the photos of a product.")
    return _photo(row, folder, "")


def read_many(connection: Connection, folder: Path, sha256s: Iterable[str]) -> dict[str, CatalogPhoto]:
    """Return those of the photos that there are."""
    found: dict[str, CatalogPhoto] = {}
    for some in _portions(sha256s):
        rows = connection.execute(select(photos).where(photos.c.sha256.in_(some))).mappings()
        found.update({row["sha256"]: _photo(row, folder, "") for row in rows})
    return found


def read_photos(connection: Connection, folder: Path, product_id: str) -> list[CatalogPhoto]:
    """Return a product's photos in order."""
    link = product_photos.c
    statement = (
        select(photos, link.reference)
        .join(product_photos, link.sha256 == photos.c.sha256)
        .where(link.product_id == product_id)
        .order_by(link.position)
    )
    return [_photo(row, folder, row["reference"]) for row in connection.execute(statement).mappings()]


def all_links(connection: Connection) -> list[tuple[str, str, int]]:
    """Return `(sha256, product id, position)` of active products."""
    link = product_photos.c
    statement = (
        select(link.sha256, link.product_id, link.position)
        .join(products, products.c.id == link.product_id)
        .where(products.c.retired == 0)
        .order_by(link.product_id, link.position)
    )
    return [(row.sha256, row.product_id, row.position) for row in connection.execute(statement)]


def links(connection: Connection, product_ids: Iterable[str], *, merchants: bool = False) -> dict[str, list[str]]:
    """Return the photos of each product, in order, for those that have any; the merchant's own where they are asked."""
    found: dict[str, list[str]] = {}
    for some in _portions(product_ids):
        statement = select(product_photos).where(product_photos.c.product_id.in_(some))
        for row in connection.execute(statement.order_by(product_photos.c.product_id, product_photos.c.position)):
            found.setdefault(row.product_id, []).append(row.original or row.sha256 if merchants else row.sha256)
    return found


def read_references(connection: Connection, wanted: Iterable[str] | None) -> dict[str, Reference]:
    """Return references by name."""
    if wanted is None:
        return _references(connection.execute(select(photo_references)).mappings().all())
    found: dict[str, Reference] = {}
    for some in _portions(wanted):
        statement = select(photo_references).where(photo_references.c.reference.in_(some))
        found.update(_references(connection.execute(statement).mappings().all()))
    return found


def read_embeddings(connection: Connection, embedder_id: str, since: int) -> tuple[list[str], npt.NDArray[np.float16]]:
    """Return keys and float16 `[n, dim]`; `[0, 0]` where there are none."""
    statement = (
        select(embeddings.c.sha256, embeddings.c.vector)
        .where(embeddings.c.embedder_id == embedder_id, embeddings.c.revision > since)
        .order_by(embeddings.c.sha256)
    )
    rows = connection.execute(statement).all()
    lengths = {len(row.vector) for row in rows}
    if len(lengths) > 1:
        raise IndexMismatch(
            "The stored vectors of one embedder differ in length.",
            received=f"{embedder_id}: {sorted(length // 2 for length in lengths)}",
            remedy="Restore the catalogue from a backup.",
        )
    if not rows:
        return [], np.zeros((0, 0), np.float16)
    vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype="<f2").reshape(len(rows), -1)
    return [row.sha256 for row in rows], vectors.astype(np.float16, copy=False)


def embedded(connection: Connection, sha256s: Iterable[str], embedder_id: str) -> set[str]:
    """Return those of the photos that have a vector of this embedder."""
    found: set[str] = set()
    for some in _portions(sha256s):
        column = embeddings.c
        found.update(
            connection.scalars(select(column.sha256).where(column.embedder_id == embedder_id, column.sha256.in_(some)))
        )
    return found


def not_embedded(connection: Connection, folder: Path, embedder_id: str) -> list[CatalogPhoto]:
    """Return photos of active products without a vector of this embedder."""
    vector, link = embeddings.c, product_photos.c
    shown = exists().where(link.sha256 == photos.c.sha256, products.c.id == link.product_id, products.c.retired == 0)
    known = exists().where(vector.embedder_id == embedder_id, vector.sha256 == photos.c.sha256)
    statement = select(photos).where(shown, ~known).order_by(photos.c.sha256)
    return [_photo(row, folder, "") for row in connection.execute(statement).mappings()]


def embedder_ids(connection: Connection) -> list[str]:
    """Return every embedder id with vectors, sorted."""
    return list(connection.scalars(select(embeddings.c.embedder_id).distinct().order_by(embeddings.c.embedder_id)))


def _photo(row: RowMapping, folder: Path, reference: str) -> CatalogPhoto:
    facts = PhotoFacts(
        sha256=row["sha256"],
        format=row["format"],
        width=row["width"],
        height=row["height"],
        size_bytes=row["size_bytes"],
        notes=tuple(json.loads(row["notes"])),
    )
    return CatalogPhoto(facts.sha256, folder / row["path"], facts, reference)


def _references(rows: Iterable[RowMapping]) -> dict[str, Reference]:
    return {row["reference"]: Reference(**{k: v for k, v in row.items() if k != "reference"}) for row in rows}


def _portions(wanted: Iterable[str], size: int = 400) -> Iterator[list[str]]:
    every = list(wanted)
    for start in range(0, len(every), size):
        yield every[start : start + size]
