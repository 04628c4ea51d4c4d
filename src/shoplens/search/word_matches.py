"""Listings that words find."""

from __future__ import annotations

from collections.abc import Sequence

from shoplens.catalog.store import Catalog
from shoplens.records import Match


def word_matches(catalog: Catalog, found: Sequence[tuple[str, float]]) -> dict[str, Match]:
    """Return the best variant of each listing, the best first, by listing.

    Args:
        catalog: where the products are looked up.
        found: product ids with their scores, the best first, as `Catalog.search_text` returns them.
    """
    known = catalog.by_ids([product_id for product_id, _ in found])
    best: dict[str, Match] = {}
    for product_id, score in found:
        if product_id in known:
            best.setdefault(known[product_id].listing, Match(known[product_id], score))
    return best
