"""Photos that were mended: which file stands in for which, by what steps, and the way back."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, select, update

from shoplens.catalog.batch import mark_products, next_revision, show_issues_of
from shoplens.catalog.part import Opened, Part
from shoplens.catalog.tables import embeddings, fixes, looks, photo_references, photos, product_photos
from shoplens.errors import StoreError

FOLDER = "fixed"
"""The folder of a shop in which the mended files lie."""


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
        """Return the mended photos that a product, or one of these, shows, by their original."""
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
        return [fix for fix in found if (set(products) & set(fix.products) if products else fix.products)]

    def originals(self) -> dict[tuple[str, str], str]:
        """Return `(product id, sha256 of a mended file)` to the merchant's photo that it stands in for."""
        link = product_photos.c
        with self._read() as connection:
            rows = connection.execute(select(link.product_id, link.sha256, link.original).where(link.original != ""))
            return {(row.product_id, row.sha256): row.original for row in rows}

    def undo(self, originals: Iterable[str]) -> list[FixedPhoto]:
        """Show the merchant's own photos again; `clear` deletes the mended ones, which stand in for nothing then.

        Returns:
            What was undone.
        """
        wanted = set(originals)
        gone = [fix for fix in self.all() if fix.original in wanted]
        if not gone:
            return []
        link = product_photos.c
        with self._write() as connection:
            revision = next_revision(connection)
            rows = [{"was": fix.original} for fix in gone]
            touched = {product for fix in gone for product in fix.products}
            back = update(product_photos).where(link.original == bindparam("was"))
            connection.execute(back.values(sha256=bindparam("was"), original=""), rows)
            for fix in gone:
                show_issues_of(connection, fix.original, {fix.fixed}, fix.original)
            mark_products(connection, touched, revision)
            connection.execute(delete(fixes).where(fixes.c.original == bindparam("was")), rows)
        return gone

    def clear(self) -> None:
        """Delete the mended files that stand in for nothing any more, and forget them.

        So are those whose original no product shows any more, as the merchant's own file was replaced.
        A file is forgotten after it was deleted: one that cannot be, or that a kill left, is found by the next call.

        Raises:
            StoreError: a file cannot be deleted; those that can be are.
        """
        row = photos.c
        mended = row.path.startswith(f"{FOLDER}{os.sep}", autoescape=True)
        kept: list[tuple[Path, OSError]] = []
        with self._write() as connection:
            connection.execute(delete(fixes).where(fixes.c.original.not_in(select(product_photos.c.original))))
            for photo in connection.execute(select(row.sha256, row.path).where(mended, ~_in_use())).all():
                try:
                    _remove(self._folder / photo.path)
                except OSError as error:
                    kept.append((self._folder / photo.path, error))
                else:
                    _forget(connection, photo.sha256)
        if kept:
            path, problem = kept[0]
            raise StoreError(
                f"The file of a mended photo that the shop shows no more cannot be deleted: {problem.strerror}.",
                received=path,
                remedy="Mend that, as the folder's permissions, and repeat; what was done until then is kept.",
            ) from problem


def _in_use() -> ColumnElement[bool]:
    """Return whether a photo is shown, is in use for another original, or is itself what a feed gave."""
    sha256 = photos.c.sha256
    shown = exists().where(product_photos.c.sha256 == sha256)
    mended, own = exists().where(fixes.c.fixed == sha256), exists().where(fixes.c.original == sha256)
    given = exists().where(photo_references.c.sha256 == sha256)
    return shown | mended | own | given


def _forget(connection: Connection, sha256: str) -> None:
    connection.execute(delete(embeddings).where(embeddings.c.sha256 == sha256))
    connection.execute(delete(looks).where(looks.c.photo == sha256))
    connection.execute(delete(photos).where(photos.c.sha256 == sha256))


def _remove(file: Path) -> None:
    """Delete a mended file, and its two folders where nothing else lies in them."""
    file.unlink(missing_ok=True)
    with suppress(OSError):  # not empty, or another process was there before
        file.parent.rmdir()
        file.parent.parent.rmdir()
