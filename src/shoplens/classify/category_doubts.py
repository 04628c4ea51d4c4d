"""Products whose category someone should look at: none, contradicted by the photos, or not sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.classify.shop_categories import LabelledPhotos, learnable
from shoplens.models.linear_head import Floats, LinearHead, fit_head, mean_by_group

_NAMED = 5
# What is less likely is no help.
_TOLD = 0.01


@dataclass(frozen=True, slots=True)
class CategoryDoubt:
    """One listing to be looked at.

    Attributes:
        kind: "label" where the photos look like another category, "category" where nobody is sure.
        product_id: one variant of the listing.
        given: its category; "" for none.
        probability: of the given category; 0 where it has none, or one of too few photos.
        suggestions: categories and their probabilities, the likeliest first; empty where the shop has too few products
            to learn from.
    """

    kind: Literal["category", "label"]
    product_id: str
    given: str
    probability: float
    suggestions: tuple[tuple[str, float], ...]


def category_doubts(catalog: Catalog, embedder_id: str, *, precision: float = 0.95) -> list[CategoryDoubt]:
    """Return the doubts of a shop, those that say most first.

    Suspected label errors come first, the gravest before the others; then what has no category, by how sure the
    suggestion is; then what could be several things, the least sure before the others.

    A head is fitted on the stored vectors of the shop's own photos, and each listing is judged by one that has not seen
    it. After confident learning (Northcutt, Jiang and Chuang, 2021) its category is suspected where another one reaches
    the probability that listings filed there get on average. It is uncertain where no category reaches the probability
    above which answers are right as often as `precision`.

    Args:
        catalog: the shop's.
        embedder_id: whose vectors are read.
        precision: how often an answer that counts as sure is right.
    """
    photos = LabelledPhotos.read(catalog, embedder_id)
    enough = learnable(photos)
    filed = [row for row, product in enumerate(photos.products) if product.category in enough]
    listings = [photos.products[row].listing for row in filed]
    if len(enough) < 2 or len(set(listings)) < 2:
        return _unfiled(catalog, photos, None)
    labels = [photos.products[row].category for row in filed]
    fitted = fit_head(photos.vectors[filed], labels, listings, precision=precision)
    rows = {photos.products[row].listing: photos.products[row] for row in reversed(filed)}
    judged = mean_by_group(fitted.out_of_fold, listings)
    names = fitted.head.labels
    own = {listing: float(p[names.index(rows[listing].category)]) for listing, p in judged.items()}
    usual = [
        float(np.mean([own[listing] for listing in judged if rows[listing].category == name] or [1.0]))
        for name in names
    ]
    wrong, unsure = [], []
    for listing, probabilities in judged.items():
        product, best = rows[listing], int(probabilities.argmax())
        contradicted = names[best] != product.category
        if contradicted and probabilities[best] >= usual[best]:
            wrong.append(_doubt("label", product.id, product.category, own[listing], probabilities, names))
        elif contradicted and probabilities[best] < fitted.head.threshold:
            unsure.append(_doubt("category", product.id, product.category, own[listing], probabilities, names))
    wrong.sort(key=lambda doubt: (doubt.probability, doubt.product_id))
    unsure.sort(key=lambda doubt: (doubt.suggestions[0][1], doubt.product_id))
    return [*wrong, *_unfiled(catalog, photos, fitted.head), *unsure]


def _unfiled(catalog: Catalog, photos: LabelledPhotos, head: LinearHead | None) -> list[CategoryDoubt]:
    """Return a doubt for each listing without a category; one without photos has no suggestions."""
    found: dict[str, CategoryDoubt] = {}
    without = [row for row, product in enumerate(photos.products) if not product.category]
    if head is not None and without:
        owners = [photos.products[row] for row in without]
        judged = mean_by_group(head.probabilities(photos.vectors[without]), [product.listing for product in owners])
        first = {product.listing: product.id for product in reversed(owners)}
        for listing, probabilities in judged.items():
            found[listing] = _doubt("category", first[listing], "", 0.0, probabilities, head.labels)
    offset = 0
    while page := catalog.products(Filter(), offset, 500):
        offset += len(page)
        for product in page:
            if not product.category:
                found.setdefault(product.listing, CategoryDoubt("category", product.id, "", 0.0, ()))
    return sorted(found.values(), key=lambda d: (-(d.suggestions[0][1] if d.suggestions else 0.0), d.product_id))


def _doubt(
    kind: Literal["category", "label"],
    product_id: str,
    given: str,
    own: float,
    probabilities: Floats,
    names: Sequence[str],
) -> CategoryDoubt:
    order = np.argsort(-probabilities)[:_NAMED]
    told = [int(i) for i in order if i == order[0] or probabilities[i] >= _TOLD]
    return CategoryDoubt(kind, product_id, given, own, tuple((names[i], float(probabilities[i])) for i in told))
