"""Photo search: which products of the shop does this photo show, or come near to?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from shoplens.catalog.facets import FacetValue
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.embedding.embedder import Embedder
from shoplens.embedding.query_box import QueryLook, on_studio_ground
from shoplens.errors import BadInput, NotFound
from shoplens.photos.transform import crop
from shoplens.records import WHOLE, Box, Match, Pixels, Vectors
from shoplens.search.diversity import diverse
from shoplens.search.kind_means import blend_kinds
from shoplens.search.kind_votes import VOTERS, kind_votes
from shoplens.search.match_odds import MatchOdds, relation_of
from shoplens.search.photo_index import PhotoIndex
from shoplens.search.query_words import Understood
from shoplens.search.ranked_listings import NearPhoto, RankedListing, rank_listings
from shoplens.search.standing import CROWD, Standing

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
        box: where in the query photo the first match was found; None where there is no one photo.
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


_Near = tuple[str, float, int]
"""A photo, how like the nearest of the queries it is, and which query that is."""


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What a photo, or a product, is asked with.

    Attributes:
        queries: a row of the shop's space for each part that is looked at, the likeliest first.
        boxes: these parts; none of a product.
        snap: whether it is a shopper's photo.
    """

    queries: Vectors
    boxes: Sequence[Box] = ()
    snap: bool = False


class PhotoSearch:
    """Answers with listings (variants folded), the best photo of each, the best first.

    Scores are likenesses in the shop's space and something for agreement of kind; they order one answer. What
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
        views = self.views(pixels, box)
        answer, view = self._ask(views.queries, where, limit, diversity, snap=views.snap)
        return replace(answer, box=views.boxes[view])

    def match_of(self, pixels: Pixels, box: Box | None, product_id: str) -> tuple[Match, Box]:
        """Return what an answer to the photo, or to the part of it in `box`, says of one product, whatever its rank.

        Returns:
            The match, and the part of the photo that it was found by.

        Raises:
            NotFound: there is no such product, or the index has no photo of it.
        """
        product = self._catalog.product(product_id)
        views = self.views(pixels, box)
        answer, view = self._answer(views.queries, {product.id}, 1, 0.0, snap=views.snap)
        if not answer.matches:
            raise NotFound("The product has no photo to compare with.", received=product.id)
        return answer.matches[0], views.boxes[view]

    def views(self, pixels: Pixels, box: Box | None) -> Views:
        """Return what a photo, or the part of it in `box`, is asked with."""
        look = QueryLook([box], on_studio_ground(pixels)) if box else QueryLook.at(pixels)
        boxes, space = [seen or WHOLE for seen in look.boxes], self.photos.space
        vectors = self._embedder.embed([pixels if seen == WHOLE else crop(pixels, seen) for seen in boxes])
        queries = space.apply(vectors) if look.studio else space.apply_snaps(vectors)
        return Views(queries, boxes, snap=not look.studio)

    def by_vectors(
        self,
        queries: Vectors,
        *,
        where: Filter | None = None,
        limit: int = 20,
        diversity: float = 0.0,
        hidden: Collection[str] = (),
        snap: bool = False,
    ) -> SearchAnswer:
        """Return the listings nearest to any of the queries.

        Args:
            queries: float32 `[n, dim]`, unit rows in the shop's space.
            where: which products may be found.
            limit: how many at most.
            diversity: 0 for the best matches, up to 1 for the most different ones among the good.
            hidden: photos that are passed over.
            snap: the queries are of a shopper's photo.

        Raises:
            BadInput: the diversity is not from 0 to 1.
        """
        return self._ask(queries, where, limit, diversity, hidden, snap=snap)[0]

    def judged(
        self, matches: Sequence[Match], queries: Vectors, hidden: Collection[str], *, snap: bool
    ) -> SearchAnswer:
        """Return matches that were found in another way, with what an answer to the queries says of each.

        Args:
            matches: one of each listing; their order and scores stay.
            queries: float32 `[n, dim]`, unit rows in the shop's space.
            hidden: photos that are passed over.
            snap: the queries are of a shopper's photo.
        """
        products = {match.product.id for match in matches}
        answer, _ = self._answer(queries, products, max(1, len(matches)), 0.0, hidden, snap=snap)
        told = {match.product.id: match for match in answer.matches}
        judged = []
        for match in matches:
            one = told.get(match.product.id)
            said = (one.relation, one.same_product, one.same_kind) if one else (None, None, None)
            judged.append(replace(match, relation=said[0], same_product=said[1], same_kind=said[2]))
        return replace(answer, matches=judged)

    def spread(self, matches: Sequence[Match], diversity: float, limit: int) -> list[Match]:
        """Return `limit` of the best matches, each chosen to differ from those before it; see `by_photo`."""
        best = list(matches[: limit * _POOL])
        chosen = self._diverse([one.photo for one in best], [one.score for one in best], diversity, limit)
        return [best[place] for place in chosen]

    def _ask(
        self,
        queries: Vectors,
        where: Filter | None,
        limit: int,
        diversity: float,
        hidden: Collection[str] = (),
        *,
        snap: bool = False,
    ) -> tuple[SearchAnswer, int]:
        if not 0 <= diversity <= 1:
            raise BadInput("The diversity is a number from 0 to 1.", received=diversity)
        allowed = None if where is None or where == Filter() else set(self._catalog.product_ids(where))
        return self._answer(queries, allowed, limit, diversity, hidden, snap=snap)

    def _answer(
        self,
        queries: Vectors,
        allowed: set[str] | None,
        limit: int,
        diversity: float,
        hidden: Collection[str] = (),
        *,
        snap: bool = False,
    ) -> tuple[SearchAnswer, int]:
        """Return the answer, and which query its first match, or without one what is nearest, was found by."""
        mask = None if allowed is None else self.photos.mask(allowed)
        wanted = limit * _POOL if diversity else limit
        reachable = len(self.photos) if mask is None else int(mask.sum())
        first = max(limit * 4, _FEWEST_PHOTOS)
        near = self._nearest(queries, min(first, len(self.photos)), None, hidden)
        kinds = self.photos.kinds
        votes = blend_kinds(self._votes(near), kinds.chances(queries[:, : kinds.means.shape[1]]))
        everything = rank_listings(self._shown(near, None), votes)
        count, found = (0, []) if mask is not None else (min(first, reachable), everything)
        while len(found) < wanted and count < reachable:
            count = min(count * 4 or first, reachable)
            found = rank_listings(self._shown(self._nearest(queries, count, mask, hidden), allowed), votes)
        if diversity:
            best = found[:wanted]
            chosen = self._diverse([one.near.photo for one in best], [one.score for one in best], diversity, limit)
            found = [best[place] for place in chosen]
        view = next((one.near.view for one in (*found, *everything)), 0)
        odds = self.photos.odds.snap if snap else self.photos.odds.photo
        return self._judged(found[:limit], everything, odds, next(iter(votes), "")), view

    def _diverse(self, photos: Sequence[str], scores: Sequence[float], diversity: float, limit: int) -> Sequence[int]:
        try:
            vectors = self.photos.index.vectors(photos)
        except NotFound:  # one was retired since it was found
            return range(min(limit, len(photos)))
        return diverse(scores, vectors, diversity, limit)

    def _nearest(self, queries: Vectors, count: int, mask: Mask | None, hidden: Collection[str]) -> list[_Near]:
        answers = self.photos.index.search(queries, count, among=mask) if count else []
        if len(answers) == 1:
            return [(key, score, 0) for key, score in answers[0] if key not in hidden]
        best: dict[str, tuple[float, int]] = {}
        for view, found in enumerate(answers):
            for key, score in found:
                if key not in hidden and (key not in best or score > best[key][0]):
                    best[key] = score, view
        return sorted(((key, *seen) for key, seen in best.items()), key=lambda near: -near[1])

    def _votes(self, near: Sequence[_Near]) -> Mapping[str, float]:
        shown = (self.photos.shown(sha256) for sha256, *_ in near[: 4 * VOTERS])
        return kind_votes(products[0].category for products in shown if products)

    def _shown(self, photos: Iterable[_Near], allowed: set[str] | None) -> Iterator[NearPhoto]:
        """Yield the allowed products that these photos show."""
        for sha256, likeness, view in photos:
            for product, listing, category, sold_out in self.photos.shown(sha256):
                if allowed is None or product in allowed:
                    yield NearPhoto(product, listing, category, sha256, likeness, view, sold_out)

    def _judged(
        self, found: Sequence[RankedListing], everything: Sequence[RankedListing], odds: MatchOdds, kind: str
    ) -> SearchAnswer:
        """Return the answer, judged beside what the photo finds without any filter, and so the same with each."""
        known = self._catalog.by_ids((one.near.product for one in found), since=self.photos.revision)
        standing = Standing.of([one.score for one in everything[: CROWD + 1]], odds.crowd)

        def chances(one: RankedListing) -> tuple[float, float]:
            behind, ahead = standing.behind(one.score), standing.ahead(one.score)
            same = odds.same_product(one.score, standing.crowd, behind, ahead, kind)
            return same, max(same, odds.same_kind(one.score, one.agreement))

        likeliest = 0.0
        kinds: dict[str, float] = {}  # what is true of one product of a category is true of the others
        judged = [(one, *chances(one)) for one in found]
        for one, same, alike in (*((one, *chances(one)) for one in everything[:_JUDGED]), *judged):
            kinds[one.near.category] = max(kinds.get(one.near.category, 0.0), alike)
            likeliest = max(likeliest, same)
        matches = []
        for one, same, alike in judged:
            if one.near.product in known:
                product = known[one.near.product]
                alike = kinds[one.near.category] if product.category else alike
                relation = relation_of(same, alike)
                matches.append(
                    Match(product, one.score, one.near.photo, same_product=same, same_kind=alike, relation=relation)
                )
        named = sorted(((name, chance) for name, chance in kinds.items() if name), key=lambda pair: -pair[1])
        return SearchAnswer(matches, no_match=likeliest < odds.threshold, kinds=named)
