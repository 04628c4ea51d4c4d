"""Simulates shoppers' photos of a shop's products, and keeps what they look like in the catalogue."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.query_box import query_boxes
from shoplens.errors import NotFound, PhotoError
from shoplens.photos.decode import decode_file
from shoplens.photos.transform import crop, resize
from shoplens.records import Pixels
from shoplens.search.simulated_snap import simulated_snap
from shoplens.search.snaps import VIEWS, Snaps

MOST = 200
"""So many products are photographed; of 200 the 5 in 100 that a threshold is to lose are ten."""

_VERSION = 1
_AT_ONCE = 16


class ShopSnaps:
    """One simulated snap of each of some products of a shop, by their main photos.

    Which ones is told by their hashes, so that a shop that grows keeps most of what it has. They are stored as
    vectors of an embedder of their own, and no photo index knows them.

    Args:
        catalog: whose photos are taken.
        embedder_id: of what embeds the photos of the catalogue.
        part: embeds the part of a photo that it is given.
        side: of a simulated photo in pixels.
    """

    def __init__(self, catalog: Catalog, embedder_id: str, part: Embedder, side: int) -> None:
        self._catalog = catalog
        self._embedder_id = embedder_id
        self._part = part
        self._side = side

    def complete(self) -> int:
        """Make those that are missing and return how many they were; photos that cannot be read are left out."""
        wanted, name = self._wanted(), snaps_id(self._embedder_id)
        missing = sorted(set(wanted) - self._catalog.embedded(wanted, name))
        made = 0
        with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="snaps") as pool:
            for start in range(0, len(missing), _AT_ONCE):
                some = missing[start : start + _AT_ONCE]
                photos = {key: pixels for key, pixels in zip(some, pool.map(self._photo, some), strict=True)}
                read = {key: pixels for key, pixels in photos.items() if pixels is not None}
                vectors = list(pool.map(lambda key, read=read: self._views(key, read), read))
                with self._catalog.batch() as batch:
                    for key, vector in zip(read, vectors, strict=True):
                        batch.put_embedding(key, name, vector)
                made += len(read)
        return made

    def _wanted(self) -> list[str]:
        mains = set(self._catalog.main_photos(self._catalog.product_ids()).values())
        return sorted(sorted(mains)[:MOST])

    def _photo(self, sha256: str) -> Pixels | None:
        try:
            pixels = decode_file(self._catalog.photo(sha256).path, min_side=self._side).pixels
        except (PhotoError, NotFound):
            return None
        return resize(pixels, short=self._side) if min(pixels.shape[:2]) > self._side else pixels

    def _views(self, sha256: str, photos: Mapping[str, Pixels]) -> npt.NDArray[np.float32]:
        """Return both views of a simulated snap, one behind the other, `[2 * dim]`."""
        others: Sequence[Pixels] = [pixels for key, pixels in photos.items() if key != sha256]
        rng = np.random.default_rng([_VERSION, int(sha256[:16], 16)])
        snap = simulated_snap(photos[sha256], others or [photos[sha256]], self._side, rng)
        boxes = query_boxes(snap)
        found = self._part.embed([snap if box is None else crop(snap, box) for box in boxes])
        return np.concatenate([found[0], found[-1]])


def snaps_id(embedder_id: str) -> str:
    """Return the name under which snaps that go with an embedder are stored."""
    return f"snaps-{hashlib.sha256(f'{_VERSION}:{embedder_id}'.encode()).hexdigest()[:12]}"


def read_snaps(catalog: Catalog, embedder_id: str, rows: Mapping[str, int]) -> Snaps:
    """Return the stored snaps of these photos.

    Args:
        catalog: where they are.
        embedder_id: of what embeds the photos of the catalogue.
        rows: the photos, each with its row.
    """
    keys, vectors = catalog.embeddings(snaps_id(embedder_id))
    kept = [number for number, key in enumerate(keys) if key in rows]
    if not kept:
        return Snaps.none()
    views = vectors[kept].astype(np.float32).reshape(len(kept), VIEWS, -1)
    return Snaps(np.array([rows[keys[number]] for number in kept], np.intp), views)
