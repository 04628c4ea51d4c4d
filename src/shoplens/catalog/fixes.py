"""Photos that were mended: which file stands in for which, by what steps, and the way back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from shoplens.catalog.batch import mark_products, next_revision
from shoplens.catalog.part import Opened, Part
from shoplens.catalog.tables import embeddings, fixes, looks, photo_references, photos, product_photos


@dataclass(frozen=True, slots=True)
class FixedPhoto:
    """One photo with its mended file.

    Attributes:
        original: sha256 of the merchant's photo.
        fixed: sha256 of the file that stands in for it.
        steps: `(fix, code of the finding that it mended)`, in the order in which they were made.
        fixed_at: ISO 8601 in UTC.
        products: that show it.
    """

    original: str
    fixed: str
    steps: tuple[tuple[str, str], ...]
    fixed_at: str
    products: tuple[str, ...] = ()


class Fixes(Part):
    """The mended photos of one shop; `Catalog.fixes` is one. `Batch.put_fix` adds to them.

    Args:
        read: opens a connection to read with.
        write: opens a transaction.
        folder: of the shop.
    """

    def __init__(self, read: Opened, write: Opened, folder: Path) -> None:
        super().__init__(read, write)
        self._folder = folder

    def all(self, products: Collection[str] = ()) -> list[FixedPhoto]:
        """Return the mended photos, or those that one of these products shows, by their original."""
        link = product_photos.c
        with self._read() as connection:
            shown: dict[str, list[str]] = {}
            links = select(link.original, link.product_id).where(link.original != "").order_by(link.product_id)
            for row in connection.execute(links):
                shown.setdefault(row.original, []).append(row.product_id)
            rows = connection.execute(select(fixes).order_by(fixes.c.original)).all()
        found = [
            FixedPhoto(
                row.original,
                row.fixed,
                tuple((name, code) for name, code in json.loads(row.steps)),
                row.fixed_at,
                tuple(dict.fromkeys(shown.get(row.original, ()))),
            )
            for row in rows
        ]
        return [fix for fix in found if not products or set(products) & set(fix.products)]

    def originals(self) -> dict[tuple[str, str], str]:
        """Return `(product id, sha256 of a mended file)` to the merchant's photo that it stands in for."""
        link = product_photos.c
        with self._read() as connection:
            rows = connection.execute(select(link.product_id, link.sha256, link.original).where(link.original != ""))
            return {(row.product_id, row.sha256): row.original for row in rows}

    def undo(self, originals: Iterable[str]) -> list[FixedPhoto]:
        """Show the merchant's own photos again, forget the mended ones and delete their files.

        In one transaction, before which no file is touched: a kill leaves at most a file that nothing names.

        Returns:
            What was undone.
        """
        wanted = set(originals)
        gone = [fix for fix in self.all() if fix.original in wanted]
        if not gone:
            return []
        link = product_photos.c
        files: list[Path] = []
        with self._write() as connection:
            revision = next_revision(connection)
            rows = [{"was": fix.original} for fix in gone]
            touched = {product for fix in gone for product in fix.products}
            back = update(product_photos).where(link.original == bindparam("was"))
            connection.execute(back.values(sha256=bindparam("was"), original=""), rows)
            mark_products(connection, touched, revision)
            connection.execute(delete(fixes).where(fixes.c.original == bindparam("was")), rows)
            for sha256 in {fix.fixed for fix in gone}:
                if not _in_use(connection, sha256):
                    files.append(_forget(connection, sha256, self._folder))
        for file in files:
            _remove(file)
        return gone

    def drop(self, fixed: str) -> None:
        """Forget a mended file that stands in for nothing any more, and delete it."""
        with self._write() as connection:
            file = None if _in_use(connection, fixed) else _forget(connection, fixed, self._folder)
        if file is not None:
            _remove(file)


def _in_use(connection: Connection, sha256: str) -> bool:
    """Say whether a photo is shown, is in use for another original, or is itself what a feed gave."""
    shown = exists().where(product_photos.c.sha256 == sha256)
    other = exists().where((fixes.c.fixed == sha256) | (fixes.c.original == sha256))
    given = exists().where(photo_references.c.sha256 == sha256)
    return bool(connection.scalar(select(shown | other | given)))


def _forget(connection: Connection, sha256: str, folder: Path) -> Path:
    path = connection.scalar(select(photos.c.path).where(photos.c.sha256 == sha256))
    connection.execute(delete(embeddings).where(embeddings.c.sha256 == sha256))
    connection.execute(delete(looks).where(looks.c.photo == sha256))
    connection.execute(delete(photos).where(photos.c.sha256 == sha256))
    return folder / str(path)


def _remove(file: Path) -> None:
    """Delete a mended file, and its two folders where nothing else lies in them."""
    file.unlink(missing_ok=True)
    with suppress(OSError):  # not empty, or another process was there before
        file.parent.rmdir()
        file.parent.parent.rmdir()
