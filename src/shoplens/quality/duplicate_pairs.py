"""Pairs of listings that show one picture, side by side for someone to judge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from shoplens.catalog.issue_filter import IssueFilter
from shoplens.catalog.store import Catalog
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.fingerprint import Fingerprint

_CODES = ("photo_duplicate", "photo_near_duplicate")
# More of them than this are a problem of the feed, and not a matter of pairs.
_MOST = 4_000


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two listings with pictures that the inspector found to be alike.

    Attributes:
        first: a product of the one; the smaller id.
        second: a product of the other.
        first_photo: the picture of the first, its sha256.
        second_photo: the picture of the second.
        similarity: cosine of the two pictures' vectors, 1 for the same picture file; 0 where one has no vector.
    """

    first: str
    second: str
    first_photo: str
    second_photo: str
    similarity: float


def duplicate_pairs(catalog: Catalog, embedder_id: str) -> list[DuplicatePair]:
    """Return the pairs, the most alike first.

    The photos with such a finding are put together as the inspection did, by what it kept of them. Of several listings
    that show one picture each is put beside the first.

    Args:
        catalog: with the findings of the last inspection.
        embedder_id: whose vectors tell how alike two pictures are.
    """
    view = _found_alike(catalog, embedder_id)
    pairs: dict[tuple[str, str], DuplicatePair] = {}
    for photos in view.same_pictures:
        listings: dict[str, tuple[str, str]] = {}  # to a product and its photo
        for photo in sorted(photos):
            for item in view.items_of[photo]:
                listings[item.listing] = min(listings.get(item.listing, (item.id, photo)), (item.id, photo))
        (first, one), *others = sorted(listings.values())
        for second, two in others:
            pair = DuplicatePair(first, second, one, two, _similarity(view, one, two))
            known = pairs.setdefault((first, second), pair)
            if known.similarity < pair.similarity:
                pairs[first, second] = pair
    return sorted(pairs.values(), key=lambda pair: (-pair.similarity, pair.first, pair.second))


def _found_alike(catalog: Catalog, embedder_id: str) -> CatalogView:
    """Return the products and photos that have such a finding."""
    shown: dict[str, list[str]] = defaultdict(list)
    for code in _CODES:
        for issue in catalog.ledger.issues(IssueFilter(code=code), 0, _MOST):
            shown[issue.finding.product_id].append(issue.finding.photo)
    products = catalog.by_ids(shown)
    items = [Item.of(product, shown[product.id]) for product in products.values()]
    photos = {photo for item in items for photo in item.photos}
    prints: dict[str, bytes] = {}
    for plan in {run.plan for run in catalog.ledger.inspections()}:
        prints |= catalog.looks.prints(plan, photos)
    known = {photo: Fingerprint.from_bytes(prints[photo]) for photo in sorted(prints)}
    return CatalogView(items, known, *catalog.vectors(known, embedder_id))


def _similarity(view: CatalogView, one: str, two: str) -> float:
    if one == two:
        return 1.0
    if one not in view.rows or two not in view.rows:
        return 0.0
    left, right = (view.vectors[view.rows[photo]].astype(np.float32) for photo in (one, two))
    return min(1.0, float(left @ right))
