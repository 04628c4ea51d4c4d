"""Asks a shop with photos whose product is known: with the product there, without it, and without all of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors
from shoplens.search.kind_means import KindMeans, blend_kinds
from shoplens.search.kind_votes import kind_votes
from shoplens.search.ranked_listings import NearPhoto, rank_listings
from shoplens.search.standing import CROWD, Standing

_BEST = 8
_NEAR = 40 * CROWD


@dataclass(frozen=True, slots=True)
class PhotoOwners:
    """Whose photos they are, one entry a photo.

    Attributes:
        owners: the product that each photo shows.
        listings: of that product.
        categories: of that product, "" where it is unknown.
    """

    owners: Sequence[str]
    listings: Sequence[str]
    categories: Sequence[str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One match of one trial: what was seen of it, and what is true.

    Attributes:
        score: of the match.
        crowd: of the answer.
        behind: below the best score of the answer.
        ahead: above all other scores.
        agreement: how much speaks for the match's category.
        kind: the likeliest category of the photo, "" where that is not known.
        same_product: whether it is the product of the photo.
        same_kind: whether it is of its category; None where a category is not known.
        best: whether it is the first of the answer.
        known: whether the product was there.
        kind_known: whether others of its category were.
    """

    score: float
    crowd: float
    behind: float
    ahead: float
    agreement: float
    kind: str
    same_product: bool
    same_kind: bool | None
    best: bool
    known: bool
    kind_known: bool


def match_trials(
    shown: PhotoOwners, ready: Vectors, views: Vectors, row: int, usual: float, kinds: KindMeans, *, itself: bool
) -> Iterator[Candidate]:
    """Yield the best matches of a photo: with its product in the shop, without its listing, without its category.

    The last is what a shop looks like that does not sell such things at all; a photo of no known category has none.

    Args:
        shown: whose the shop's photos are.
        ready: their vectors, float32 `[n, dim]`.
        views: what is asked with, float32 `[k, dim]`.
        row: a photo of the product that is asked for.
        usual: the crowd where too few listings are found.
        kinds: of the first part of the vectors.
        itself: whether that photo may be found: it is not what was asked with.
    """
    each = views @ ready.T
    likeness: npt.NDArray[np.float32] = each.max(axis=0)
    near = np.argpartition(-likeness, min(_NEAR, len(likeness) - 1))[:_NEAR]
    order = near[np.argsort(-likeness[near], kind="stable")].tolist()
    chances = kinds.chances(views[:, : kinds.means.shape[1]])
    listing, kind = shown.listings[row], shown.categories[row]
    there = [o for o in order if itself or o != row]
    lacking = [o for o in there if shown.listings[o] != listing]
    strange = [o for o in lacking if shown.categories[o] != kind] if kind else []
    for known, kind_known, photos in ((True, True, there), (False, True, lacking), (False, False, strange)):
        told = chances if kind_known else _without(kind, chances)
        votes = blend_kinds(kind_votes(shown.categories[other] for other in photos), told)
        ranked = rank_listings(
            (
                NearPhoto(shown.owners[o], shown.listings[o], shown.categories[o], str(o), float(likeness[o]))
                for o in photos
            ),
            votes,
        )
        standing = Standing.of([one.score for one in ranked[: CROWD + 1]], usual)
        for place, one in enumerate(ranked[:_BEST]):
            yield Candidate(
                score=one.score,
                crowd=standing.crowd,
                behind=standing.behind(one.score),
                ahead=standing.ahead(one.score),
                agreement=one.agreement,
                kind=next(iter(votes), ""),
                same_product=one.near.product == shown.owners[row],
                same_kind=kind == one.near.category if kind and one.near.category else None,
                best=place == 0,
                known=known,
                kind_known=kind_known,
            )


def _without(kind: str, chances: Mapping[str, float]) -> dict[str, float]:
    """Return what the probabilities of kinds are where this one is none of them."""
    left = {name: chance for name, chance in chances.items() if name != kind}
    total = sum(left.values())
    return {name: chance / total for name, chance in left.items()} if total else {}
