"""What catalogue checks see: products, photos, fingerprints and vectors, without the store behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoplens.quality.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class Item:
    """A product, or in a folder without products a file.

    Attributes:
        id: the product's identifier, "" for a file.
        name: what people call it: the product's identifier or the file's path.
        listing: what shoppers see as one: variants share it.
        category: "" if unknown.
        photos: sha256 of its photos, the main one first.
    """

    id: str
    name: str
    listing: str
    category: str = ""
    photos: tuple[str, ...] = ()


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

    def similarity(self, left: str, right: str) -> float | None:
        """Return the cosine of two photos' embeddings, or None where one has none."""
        if left not in self.rows or right not in self.rows:
            return None
        a, b = self.vectors[self.rows[left]], self.vectors[self.rows[right]]
        return float(a.astype(np.float32) @ b.astype(np.float32))
