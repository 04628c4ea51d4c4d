"""Search by everything in a photo: a group of results for each product that it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shoplens.catalog.filter import Filter
from shoplens.embedding.subject_embedder import with_margin
from shoplens.records import WHOLE, Box, FoundObject, Pixels
from shoplens.search.photo_search import PhotoSearch, SearchAnswer

Finder = Callable[[Pixels], list[FoundObject]]
"""Finds the products in uint8 RGB `[h, w, 3]`, the likeliest to be meant first, never none."""


@dataclass(frozen=True, slots=True)
class ObjectMatches:
    """A product in the query photo, and what the shop has like it.

    Attributes:
        found: where it is, and how sure that is; the whole photo with a score of 0 where no product was found.
        answer: what was found for it.
    """

    found: FoundObject
    answer: SearchAnswer


class ObjectSearch:
    """Asks a photo search about each product of a photo.

    Args:
        search: answers for one part of a photo.
        finder: finds the parts.
    """

    def __init__(self, search: PhotoSearch, finder: Finder) -> None:
        self._search = search
        self._finder = finder

    def by_photo(
        self, pixels: Pixels, *, where: Filter | None = None, limit: int = 20, objects: int = 4
    ) -> list[ObjectMatches]:
        """Return a group for each product, those that a shopper most likely means first; at least one.

        Args:
            pixels: uint8 RGB `[h, w, 3]`.
            where: which products of the shop may be found.
            limit: results of each group at most.
            objects: groups at most.
        """
        return [
            ObjectMatches(found, self._search.by_photo(pixels, box=_looked_at(found.box), where=where, limit=limit))
            for found in self._finder(pixels)[:objects]
        ]


def _looked_at(box: Box) -> Box:
    """Return the box with what the embedder of the catalogue sees around a product, too."""
    return WHOLE if box == WHOLE else with_margin(box)
