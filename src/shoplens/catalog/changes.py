"""What changed in the catalogue for those who keep its photos at hand: since a revision, read in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, func, select

from shoplens.catalog.tables import counters, embeddings, product_photos, products, revisions
from shoplens.errors import IndexMismatch

Halves = npt.NDArray[np.float16]
EVERYTHING = -1
_AT_ONCE = 20_000
_PORTION = 400


class Link(NamedTuple):
    """A photo of an active product, and what decides which product stands for it."""

    sha256: str
    product_id: str
    position: int
    listing: str
    sold_out: bool
    is_parent: bool
    category: str


@dataclass(frozen=True, slots=True, eq=False)
class PhotoChanges:
    """Products and vectors that changed after a revision, up to another one.

    Attributes:
        revision: that the catalogue has.
        stamp: its proof: no other state of any catalogue has this stamp.
        products: that changed, retired ones too; none where everything was asked for.
        links: of all photos of the active products that changed, in no order; plain tuples like `Link`.
        keys: photos whose vectors were written.
        vectors: of those photos, `[n, dim]`.
    """

    revision: int
    stamp: str
    products: list[str]
    links: Sequence[Link]
    keys: list[str]
    vectors: Halves


def read_changes(connection: Connection, embedder_id: str, since: int) -> PhotoChanges:
    """Return which products and which vectors changed after a revision; `EVERYTHING` for all there are."""
    revision = int(connection.execute(select(counters.c.value).where(counters.c.name == "revision")).scalar_one())
    row, link = products.c, product_photos.c
    changed = select(row.id).where(row.revision > since)
    links = (
        select(
            link.sha256,
            link.product_id,
            link.position,
            row.listing,
            row.availability == "out_of_stock",
            row.group_id == row.id,
            row.category,
        )
        .join(products, row.id == link.product_id)
        .where(row.retired == 0, row.revision > since)
    )
    keys, vectors = _read_vectors(connection, embeddings.c.embedder_id == embedder_id, embeddings.c.revision > since)
    return PhotoChanges(
        revision,
        read_stamp(connection, revision),
        list(connection.scalars(changed)) if since != EVERYTHING else [],
        cast(Sequence[Link], connection.execute(links).all()),
        keys,
        vectors,
    )


def read_vectors(connection: Connection, embedder_id: str, sha256s: Iterable[str]) -> tuple[list[str], Halves]:
    """Return those of the photos that have a vector of this embedder, and the vectors."""
    wanted, keys, parts = list(sha256s), [], []
    for start in range(0, len(wanted), _PORTION):
        some = embeddings.c.sha256.in_(wanted[start : start + _PORTION])
        found, vectors = _read_vectors(connection, embeddings.c.embedder_id == embedder_id, some)
        keys += found
        parts += [vectors] if found else []
    return keys, np.concatenate(parts) if parts else np.zeros((0, 0), np.float16)


def read_stamp(connection: Connection, revision: int) -> str:
    """Return the stamp of a revision; "" where it was made before there were stamps, or never."""
    return str(connection.scalar(select(revisions.c.stamp).where(revisions.c.revision == revision)) or "")


def _read_vectors(connection: Connection, *where: ColumnElement[bool]) -> tuple[list[str], Halves]:
    """Return keys and vectors, without ever holding all of them twice."""
    count = int(connection.execute(select(func.count()).select_from(embeddings).where(*where)).scalar_one())
    if not count:
        return [], np.zeros((0, 0), np.float16)
    statement = select(embeddings.c.sha256, embeddings.c.vector).where(*where).order_by(embeddings.c.sha256)
    keys: list[str] = []
    vectors: Halves | None = None
    for rows in connection.execute(statement).partitions(_AT_ONCE):
        if vectors is None:
            vectors = np.empty((count, len(rows[0].vector) // 2), np.float16)
        lengths = {len(row.vector) // 2 for row in rows} | {vectors.shape[1]}
        if len(lengths) > 1:
            raise IndexMismatch(
                "The stored vectors of one embedder differ in length.",
                received=sorted(lengths),
                remedy="Restore the catalogue from a backup.",
            )
        part = np.frombuffer(b"".join(row.vector for row in rows), "<f2").reshape(len(rows), -1)
        vectors[len(keys) : len(keys) + len(rows)] = part
        keys += [row.sha256 for row in rows]
    assert vectors is not None
    return keys, vectors
