"""Pairs of listings that show one picture, side by side for someone to judge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from shoplens.catalog.issue_filter import IssueFilter
from shoplens.catalog.store import Catalog

_CODES = ("photo_duplicate", "photo_near_duplicate")
# Findings are compared all with all; more of them than this are a problem of the feed, and not a matter of pairs.
_MOST = 4_000


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two listings with pictures that the inspector found to be alike.

    Attributes:
        first: a product of the one; the smaller id.
        second: a product of the other.
        first_photo: the picture of the first, its sha256.
        second_photo: the picture of the second.
        similarity: cosine of the two pictures' vectors, 1 for the same bytes.
    """

    first: str
    second: str
    first_photo: str
    second_photo: str
    similarity: float


def duplicate_pairs(catalog: Catalog, embedder_id: str) -> list[DuplicatePair]:
    """Return the pairs, the most alike first.

    Each picture with such a finding is put beside the nearest one with such a finding that another listing shows.

    Args:
        catalog: with the findings of the last inspection.
        embedder_id: whose vectors tell which pictures belong together.
    """
    issues = [issue for code in _CODES for issue in catalog.ledger.issues(IssueFilter(code=code), 0, _MOST)]
    found = [issue.finding for issue in issues]
    known = catalog.by_ids({finding.product_id for finding in found})
    owners: dict[str, dict[str, str]] = defaultdict(dict)  # photo to listing to product
    for finding in found:
        if finding.photo and finding.product_id in known:
            owners[finding.photo].setdefault(known[finding.product_id].listing, finding.product_id)
    pairs: dict[tuple[str, str], DuplicatePair] = {}
    for photo, listings in owners.items():
        first, *others = sorted(listings.values())
        for other in others:
            _keep(pairs, first, other, photo, photo, 1.0)
    keys, vectors = catalog.vectors(list(owners), embedder_id)
    rows = np.asarray(vectors, np.float32)
    for row, photo in enumerate(keys):
        near = rows @ rows[row]
        for place in np.argsort(-near):
            other = keys[int(place)]
            apart = set(owners[other]) - set(owners[photo])
            if other != photo and apart:
                _keep(
                    pairs,
                    min(owners[photo].values()),
                    min(owners[other][listing] for listing in apart),
                    photo,
                    other,
                    float(near[place]),
                )
                break
    return sorted(pairs.values(), key=lambda pair: (-pair.similarity, pair.first, pair.second))


def _keep(
    pairs: dict[tuple[str, str], DuplicatePair], first: str, second: str, one: str, two: str, similarity: float
) -> None:
    if first > second:
        first, second, one, two = second, first, two, one
    known = pairs.get((first, second))
    if known is None or known.similarity < similarity:
        pairs[first, second] = DuplicatePair(first, second, one, two, min(1.0, similarity))
