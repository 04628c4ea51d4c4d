"""What catalogue checks see: products, photos, fingerprints and vectors, without the store behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoplens.catalog.color_words import color_families, color_family
from shoplens.models.groups import joined_groups
from shoplens.quality.copies.copy_finder import CopyFinder
from shoplens.quality.copies.copy_pair import CopyPair
from shoplens.quality.fingerprint import Fingerprint
from shoplens.records import Product


@dataclass(frozen=True, slots=True)
class Item:
    """A product, or in a folder without products a file.

    Attributes:
        id: the product's identifier, "" for a file.
        name: what people call it: the product's identifier or the file's path.
        listing: what shoppers see as one: variants share it.
        category: "" if unknown.
        photos: sha256 of its photos, the main one first.
        colors: the plain colours that the feed, or else the title, says; () if none.
    """

    id: str
    name: str
    listing: str
    category: str = ""
    photos: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()

    @staticmethod
    def of(product: Product, photos: Sequence[str]) -> Item:
        """Return a product with the sha256 of its photos."""
        said = color_families(product.attributes.get("color", "")) or tuple(filter(None, [color_family(product.title)]))
        return Item(product.id, product.id, product.listing, product.category, tuple(photos), said)


@dataclass(frozen=True)
class CatalogView:
    """A catalogue at one moment.

    Attributes:
        items: every active product, or every readable file.
        fingerprints: photo to fingerprint, of the photos that could be decoded.
        vector_photos: the photos of the rows of `vectors`.
        vectors: stored embeddings, unit rows `[n, dim]`, float16 or float32; `[0, 0]` where there are none.
    """

    items: Sequence[Item]
    fingerprints: Mapping[str, Fingerprint]
    vector_photos: Sequence[str] = ()
    vectors: npt.NDArray[np.floating] = field(default_factory=lambda: np.zeros((0, 0), np.float16))

    @cached_property
    def items_of(self) -> Mapping[str, Sequence[Item]]:
        """Photo to the items that show it."""
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            for photo in dict.fromkeys(item.photos):
                found[photo].append(item)
        return found

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Photo to its row in `vectors`."""
        return {photo: row for row, photo in enumerate(self.vector_photos)}

    @cached_property
    def printed_photos(self) -> Sequence[str]:
        """The photos with a fingerprint, in the order of the rows of `copies`."""
        return list(self.fingerprints)

    @cached_property
    def copies(self) -> Sequence[CopyPair]:
        """Every pair of photos of which one is a copy of the other, found once for all checks."""
        vectors = None
        if self.vectors.size:
            vectors = np.full((len(self.printed_photos), self.vectors.shape[1]), np.nan, np.float16)
            for place, photo in enumerate(self.printed_photos):
                if photo in self.rows:
                    vectors[place] = self.vectors[self.rows[photo]]
        return CopyFinder(list(self.fingerprints.values()), vectors).pairs()

    @cached_property
    def same_pictures(self) -> Sequence[frozenset[str]]:
        """Groups of two photos or more that show one picture: the same pixels, or saved anew; and each other photo."""
        photos = self.printed_photos
        ties = [[f"digest {self.fingerprints[photo].digest.hex()}"] for photo in photos]
        for number, pair in enumerate(self.copies):
            if pair.kind == "saved_anew":
                ties[pair.left].append(f"pair {number}")
                ties[pair.right].append(f"pair {number}")
        groups: dict[int, set[str]] = defaultdict(set)
        for photo, group in zip(photos, joined_groups(np.arange(len(photos)), ties), strict=True):
            groups[int(group)].add(photo)
        return [frozenset(group) for group in groups.values()]
