"""Texts as looks, where the model in use has a text tower."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from shoplens.catalog.store import Catalog
from shoplens.records import Vectors
from shoplens.search.shop_space import ShopSpace

_SAMPLE = 256

Embed = Callable[[Sequence[str]], Vectors]


class TextLook:
    """Turns words into a vector of the shop's space.

    Args:
        embed: makes unit vectors float32 `[n, part]` of texts.
        mean: of texts in general, float32 `[part]`.
        part: where the network stands in a photo's vector.
        dim: length of a photo's vector.
    """

    def __init__(self, embed: Embed, mean: Vectors, part: slice, dim: int) -> None:
        self._embed = embed
        self._mean = mean
        self._part = part
        self._dim = dim

    @classmethod
    def of(cls, embed: Embed, catalog: Catalog, part: slice, dim: int) -> Self:
        """Learn what texts in general are from titles of the shop."""
        ids = catalog.product_ids()
        some = catalog.by_ids(ids[:: max(1, len(ids) // _SAMPLE)])
        titles = [product.title for product in some.values()]
        mean = embed(titles).mean(axis=0) if titles else np.zeros(part.stop - part.start, np.float32)
        return cls(embed, mean, part, dim)

    def vector(self, text: str, space: ShopSpace) -> Vectors:
        """Return the unit vector float32 `[1, dim]` of a text."""
        return space.place(self._embed([text]), self._part, self._dim, self._mean)
