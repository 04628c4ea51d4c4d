"""The photos of the active products, ready to be searched; one object for one revision of the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.errors import IndexMismatch
from shoplens.index.vector_index import VectorIndex
from shoplens.search.learn_odds import ShownPhotos, learn_odds
from shoplens.search.shop_space import ShopSpace


class PhotoIndex:
    """An index of photos that knows which products each photo shows, and what scores among them mean.

    Attributes:
        revision: of the catalogue that was read.
        space: where likeness is measured, learned from the photos.
        index: the photos' vectors in that space, by SHA-256.
        odds: probabilities of scores, learned from the photos.

    Args:
        catalog: the truth; read once, here.
        embedder: whose stored vectors are searched.
        index: an empty index to fill.

    Raises:
        IndexMismatch: the shop has photos, and none has a vector of this embedder.
    """

    def __init__(self, catalog: Catalog, embedder: Embedder, index: VectorIndex) -> None:
        self.revision = catalog.revision()
        self._products: dict[str, list[tuple[bool, bool, int, str]]] = defaultdict(list)
        self._photos: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._offers = {offer.product_id: offer for offer in catalog.offers()}
        for sha256, product_id, position in catalog.photo_links():
            offer = self._offers.get(product_id)
            if offer is None:
                continue  # written between the two reads: the next revision has it
            self._products[sha256].append((not offer.in_stock, offer.is_parent, position, product_id))
            self._photos[product_id].append((position, sha256))
        keys, vectors = catalog.embeddings(embedder.id)
        if self._products and not keys:
            raise IndexMismatch(
                "No photo of the shop has a vector of the model in use, so a photo finds nothing.",
                received=embedder.id,
                remedy="Embed them with: shoplens bundle promote NAME, or import the catalogue again.",
            )
        shown = [row for row, key in enumerate(keys) if key in self._products]
        self.index = index
        raw = np.asarray(vectors[shown], np.float32)
        owners = [self._owner(keys[row]) for row in shown]
        self.space = ShopSpace.fit(raw, embedder.parts, owners)
        offers = [self._offers[owner] for owner in owners]
        listings, categories = [offer.listing for offer in offers], [offer.category for offer in offers]
        self.odds = learn_odds(raw, embedder.parts, ShownPhotos(owners, listings, categories), self.space)
        self.index.add([keys[row] for row in shown], self.space.apply(raw))
        self._row = {key: row for row, key in enumerate(self.index.keys())}

    def __len__(self) -> int:
        return len(self._row)

    def holds(self, sha256: str) -> bool:
        """Say whether the photo is in the index."""
        return sha256 in self._row

    def products(self, sha256: str) -> list[str]:
        """Return the products that show the photo, in the order in which they may stand for their listing.

        What can be bought comes first, a variant before its parent, and one whose main photo it is before others.
        """
        return [product for *_, product in sorted(self._products.get(sha256, []))]

    def listing(self, product_id: str) -> str:
        """Return the listing of a product that the index knows."""
        return self._offers[product_id].listing

    def category(self, product_id: str) -> str:
        """Return the category of a product that the index knows, "" where it has none."""
        return self._offers[product_id].category

    def in_stock(self, product_id: str) -> bool:
        """Say whether a product that the index knows can be bought."""
        return self._offers[product_id].in_stock

    def _owner(self, sha256: str) -> str:
        """Return the product that the photo tells most of: a variant rather than a parent that shows all colours."""
        return min((len(self._photos[product]), product) for *_, product in self._products[sha256])[1]

    def main_photos(self) -> dict[str, str]:
        """Return the first photo of each product that has one in the index."""
        firsts = {}
        for product, photos in self._photos.items():
            known = [pair for pair in photos if pair[1] in self._row]
            if known:
                firsts[product] = min(known)[1]
        return firsts

    def mask(self, product_ids: Iterable[str]) -> npt.NDArray[np.bool_]:
        """Return which rows of the index belong to at least one of the products."""
        mask = np.zeros(len(self._row), np.bool_)
        rows = (self._row.get(sha) for product in product_ids for _, sha in self._photos.get(product, ()))
        mask[[row for row in rows if row is not None]] = True
        return mask
