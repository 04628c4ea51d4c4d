"""The photos of the active products, ready to be searched, and kept up with the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from shoplens.catalog.changes import PhotoChanges
from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.errors import BadInput, IndexMismatch
from shoplens.index.snapshot import SnapshotDamaged, open_snapshot, write_snapshot
from shoplens.index.vector_index import VectorIndex
from shoplens.search.kind_means import KindMeans
from shoplens.search.learn_odds import FEWEST_SNAPS, UNFITTED, learn_odds
from shoplens.search.match_odds import ShopOdds
from shoplens.search.match_trials import PhotoOwners
from shoplens.search.shop_snaps import read_snaps, snaps_id
from shoplens.search.shop_space import FEWEST, ShopSpace
from shoplens.search.shown_columns import ShownColumns
from shoplens.search.shown_photos import Shower, ShownChanges, ShownPhotos
from shoplens.search.without_collector import without_collector

Halves = npt.NDArray[np.float16]
# The space of a larger shop is learned from so many of its photos, fifty times the length of a part of the vectors.
_LEARNED_FROM = 20_000
_PIECE = 16_384
# Once so large a share of the photos came or went, everything is made anew. All renewals of a growing shop together
# then read each photo about eleven times, the sum of the powers of 1 / 1.1.
_OUTDATED = 0.1
_HEAD = frozenset(("embedder", "revision", "stamp", "photos", "shown", "changed", "new_snaps", "odds", "kinds"))


class PhotoIndex:
    """An index of photos that knows which products each photo shows, and what scores among them mean.

    Any number of threads may search while one refreshes.

    Args:
        catalog: the truth.
        embedder: whose stored vectors are searched.
        index: an empty index to fill.
        snapshot: what `save` wrote, to begin with; without it everything is read from the catalogue.

    Attributes:
        revision: of the catalogue that it is of.
        space: what the vectors are in.
        odds: probabilities of scores, learned from the photos.
        kinds: the mean photo of each category, in the space's first part.

    Raises:
        IndexMismatch: the shop has photos, and none has a vector of this embedder.
        SnapshotDamaged: the snapshot is not as it was written, or of another catalogue, model or kind of index.
    """

    def __init__(
        self, catalog: Catalog, embedder: Embedder, index: VectorIndex, *, snapshot: Path | None = None
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._shown = ShownPhotos()
        self._refreshing = threading.Lock()
        self._changed = 0
        self._new_snaps = 0
        self.index = index
        self.space = ShopSpace()
        self.odds = UNFITTED
        self.kinds = KindMeans()
        self.revision = 0
        self._stamp = ""
        if snapshot is None:
            with without_collector():
                changes = catalog.photo_changes(embedder.id)
                self._shown.take(self._shown.plan(changes))
            self._fill(changes)
        else:
            with without_collector():
                self._restore(snapshot)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def outdated(self) -> bool:
        """Whether so much has changed that it should be made anew: the space is of other photos, or memory is lost."""
        if not self.space.fitted:
            return len(self) >= FEWEST or (len(self) > 0 and not self.space.parts)
        if self._new_snaps >= FEWEST_SNAPS:
            return True
        return self._changed > max(_OUTDATED * len(self), FEWEST)

    @property
    def changed(self) -> int:
        """How many photos came or went since the space was learned."""
        return self._changed

    def refresh(self) -> None:
        """Bring it up to the catalogue: only what changed is read, and searches go on meanwhile.

        Raises:
            IndexMismatch: the shop has photos, and none has a vector of this embedder.
        """
        if self._catalog.revision() == self.revision:
            return
        with self._refreshing:
            changes = self._catalog.photo_changes(self._embedder.id, self.revision)
            if changes.revision != self.revision:
                planned = self._shown.plan(changes)
                self._take(changes, planned, planned.came, planned.went)

    def holds(self, sha256: str) -> bool:
        """Say whether the photo is in the index."""
        return sha256 in self.index

    def products(self, sha256: str) -> list[str]:
        """Return the products that show the photo, in the order in which they may stand for their listing.

        What can be bought comes first, a variant before its parent, and one whose main photo it is before others.
        """
        return self._shown.products(sha256)

    def shown(self, sha256: str) -> tuple[Shower, ...]:
        """Return the products that show the photo with their facts, in the order of `products`."""
        return self._shown.showers(sha256)

    def photos_of(self, product_id: str) -> list[str]:
        """Return the photos that a product shows, in order; none where the index does not know it."""
        return [sha256 for _, sha256 in self._shown.photos(product_id)]

    def main_photos(self) -> dict[str, str]:
        """Return the first photo of each product that has one in the index."""
        known = set(self.index.keys())
        firsts = {}
        for product, photos in self._shown.all_photos():
            first = next((sha256 for _, sha256 in photos if sha256 in known), None)
            if first is not None:
                firsts[product] = first
        return firsts

    def mask(self, product_ids: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return which rows of the index belong to at least one of the products."""
        return self.index.mask(self._shown.photos_of(product_ids))

    def save(self, path: Path) -> None:
        """Write a snapshot of this moment; searches and refreshes go on while it is written.

        Raises:
            OSError: the disk is full or fails.
        """
        with self._refreshing:
            head = {
                "embedder": self._embedder.id,
                "revision": self.revision,
                "stamp": self._stamp,
                "photos": len(self.index),
                "shown": len(self._shown),
                "changed": self._changed,
                "new_snaps": self._new_snaps,
                "odds": asdict(self.odds),
                "kinds": self.kinds.names,
            }
            write_index, shown = self.index.writer(), self._shown.at_rest()

        def write(file: BinaryIO) -> None:
            self.space.write(file)
            np.lib.format.write_array(file, self.kinds.means, allow_pickle=False)
            shown.columns().write(file)
            write_index(file)

        write_snapshot(path, head, write)

    def _fill(self, changes: PhotoChanges) -> None:
        shown = [row for row, key in enumerate(changes.keys) if key in self._shown]
        keys = [changes.keys[row] for row in shown]
        snapped, _ = self._catalog.embeddings(snaps_id(self._embedder.id))
        learned = self._sample(keys, snapped)
        owners = [self._shown.owner(keys[row]) for row in learned]
        raw = changes.vectors[[shown[row] for row in learned]].astype(np.float32)
        snaps = read_snaps(self._catalog, self._embedder.id, {keys[row]: place for place, row in enumerate(learned)})
        self.space = ShopSpace.fit(raw, self._embedder.parts, owners, snaps=snaps)
        listings, categories = map(self._shown.listing, owners), map(self._shown.category, owners)
        shown_by = PhotoOwners(owners, list(listings), list(categories))
        self.odds = learn_odds(raw, self._embedder.parts, shown_by, self.space, snaps)
        if self.space.fitted:
            ready = self.space.apply(raw)[:, : self._embedder.parts[0]]
            self.kinds = KindMeans.fit(ready, shown_by.categories)
        self._add(keys, changes.vectors, shown)
        self.revision, self._stamp = changes.revision, changes.stamp
        self._check()

    def _sample(self, keys: Sequence[str], first: Sequence[str]) -> Sequence[int]:
        """Return which photos the space is learned from: all, or whole products drawn until there are enough.

        Args:
            keys: all photos.
            first: those whose products are among them in any case.
        """
        if len(keys) <= _LEARNED_FROM:
            return range(len(keys))
        rows: dict[str, list[int]] = {}
        for row, key in enumerate(keys):
            rows.setdefault(self._shown.owner(key), []).append(row)
        groups = list(rows.values())
        places = {owner: place for place, owner in enumerate(rows)}
        snapped = (places.get(self._shown.owner(key)) for key in first if key in self._shown)
        drawn = dict.fromkeys(place for place in snapped if place is not None)
        drawn |= dict.fromkeys(np.random.default_rng(0).permutation(len(groups)).tolist())
        chosen: list[int] = []
        for place in drawn:
            if len(chosen) >= _LEARNED_FROM:
                break
            chosen += groups[place]
        return sorted(chosen)

    def _take(self, changes: PhotoChanges, planned: ShownChanges, came: set[str], went: set[str]) -> None:
        """Take over changes: whatever fails on the way, the next call does all of it again and so loses nothing."""
        shown = (key not in went and (planned.shows(key) or key in self._shown) for key in changes.keys)
        written = {key: row for row, (key, is_shown) in enumerate(zip(changes.keys, shown, strict=True)) if is_shown}
        missing = sorted(came - written.keys())
        keys, vectors = self._catalog.vectors(missing, self._embedder.id) if missing else ([], changes.vectors)
        self.index.remove(sorted(went))
        self._add(keys, vectors, range(len(keys)))
        self._add(list(written), changes.vectors, list(written.values()))
        self._shown.take(planned)
        self._changed += len(went) + len(keys) + len(written)
        if changes.revision != self.revision:
            self._new_snaps += len(self._catalog.embeddings(snaps_id(self._embedder.id), since=self.revision)[0])
        self.revision, self._stamp = changes.revision, changes.stamp
        self._check()

    def _add(self, keys: Sequence[str], vectors: Halves, rows: Sequence[int]) -> None:
        for start in range(0, len(keys), _PIECE):
            some = vectors[list(rows[start : start + _PIECE])].astype(np.float32)
            self.index.add(keys[start : start + _PIECE], self.space.apply(some))

    def _restore(self, path: Path) -> None:
        with open_snapshot(path) as (head, file):
            if not _HEAD <= head.keys():
                raise SnapshotDamaged("The snapshot is of another version.", received=sorted(head))
            revision, stamp = int(head["revision"]), str(head["stamp"])
            if head["embedder"] != self._embedder.id:
                raise SnapshotDamaged("The snapshot is of another model.", received=head["embedder"])
            if not stamp or self._catalog.stamp(revision) != stamp:
                raise SnapshotDamaged("The snapshot is of another state of the catalogue.", received=revision)
            self.space = ShopSpace.read(file)
            means = np.asarray(np.lib.format.read_array(file, allow_pickle=False), np.float32)
            self.kinds = KindMeans(head["kinds"], means)
            self._shown = ShownPhotos(ShownColumns.read(file))
            try:
                self.index.read(file)
            except BadInput as error:
                raise SnapshotDamaged("The snapshot is of another kind of index.", received=path) from error
        if (len(self.index), len(self._shown)) != (head["photos"], head["shown"]):
            raise SnapshotDamaged("The snapshot holds another number of photos.", received=len(self.index))
        self._changed, self._new_snaps = int(head["changed"]), int(head["new_snaps"])
        self.revision, self._stamp = revision, stamp
        self.odds = ShopOdds.of(head["odds"])
        self.refresh()
        self._check()

    def _check(self) -> None:
        if len(self._shown) and not len(self.index):
            raise IndexMismatch(
                "No photo of the shop has a vector of the model in use, so a photo finds nothing.",
                received=self._embedder.id,
                remedy="Embed them with: shoplens bundle promote NAME, or import the catalogue again.",
            )
