"""Photo search: which products of the shop does this photo show, or come near to?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoplens.catalog.facets import FacetValue
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.subject_embedder import subject_box
from shoplens.photos.transform import crop
from shoplens.records import Box, Match, Pixels, Vectors
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.query_words import Understood


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found.

    Attributes:
        matches: the best first.
        box: where in the query photo it was looked for; None for the whole photo, or where there is no one photo.
        understood: what the words beside examples were taken for.
        facets: how many products have which value, for the facets that were asked for.
    """

    matches: list[Match]
    box: Box | None = None
    understood: Understood | None = None
    facets: Mapping[str, list[FacetValue]] = field(default_factory=dict)


class PhotoSearch:
    """Answers with listings (variants folded), the best photo of each, the best first.

    Scores are cosine similarities in the shop's space, at most 1.

    Args:
        catalog: where products and filters are looked up.
        embedder: makes the vector of the part of a photo that it is given.
        photos: the index of one revision of the catalogue.
    """

    def __init__(self, catalog: Catalog, embedder: Embedder, photos: PhotoIndex) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self.photos = photos

    def by_photo(
        self, pixels: Pixels, *, box: Box | None = None, where: Filter | None = None, limit: int = 20
    ) -> SearchAnswer:
        """Return the listings that look most like the photo, or like the part of it in `box`.

        Without a box the subject is looked for; a photo in which nothing stands out is taken as a whole.
        """
        seen = box or subject_box(pixels)
        query = self._embedder.embed([pixels if seen is None else crop(pixels, seen)])
        return SearchAnswer(self.by_vectors(self.photos.space.apply(query), where=where, limit=limit), seen)

    def by_vectors(self, queries: Vectors, *, where: Filter | None = None, limit: int = 20) -> list[Match]:
        """Return the listings nearest to any of the queries (float32 `[n, dim]`, unit rows in the shop's space)."""
        allowed = None if where is None or where == Filter() else set(self._catalog.product_ids(where))
        mask = None if allowed is None else self.photos.mask(allowed)
        reachable = len(self.photos) if mask is None else int(mask.sum())
        count = min(limit * 4, reachable)
        while count:
            matches = self._group(self._nearest(queries, count, mask), allowed, limit)
            if len(matches) == limit or count >= reachable:
                return matches
            count = min(count * 4, reachable)
        return []

    def _nearest(self, queries: Vectors, count: int, mask: npt.NDArray[np.bool_] | None) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for found in self.photos.index.search(queries, count, among=mask):
            for key, score in found:
                best[key] = max(score, best.get(key, -1.0))
        return sorted(best.items(), key=lambda pair: -pair[1])

    def _group(self, found: Sequence[tuple[str, float]], allowed: set[str] | None, limit: int) -> list[Match]:
        best: dict[str, tuple[str, float, str]] = {}
        for sha256, score in found:
            for product_id in self.photos.products(sha256):
                listing = self.photos.listing(product_id)
                if listing not in best and (allowed is None or product_id in allowed):
                    best[listing] = product_id, score, sha256
            if len(best) >= limit:
                break
        chosen = list(best.values())[:limit]
        known = self._catalog.by_ids(product_id for product_id, _, _ in chosen)
        return [Match(known[product_id], score, sha256) for product_id, score, sha256 in chosen if product_id in known]
