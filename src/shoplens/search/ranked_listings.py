"""From photos that are near to listings: variants folded, the best photo of each, the best first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shoplens.search.kind_votes import WEIGHT


class NearPhoto(NamedTuple):
    """A product of the shop by one of its photos, and how like the query that is; each search makes hundreds.

    Attributes:
        product: its id.
        listing: what it is listed under.
        category: its path, "" where it has none.
        photo: which of its photos.
        likeness: cosine similarity to the nearest view of the query.
        view: which view that is.
        sold_out: of equal ones what can be bought comes first.
    """

    product: str
    listing: str
    category: str
    photo: str
    likeness: float
    view: int = 0
    sold_out: bool = False


class RankedListing(NamedTuple):
    """A listing by its best photo.

    Attributes:
        near: that photo, and the product that stands for the listing.
        score: likeness and a little for agreement of kind; orders one answer.
        agreement: how much speaks for the product's category, 0 to 1.
    """

    near: NearPhoto
    score: float
    agreement: float


def rank_listings(photos: Iterable[NearPhoto], votes: Mapping[str, float]) -> list[RankedListing]:
    """Return the listings of these photos, the best first.

    Args:
        photos: of equal ones of a listing the first stands for it.
        votes: how much speaks for each category, see `blend_kinds`.
    """
    best: dict[str, RankedListing] = {}
    for near in photos:
        agreement = votes.get(near.category, 0.0)
        score = round(near.likeness + WEIGHT * agreement, 4)
        known = best.get(near.listing)
        if known is None or score > known.score:
            best[near.listing] = RankedListing(near, score, agreement)
    return sorted(best.values(), key=lambda one: (-one.score, one.near.sold_out))
