"""A shop's own catalogue as something to learn from."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from shoplens.catalog.store import Catalog
from shoplens.models.decoded_copies import Quarantined
from shoplens.models.photo_list import LabelledPhoto, PhotoList

MIN_LISTINGS = 3
"""A category of fewer listings cannot be learned, chosen by and judged by different products."""


def training_photos(catalog: Catalog, origin: Path) -> PhotoList:
    """Return the photos of all active products with their category; all photos of a listing stay on one side.

    A category that the merchant corrected is the corrected one, and listings that he said are one article stay on one
    side too.

    A photo whose products have different categories, and those of a category with fewer than three listings, are
    quarantined with the reason.

    Args:
        catalog: the shop's.
        origin: the shop's folder.
    """
    products = {product.id: product for product in catalog.products(limit=max(1, catalog.count()))}
    owners: dict[str, list[str]] = defaultdict(list)
    for sha256, product_id, _ in catalog.photo_links():
        if product_id in products:
            owners[sha256].append(product_id)
    listings: dict[str, set[str]] = defaultdict(set)
    for ids in owners.values():
        for product_id in ids:
            listings[products[product_id].category].add(products[product_id].listing)
    same = _said_to_be_one(catalog)
    found: list[LabelledPhoto] = []
    bad: list[Quarantined] = []
    for sha256, ids in sorted(owners.items(), key=lambda item: (item[1], item[0])):
        path = catalog.photo(sha256).path
        categories = sorted({products[product_id].category for product_id in ids})
        reason = _reason(categories, listings)
        if reason is not None:
            bad.append(Quarantined(str(path), *reason))
            continue
        groups = tuple(sorted({key for i in ids for key in (f"listing:{products[i].listing}", *same.get(i, ()))}))
        found.append(LabelledPhoto(path, categories[0], groups=groups))
    return PhotoList(origin, tuple(found), tuple(bad))


def _said_to_be_one(catalog: Catalog) -> dict[str, list[str]]:
    """Return for each product of a pair that people called one article the keys that it shares with the other."""
    keys: dict[str, list[str]] = defaultdict(list)
    for answer in catalog.reviews.answers("duplicate"):
        if answer.said == "same":
            for product_id in (answer.product_id, answer.other_id):
                keys[product_id].append(f"same:{answer.product_id}|{answer.other_id}")
    return keys


def _reason(categories: list[str], listings: dict[str, set[str]]) -> tuple[str, str] | None:
    if len(categories) > 1:
        return "two_categories", f"Its products are in different categories: {', '.join(categories)}."
    if not categories[0]:
        return "no_class", "Its product has no category."
    count = len(listings[categories[0]])
    if count < MIN_LISTINGS:
        return "rare_class", f"The category {categories[0]} has {count} listings, fewer than {MIN_LISTINGS}."
    return None
