"""The catalogue of a shop, in one SQLite file: the only truth."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Engine

from shoplens.catalog import photo_rows, product_rows
from shoplens.catalog.batch import Batch
from shoplens.catalog.browse import Browse
from shoplens.catalog.changes import EVERYTHING as EVERYTHING_CHANGED
from shoplens.catalog.changes import PhotoChanges, read_changes, read_stamp, read_vectors
from shoplens.catalog.corrections import Corrections
from shoplens.catalog.database import open_engine, store_errors
from shoplens.catalog.facets import FACETS, FacetValue, attribute_names, count_facets, has_attribute
from shoplens.catalog.feed_addresses import FeedAddresses
from shoplens.catalog.filter import EVERYTHING, Filter
from shoplens.catalog.fixes import Fixes
from shoplens.catalog.imports import ImportRecord, finish_import, read_imports, start_import
from shoplens.catalog.keys import Keys
from shoplens.catalog.labels import read_labels, write_labels
from shoplens.catalog.ledger import Ledger, read_open
from shoplens.catalog.line_photos import LinePhotos
from shoplens.catalog.looks import Looks
from shoplens.catalog.merchandising import Merchandising
from shoplens.catalog.photo_rows import CatalogPhoto, Reference
from shoplens.catalog.product_rows import Stored, Totals
from shoplens.catalog.refresh_words import refresh_words
from shoplens.catalog.remembered import Remembered
from shoplens.catalog.reviews import Reviews
from shoplens.catalog.schema import MIGRATIONS, migrate
from shoplens.catalog.taught import Taught
from shoplens.catalog.text_index import count_text, find_text, text_condition
from shoplens.catalog.where import conditions
from shoplens.errors import NotFound
from shoplens.records import Finding, Label, Product

__all__ = ["Catalog", "CatalogPhoto", "Reference", "Stored"]

FILE_NAME = "catalog.db"
_REVISION = "SELECT value FROM counters WHERE name = 'revision'"


class Catalog:
    """Products, photos, embeddings, labels, findings and imports of one shop.

    Safe for many threads: each call uses its own connection, and one batch at a time is written.
    Every method raises `StoreError` where the file cannot be read or written.

    Attributes:
        taught: the examples of categories that people taught.
        merchandising: what the shop decided of its recommendations.
        corrections: categories and tags that the merchant set by hand.
        reviews: what people answered to questions about products.
        keys: who may use the HTTP API.
        line_photos: samples of product lines, and defects found.
        feed_addresses: the feeds that are imported again and again.
        browse: pages and counts for the merchant's table.
        ledger: the issues that inspections found, and what became of them.
        looks: what inspections saw of each photo.
        fixes: the mended photos.
    """

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine
        self._writing = threading.Lock()
        self._products = Remembered(self._read_products)
        self._main_photos = Remembered(self._read_main_photos)
        self.taught = Taught(self._read, self._write)
        self.merchandising = Merchandising(self._read, self._write)
        self.corrections = Corrections(self._read, self._write)
        self.reviews = Reviews(self._read, self._write)
        self.keys = Keys(self._read, self._write)
        self.line_photos = LinePhotos(self._read, self._write)
        self.feed_addresses = FeedAddresses(self._read, self._write)
        self.browse = Browse(self._read)
        self.ledger = Ledger(self._read, self._write)
        self.looks = Looks(self._read, self._write)
        self.fixes = Fixes(self._read, self._write, folder)

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> Self:
        """Open the catalogue of the shop in `folder`, bringing an older one to the newest version.

        Raises:
            NotFound: there is none and `create` is false.
            StoreError: it is of a newer version, damaged, or cannot be written.
        """
        folder = folder.absolute()
        path = folder / FILE_NAME
        if not create and not path.is_file():
            raise NotFound(
                "There is no shop here.", received=folder, remedy="Make one with: shoplens import SOURCE --shop DIR"
            )
        folder.mkdir(parents=True, exist_ok=True)
        engine = open_engine(path)
        try:
            with store_errors(path):
                migrate(engine, "catalog", MIGRATIONS)
                refresh_words(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(folder, engine)

    def close(self) -> None:
        """Release the file."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    @contextmanager
    def batch(self) -> Iterator[Batch]:
        """Gather changes in the block and write them in one transaction at its end, all or nothing.

        The catalogue is locked for writing from the end of the block only; leave slow work outside all the same.
        """
        gathered = Batch(self.folder)
        yield gathered
        with self._write() as connection:
            gathered.write(connection)

    def put_labels(self, labels: Sequence[Label], scope: Iterable[str] = ()) -> None:
        """Store labels; they replace what the same source said of the same product and kind.

        Of the products in `scope` they replace everything that did not come from people (the feed or the shop), so that
        nothing stays of what another model said, or of what this one is no longer sure of.

        Raises:
            NotFound: a label is of an unknown product.
        """
        with self._write() as connection:
            write_labels(connection, labels, scope)

    def start_import(self, source: str, origin: str, fingerprint: str = "") -> int:
        """Note the beginning of an import and return its number; see `ImportRecord`."""
        with self._write() as connection:
            return start_import(connection, source, origin, fingerprint)

    def finish_import(self, number: int, summary: str) -> None:
        """Note the end of an import with its summary (JSON)."""
        with self._write() as connection:
            finish_import(connection, number, summary)

    # Products

    def revision(self) -> int:
        """Return a number that grows with every committed change, save of findings and imports."""
        # Every question to the shop asks this first: by the driver itself it takes a fifth of the time.
        with store_errors(self.folder / FILE_NAME), closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            cursor.execute(_REVISION)
            return int(cursor.fetchall()[0][0])

    def product(self, product_id: str) -> Product:
        """Return a product, retired or not.

        Raises:
            NotFound: the catalogue never had it.
        """
        found = self.by_ids([product_id], include_retired=True)
        if product_id not in found:
            raise NotFound("There is no such product.", received=product_id, remedy="List them with: shoplens products")
        return found[product_id]

    def by_ids(
        self, ids: Iterable[str], *, include_retired: bool = False, since: int | None = None
    ) -> dict[str, Product]:
        """Return the products that exist among `ids`, in the order of `ids`; those of the last revision are kept.

        Args:
            ids: of the products.
            include_retired: return those, too, that were taken out of the shop.
            since: a revision that the caller has just seen, so that it is not asked for again; the products are as they
                are in it or in a later one.
        """
        if not include_retired:
            return self._products.get(self.revision() if since is None else since, ids)
        wanted = list(dict.fromkeys(ids))
        with self._read() as connection:
            return product_rows.read_by_ids(connection, wanted, include_retired=True)

    def products(
        self, where: Filter = EVERYTHING, offset: int = 0, limit: int = 100, order: str = "id"
    ) -> list[Product]:
        """Return one page of products.

        Args:
            where: which.
            offset: how many to pass over.
            limit: how many to return at most.
            order: "id", "title", "price", "price_desc" or "newest" (last changed first).

        Raises:
            UnknownName: there is no such order.
        """
        with self._read() as connection:
            return product_rows.read_page(connection, where, offset, limit, order)

    def product_ids(self, where: Filter = EVERYTHING) -> list[str]:
        """Return the ids of all products that fit, sorted."""
        with self._read() as connection:
            return product_rows.read_ids(connection, where)

    def count(self, where: Filter = EVERYTHING) -> int:
        """Return how many products fit."""
        with self._read() as connection:
            return product_rows.count_products(connection, where)

    def changed(self, since: int) -> int:
        """Return how many active products changed after a revision, with those that are new."""
        with self._read() as connection:
            return product_rows.count_changed(connection, since)

    def listing(self, listing_id: str) -> list[Product]:
        """Return the active variants of a listing, by id."""
        with self._read() as connection:
            return product_rows.read_page(connection, Filter(listing=listing_id), 0, None, "id")

    def totals(self) -> Totals:
        """Return how many active products, listings and different photos there are."""
        with self._read() as connection:
            return product_rows.count_all(connection)

    def categories(self) -> list[tuple[str, int]]:
        """Return every category of active products and how many it has itself, by name; "" is left out."""
        with self._read() as connection:
            return product_rows.count_categories(connection)

    def search_text(
        self, query: str, where: Filter = EVERYTHING, limit: int = 50, offset: int = 0
    ) -> list[tuple[str, float]]:
        """Return `(product id, score)` for a shopper's words in English or Chinese, the best first.

        Looks at title, id, category, brand, tags, attributes, labels (colours and categories in both languages) and
        description. Products that hold every word are returned, or, where there are none, those that hold any. Any
        string is a valid query.
        """
        with self._read() as connection:
            return find_text(connection, query, conditions(where), limit, offset)

    def count_text(self, query: str, where: Filter = EVERYTHING) -> int:
        """Return how many products `search_text` finds without a limit."""
        with self._read() as connection:
            return count_text(connection, query, conditions(where))

    def facets(
        self, names: Sequence[str] = FACETS, where: Filter = EVERYTHING, *, text: str = "", limit: int = 50
    ) -> dict[str, list[FacetValue]]:
        """Return how many products have which value, over the products that fit and, with `text`, that the words find.

        Args:
            names: of `FACETS`, or of attributes such as "material".
            where: which products are counted.
            text: a shopper's words; empty for all products.
            limit: values of one facet at most, the commonest; price bands are as many as there are.
        """
        kept = conditions(where)
        with self._read() as connection:
            if text.strip():
                kept.append(text_condition(connection, text, kept))
            return count_facets(connection, names, kept, limit)

    def has_attribute(self, name: str) -> bool:
        """Say whether any product has an attribute of that name."""
        with self._read() as connection:
            return has_attribute(connection, name.lower())

    def attribute_names(self) -> list[str]:
        """Return the names of all attributes that products have, sorted."""
        with self._read() as connection:
            return attribute_names(connection)

    def stored(self, ids: Iterable[str]) -> dict[str, Stored]:
        """Return what an import compares rows with, for those of the products that exist."""
        with self._read() as connection:
            return product_rows.read_stored(connection, ids)

    # Photos and embeddings

    def photo(self, sha256: str) -> CatalogPhoto:
        """Return a photo by its content.

        Raises:
            NotFound: the catalogue does not have it.
        """
        with self._read() as connection:
            return photo_rows.read_photo(connection, self.folder, sha256)

    def photo_files(self, sha256s: Iterable[str]) -> dict[str, CatalogPhoto]:
        """Return those of the photos that the catalogue has, by content."""
        with self._read() as connection:
            return photo_rows.read_many(connection, self.folder, sha256s)

    def photos(self, product_id: str) -> list[CatalogPhoto]:
        """Return the photos of a product that could be read, in the order of the feed."""
        with self._read() as connection:
            return photo_rows.read_photos(connection, self.folder, product_id)

    def main_photos(self, product_ids: Iterable[str]) -> dict[str, str]:
        """Return the sha256 of the first photo of each of the products that have one."""
        return self._main_photos.get(self.revision(), product_ids)

    def photo_links(self) -> list[tuple[str, str, int]]:
        """Return `(sha256, product id, position)` of every photo of every active product, by product and position."""
        with self._read() as connection:
            return photo_rows.all_links(connection)

    def references(self, references: Iterable[str] | None = None) -> dict[str, Reference]:
        """Return what is known of the paths and URLs of feeds; of all of them where none are given."""
        with self._read() as connection:
            return photo_rows.read_references(connection, references)

    def embeddings(self, embedder_id: str, since: int = 0) -> tuple[list[str], npt.NDArray[np.float16]]:
        """Return the photos that have a vector of this embedder, and the vectors, float16 `[n, dim]`.

        Args:
            embedder_id: an embedder's `id`.
            since: only those written after this revision.

        Raises:
            IndexMismatch: the stored vectors differ in length.
        """
        with self._read() as connection:
            return photo_rows.read_embeddings(connection, embedder_id, since)

    def photo_changes(self, embedder_id: str, since: int = EVERYTHING_CHANGED) -> PhotoChanges:
        """Return the products and the vectors of this embedder that changed after a revision; all where none is given.

        Args:
            embedder_id: an embedder's `id`.
            since: the revision.
        """
        with self._read() as connection:
            return read_changes(connection, embedder_id, since)

    def vectors(self, sha256s: Iterable[str], embedder_id: str) -> tuple[list[str], npt.NDArray[np.float16]]:
        """Return those of the photos that have a vector of this embedder, and the vectors, float16 `[n, dim]`."""
        with self._read() as connection:
            return read_vectors(connection, embedder_id, sha256s)

    def stamp(self, revision: int) -> str:
        """Return what tells this revision from any other state of this or another catalogue; "" for unknown ones."""
        with self._read() as connection:
            return read_stamp(connection, revision)

    def embedded(self, sha256s: Iterable[str], embedder_id: str) -> set[str]:
        """Return those of the photos that have a vector of this embedder."""
        with self._read() as connection:
            return photo_rows.embedded(connection, sha256s, embedder_id)

    def not_embedded(self, embedder_id: str) -> list[CatalogPhoto]:
        """Return the photos of active products that have no vector of this embedder."""
        with self._read() as connection:
            return photo_rows.not_embedded(connection, self.folder, embedder_id)

    def embedder_ids(self) -> list[str]:
        """Return the ids of every embedder with stored vectors."""
        with self._read() as connection:
            return photo_rows.embedder_ids(connection)

    # Labels, findings, imports

    def labels(self, product_id: str | None = None, kind: str | None = None) -> list[Label]:
        """Return labels by product, kind and falling confidence."""
        with self._read() as connection:
            return read_labels(connection, product_id, kind)

    def findings(
        self, product_id: str | None = None, code: str | None = None, offset: int = 0, limit: int = 100
    ) -> list[Finding]:
        """Return one page of open findings, the gravest first; those fixed and waived are in `ledger`."""
        with self._read() as connection:
            return read_open(connection, product_id, code, offset, limit)

    def finding_counts(self) -> dict[str, int]:
        """Return how many open findings each code has, the commonest first."""
        return self.ledger.codes()

    def imports(self, limit: int | None = None) -> list[ImportRecord]:
        """Return the imports, the newest first."""
        with self._read() as connection:
            return read_imports(connection, limit)

    def _read_products(self, ids: list[str]) -> dict[str, Product]:
        with self._read() as connection:
            return product_rows.read_by_ids(connection, ids, include_retired=False)

    def _read_main_photos(self, ids: list[str]) -> dict[str, str]:
        with self._read() as connection:
            return {product: found[0] for product, found in photo_rows.links(connection, ids).items()}

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with store_errors(self.folder / FILE_NAME), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        immediate: dict[str, Any] = {"begin": "BEGIN IMMEDIATE"}
        with self._writing, store_errors(self.folder / FILE_NAME), self.engine.connect() as plain:
            connection = plain.execution_options(**immediate)
            with connection.begin():
                yield connection
