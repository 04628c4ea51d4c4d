"""Everything that changes the catalogue's products and photos, in one transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from shoplens.catalog.held_categories import hold_categories
from shoplens.catalog.rows import attribute_values, row_digest, to_row
from shoplens.catalog.tables import (
    counters,
    embeddings,
    findings,
    fixes,
    photo_references,
    photos,
    product_attributes,
    product_photos,
    products,
    revisions,
)
from shoplens.catalog.terms import write_terms
from shoplens.catalog.text_index import write_text
from shoplens.errors import BadInput
from shoplens.records import PhotoFacts, Product


class Batch:
    """Changes gathered and written together; made by `Catalog.batch`, which commits all or nothing.

    Nothing is written before the block ends, so reads inside the block see the catalogue as it was.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._products: dict[str, tuple[Product, str]] = {}
        self._photos: dict[str, dict[str, Any]] = {}
        self._references: dict[str, dict[str, Any]] = {}
        self._embeddings: dict[tuple[str, str], bytes] = {}
        self._links: dict[str, list[dict[str, Any]]] = {}
        self._retired: dict[str, None] = {}
        self._fixes: dict[str, dict[str, str]] = {}

    def put_product(self, product: Product, digest: str = "") -> None:
        """Add the product or replace the one of the same id; one that was retired is active again.

        Args:
            product: its attributes' names are stored in lower case for filters.
            digest: what `product_digest` gave; computed where it is not given.
        """
        self._products[product.id] = (product, digest)
        self._retired.pop(product.id, None)

    def put_photo(self, facts: PhotoFacts, path: Path) -> None:
        """Add the photo, or say where the bytes of a known one are now."""
        path = path.absolute()
        inside = path.is_relative_to(self._folder)
        self._photos[facts.sha256] = {
            "sha256": facts.sha256,
            "path": str(path.relative_to(self._folder) if inside else path),
            "format": facts.format,
            "width": facts.width,
            "height": facts.height,
            "size_bytes": facts.size_bytes,
            "notes": json.dumps(facts.notes),
        }

    def put_reference(
        self,
        reference: str,
        sha256: str | None,
        problem_code: str = "",
        problem_message: str = "",
        etag: str = "",
        last_modified: str = "",
        mtime_ns: int = 0,
        size: int = 0,
        *,
        location: str = "",
    ) -> None:
        """Say what a path or URL of a feed leads to: a photo, or a problem.

        Args:
            reference: as the feed gives it.
            sha256: the photo, None where there is a problem.
            problem_code: code of the error, "" where there is none.
            problem_message: the error in words.
            etag: of the HTTP answer.
            last_modified: of the HTTP answer.
            mtime_ns: of the file.
            size: of the file in bytes.
            location: the absolute path or URL that the reference was resolved to.
        """
        self._references[reference] = {
            "reference": reference,
            "location": location or reference,
            "sha256": sha256,
            "problem_code": problem_code,
            "problem_message": problem_message,
            "etag": etag,
            "last_modified": last_modified,
            "mtime_ns": mtime_ns,
            "size": size,
        }

    def put_embedding(self, sha256: str, embedder_id: str, vector: npt.NDArray[np.floating[Any]]) -> None:
        """Store the vector `[dim]` of a photo as float16.

        Raises:
            BadInput: the vector is not one-dimensional or not finite.
        """
        with np.errstate(over="ignore"):  # what does not fit becomes infinite and is refused below
            half = np.asarray(vector).astype("<f2")
        if half.ndim != 1 or not np.isfinite(half).all():
            raise BadInput(
                "An embedding must be one row of finite numbers.",
                received=f"shape {half.shape}",
                remedy="Check the embedder.",
            )
        self._embeddings[embedder_id, sha256] = half.tobytes()

    def link(self, product_id: str, sha256s: Sequence[str], references: Sequence[str] = ()) -> None:
        """Say which photos a product shows, in order; they replace the ones before.

        Args:
            product_id: a product of the catalogue or of this batch.
            sha256s: photos of the catalogue or of this batch.
            references: beside each photo, the path or URL under which the feed names it.
        """
        named = [*references, *[""] * (len(sha256s) - len(references))]
        self._links[product_id] = [
            {"product_id": product_id, "position": position, "sha256": sha256, "reference": reference, "original": ""}
            for position, (sha256, reference) in enumerate(zip(sha256s, named, strict=True))
        ]

    def put_fix(self, original: str, fixed: str, steps: Sequence[tuple[str, str]], at: str) -> None:
        """Let a mended photo stand in for the merchant's own in every product, now and after later imports.

        Args:
            original: a photo of the catalogue.
            fixed: a photo of the catalogue or of this batch.
            steps: `(fix, code of the finding that it mended)` in order.
            at: ISO 8601 in UTC.
        """
        row = {"original": original, "fixed": fixed, "steps": json.dumps([list(step) for step in steps])}
        self._fixes[original] = {**row, "fixed_at": at}

    def retire(self, product_ids: Iterable[str]) -> None:
        """Take products out of every answer; they stay stored, for old orders and events."""
        self._retired.update(dict.fromkeys(product_ids))

    def write(self, connection: Connection) -> None:
        """Write what was gathered; called by `Catalog.batch` at the end of the block."""
        changes = (self._products, self._photos, self._embeddings, self._links, self._retired, self._fixes)
        if any(changes):
            revision = next_revision(connection)
            _upsert(connection, photos, list(self._photos.values()))
            self._write_products(connection, revision)
            self._write_fixes(connection, revision)
            self._write_links(connection, revision)
            vectors = [
                {"embedder_id": embedder, "sha256": sha256, "vector": vector, "revision": revision}
                for (embedder, sha256), vector in self._embeddings.items()
            ]
            _upsert(connection, embeddings, vectors)
            mark_products(connection, self._retired, revision, retired=1)
            changed = [*self._products, *self._retired]
            write_text(connection, changed)
            write_terms(connection, changed)
        _upsert(connection, photo_references, list(self._references.values()))

    def _write_products(self, connection: Connection, revision: int) -> None:
        rows, attributes = [], []
        for product, digest in self._products.values():
            row = to_row(product)
            rows.append({**row, "digest": digest or row_digest(row), "retired": 0, "revision": revision})
            for name, value in product.attributes.items():
                key = name.lower()
                parts = attribute_values(key, value)
                attributes += [{"product_id": product.id, "name": key, "value": part} for part in parts]
        _upsert(connection, products, rows, key="id")
        _delete(connection, product_attributes, self._products)
        _upsert(connection, product_attributes, attributes)
        hold_categories(connection, list(self._products))

    def _write_links(self, connection: Connection, revision: int) -> None:
        _delete(connection, product_photos, self._links)
        rows = [row for rows in self._links.values() for row in rows]
        if rows:
            connection.execute(insert(product_photos), _mended(connection, rows))
        others = [product_id for product_id in self._links if product_id not in self._products]
        mark_products(connection, others, revision)

    def _write_fixes(self, connection: Connection, revision: int) -> None:
        _upsert(connection, fixes, list(self._fixes.values()))
        for row in self._fixes.values():
            link = product_photos.c
            shown = (link.sha256 == row["original"]) | (link.original == row["original"])
            before = connection.execute(select(link.product_id, link.sha256).where(shown).distinct()).all()
            new = {"sha256": row["fixed"], "original": row["original"]}
            connection.execute(update(product_photos).where(shown).values(new))
            show_issues_of(connection, row["original"], {sha256 for _, sha256 in before}, row["fixed"])
            mark_products(connection, dict.fromkeys(product_id for product_id, _ in before), revision)


def next_revision(connection: Connection) -> int:
    """Count this transaction's change and return the new revision."""
    counter = counters.c.name == "revision"
    connection.execute(update(counters).where(counter).values(value=counters.c.value + 1))
    revision = int(connection.execute(select(counters.c.value).where(counter)).scalar_one())
    connection.execute(insert(revisions).values(revision=revision, stamp=secrets.token_hex(8)))
    return revision


def mark_products(connection: Connection, product_ids: Iterable[str], revision: int, **values: int) -> None:
    """Say that these products changed at this revision."""
    rows = [{"marked": product_id} for product_id in product_ids]
    if rows:
        statement = update(products).where(products.c.id == bindparam("marked")).values(revision=revision, **values)
        connection.execute(statement, rows)


def show_issues_of(connection: Connection, original: str, before: Collection[str], now: str) -> None:
    """Let the issues of a merchant's photo be of the file that is shown for it now.

    Those of rule packs that the next inspection does not ask for would else be of a photo that is gone.
    """
    link = product_photos.c
    shown = select(link.product_id).where(link.sha256 == now, link.original.in_((original, "")))
    concerned = findings.c.product_id.in_(shown) & findings.c.photo.in_(sorted(before))
    connection.execute(update(findings).where(concerned).values(photo=now))


def _mended(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the links with mended photos in place of those that they stand in for."""
    stands_in = {row.original: row.fixed for row in connection.execute(select(fixes.c.original, fixes.c.fixed))}
    return [
        {**row, "sha256": stands_in[row["sha256"]], "original": row["sha256"]} if row["sha256"] in stands_in else row
        for row in rows
    ]


def _delete(connection: Connection, table: Table, product_ids: Iterable[str]) -> None:
    rows = [{"gone": product_id} for product_id in product_ids]
    if rows:
        connection.execute(delete(table).where(table.c.product_id == bindparam("gone")), rows)


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], key: str = "") -> None:
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    keys = [key] if key else [column.name for column in table.primary_key]
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if changed:
        statement = statement.on_conflict_do_update(index_elements=keys, set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=keys)
    connection.execute(statement, rows)
