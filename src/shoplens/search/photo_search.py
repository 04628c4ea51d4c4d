"""Photo search: which products of the shop does this photo show, or come near to?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from shoplens.catalog.facets import FacetValue
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.query_box import query_boxes
from shoplens.errors import BadInput, NotFound
from shoplens.photos.transform import crop
from shoplens.records import Box, Match, Pixels, Vectors
from shoplens.search.diversity import diverse
from shoplens.search.kind_votes import VOTERS, WEIGHT, kind_votes
from shoplens.search.learn_odds import CROWD, crowd_of
from shoplens.search.match_odds import relation_of
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.query_words import Understood

_FEWEST_PHOTOS = 60
"""Photos looked at for a single answer, so that votes and crowd can be told."""

_JUDGED = 8
"""Listings whose categories are judged in any case, so that a filter or a limit changes no probability of a kind."""

_POOL = 4
"""Candidates for each result that diversity chooses from."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found.

    Attributes:
        matches: the best first.
        box: where in the query photo it was looked for; None for the whole photo, or where there is no one photo.
        no_match: nothing in the shop is likely to be the product, whatever the filter; the matches are only like it.
        understood: what the words beside examples were taken for.
        facets: how many products have which value, for the facets that were asked for.
        kinds: the categories that the photo is nearest to, the likeliest first, with the probability of each.
    """

    matches: list[Match]
    box: Box | None = None
    no_match: bool = False
    understood: Understood | None = None
    facets: Mapping[str, list[FacetValue]] = field(default_factory=dict)
    kinds: list[tuple[str, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Found:
    """A listing's best photo: the product that it stands for, its score, and the agreement of kind."""

    product_id: str
    sha256: str
    score: float
    agreement: float


class PhotoSearch:
    """Answers with listings (variants folded), the best photo of each, the best first.

    Scores are cosine similarities in the shop's space plus a little for agreement of kind; they order one answer. What
    they mean is in the probabilities of each match. Of equal scores what can be bought comes first.

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
        self,
        pixels: Pixels,
        *,
        box: Box | None = None,
        where: Filter | None = None,
        limit: int = 20,
        diversity: float = 0.0,
    ) -> SearchAnswer:
        """Return the listings that look most like the photo, or like the part of it in `box`.

        Without a box the product that is most likely meant is looked for; where there is none, the photo is taken
        whole.

        Args:
            pixels: uint8 RGB of any size.
            box: the part to look at.
            where: which products may be found.
            limit: how many at most.
            diversity: 0 for the best matches, up to 1 for the most different ones among the good.

        Raises:
            BadInput: the diversity is not from 0 to 1.
        """
        boxes = [box] if box else query_boxes(pixels)
        queries = self._embedder.embed([pixels if seen is None else crop(pixels, seen) for seen in boxes])
        answer = self.by_vectors(self.photos.space.apply(queries), where=where, limit=limit, diversity=diversity)
        return replace(answer, box=boxes[0])

    def by_vectors(
        self,
        queries: Vectors,
        *,
        where: Filter | None = None,
        limit: int = 20,
        diversity: float = 0.0,
        hidden: Collection[str] = (),
    ) -> SearchAnswer:
        """Return the listings nearest to any of the queries.

        Args:
            queries: float32 `[n, dim]`, unit rows in the shop's space.
            where: which products may be found.
            limit: how many at most.
            diversity: 0 for the best matches, up to 1 for the most different ones among the good.
            hidden: photos that are passed over.

        Raises:
            BadInput: the diversity is not from 0 to 1.
        """
        if not 0 <= diversity <= 1:
            raise BadInput("The diversity is a number from 0 to 1.", received=diversity)
        allowed = None if where is None or where == Filter() else set(self._catalog.product_ids(where))
        return self._answer(queries, allowed, limit, diversity, hidden)

    def match_of(self, pixels: Pixels, box: Box | None, product_id: str) -> Match:
        """Return what an answer to the part of a photo says of one product, whatever its rank.

        Raises:
            NotFound: there is no such product, or the index has no photo of it.
        """
        product = self._catalog.product(product_id)
        query = self._embedder.embed([pixels if box is None else crop(pixels, box)])
        found = self._answer(self.photos.space.apply(query), {product.id}, 1, 0.0).matches
        if not found:
            raise NotFound("The product has no photo to compare with.", received=product.id)
        return found[0]

    def _answer(
        self, queries: Vectors, allowed: set[str] | None, limit: int, diversity: float, hidden: Collection[str] = ()
    ) -> SearchAnswer:
        mask = None if allowed is None else self.photos.mask(allowed)
        wanted = limit * _POOL if diversity else limit
        reachable = len(self.photos) if mask is None else int(mask.sum())
        near = self._nearest(queries, min(max(limit * 4, _FEWEST_PHOTOS), len(self.photos)), None, hidden)
        votes = self._votes(near)
        everything = self._group(near, None, votes)
        count, found = min(max(limit * 4, _FEWEST_PHOTOS), reachable), []
        while count:
            if mask is None and count <= len(near):
                found = everything
            else:
                found = self._group(self._nearest(queries, count, mask, hidden), allowed, votes)
            if len(found) >= wanted or count >= reachable:
                break
            count = min(count * 4, reachable)
        if diversity:
            found = self._diverse(found[:wanted], diversity, limit)
        return self._judged(found[:limit], everything, next(iter(votes), ""))

    def _diverse(self, found: list[_Found], diversity: float, limit: int) -> list[_Found]:
        try:
            vectors = self.photos.index.vectors([one.sha256 for one in found])
        except NotFound:  # one was retired since it was found
            return found
        return [found[place] for place in diverse([one.score for one in found], vectors, diversity, limit)]

    def _nearest(
        self, queries: Vectors, count: int, mask: Mask | None, hidden: Collection[str]
    ) -> list[tuple[str, float]]:
        best: dict[str, float] = {}
        for found in self.photos.index.search(queries, count, among=mask) if count else []:
            for key, score in found:
                if key not in hidden:
                    best[key] = max(score, best.get(key, -1.0))
        return sorted(best.items(), key=lambda pair: -pair[1])

    def _votes(self, near: Sequence[tuple[str, float]]) -> Mapping[str, float]:
        shown = (self.photos.products(sha256) for sha256, _ in near[: 4 * VOTERS])
        return kind_votes(self.photos.category(products[0]) for products in shown if products)

    def _group(
        self, photos: Sequence[tuple[str, float]], allowed: set[str] | None, votes: Mapping[str, float]
    ) -> list[_Found]:
        """Return the best photo of each listing, the best first, what is in stock before others of the same score."""
        best: dict[str, _Found] = {}
        for sha256, likeness in photos:
            for product_id in self.photos.products(sha256):
                if allowed is None or product_id in allowed:
                    agreement = votes.get(self.photos.category(product_id), 0.0)
                    score, listing = round(likeness + WEIGHT * agreement, 4), self.photos.listing(product_id)
                    known = best.get(listing)
                    if known is None or score > known.score:
                        best[listing] = _Found(product_id, sha256, score, agreement)
        return sorted(best.values(), key=lambda one: (-one.score, not self.photos.in_stock(one.product_id)))

    def _judged(self, found: Sequence[_Found], everything: Sequence[_Found], kind: str) -> SearchAnswer:
        """Return the answer, judged beside what the photo finds without any filter, and so the same with each."""
        known, odds = self._catalog.by_ids(one.product_id for one in found), self.photos.odds
        ranked = [(self.photos.listing(one.product_id), one.score) for one in everything[: CROWD + 1]]
        crowd = crowd_of(ranked, odds.crowd)
        best = max((one.score for one in (*everything[:1], *found[:1])), default=0.0)

        def chances(one: _Found) -> tuple[float, float]:
            same = odds.same_product(one.score, crowd, max(0.0, best - one.score), kind)
            return same, max(same, odds.same_kind(one.score, one.agreement))

        likeliest = 0.0
        kinds: dict[str, float] = {}  # what is true of one product of a category is true of the others
        for one in (*everything[:_JUDGED], *found):
            category, (same, alike) = self.photos.category(one.product_id), chances(one)
            kinds[category] = max(kinds.get(category, 0.0), alike)
            likeliest = max(likeliest, same)
        matches = []
        for one in found:
            if one.product_id in known:
                same, alike = chances(one)
                alike = kinds[self.photos.category(one.product_id)] if known[one.product_id].category else alike
                matches.append(
                    Match(
                        known[one.product_id],
                        one.score,
                        one.sha256,
                        same_product=same,
                        same_kind=alike,
                        relation=relation_of(same, alike),
                    )
                )
        named = sorted(((name, chance) for name, chance in kinds.items() if name), key=lambda pair: -pair[1])
        return SearchAnswer(matches, no_match=likeliest < odds.threshold, kinds=named)
