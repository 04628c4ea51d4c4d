"""A catalogue drawn on the spot, and an embedder that counts its work."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from shoplens.catalog.store import Catalog
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.feeds.feed import FeedRow
from shoplens.feeds.importer import Importer, ImportSettings, ImportSummary
from shoplens.feeds.locate import PhotoLocator
from shoplens.photos.encode import encode
from shoplens.records import Pixels, Price, Product, Vectors

ROOMY = ImportSettings(min_free_bytes=0, min_free_share=0.0)


class CountingEmbedder(ColorEmbedder):
    """The colour embedder, counting photos; another `version` is another embedder."""

    def __init__(self, version: str = "") -> None:
        super().__init__()
        self.embedded = 0
        self._version = version
        self._lock = threading.Lock()

    @property
    def id(self) -> str:
        return super().id + self._version

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        with self._lock:
            self.embedded += len(photos)
        return super().embed(photos)


def draw(path: Path, seed: int, side: int = 40) -> Path:
    """Write a JPEG of its own colours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    colors = np.random.default_rng(seed).integers(0, 256, (2, 2, 3), dtype=np.uint8)
    path.write_bytes(encode(np.kron(colors, np.ones((side // 2, side // 2, 1), np.uint8)), "jpeg"))
    return path


def row(number: int, product_id: str, *photos: str, title: str = "", price: str = "9.90") -> FeedRow:
    """Return a good row."""
    return FeedRow(
        number, Product(product_id, title or f"Title {product_id}", price=Price(Decimal(price), "USD"), photos=photos)
    )


def bring_in(
    catalog: Catalog, rows: Iterable[FeedRow], photos: Path, settings: ImportSettings = ROOMY, **options: object
) -> ImportSummary:
    """Import rows whose photos lie in a folder."""
    embedder = options.pop("embedder", None) or ColorEmbedder()
    importer = Importer(catalog, embedder, options.pop("downloader", None), settings)  # type: ignore[arg-type]
    locate = PhotoLocator([photos]).locate
    return importer.run(rows, source="drawn.csv", origin="table", locate=locate, **options)  # type: ignore[arg-type]
