"""A product filed under a category that its photos contradict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from shoplens.models.linear_head import fit_head
from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure

_FEWEST_LISTINGS = 8
"""Listings that a category needs before it is learned or judged: five folds leave at least six to learn from."""


class CategoryContradicted:
    """Asks a classifier that was trained on the shop's other products only.

    A product is reported where its own category is improbable and another one is sure, by probabilities calibrated
    on the shop itself; averaged over the photos of the listing. Siblings that look alike share the probability, so
    neither reaches certainty. After confident learning (Northcutt et al., "Confident Learning", 2021), another
    category counts as sure where its probability reaches what products filed there get on average, and at least
    `min_other`.
    """

    code = "category_contradicted"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_own": 0.02, "min_other": 0.6})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product whose own category is improbable while another is sure."""
        judged = self._judge(view)
        if judged is None:
            return
        names, filed, probabilities = judged
        own = {listing: probabilities[listing][names.index(category)] for listing, category in filed.items()}
        usual = {
            category: float(np.mean([own[listing] for listing in filed if filed[listing] == category]))
            for category in names
        }
        for item in view.items:
            if not item.id or filed.get(item.listing) != item.category:
                continue
            best = int(np.argmax(probabilities[item.listing]))
            sure = float(probabilities[item.listing][best])
            if own[item.listing] <= rule.limits["max_own"] and sure >= max(
                rule.limits["min_other"], usual[names[best]]
            ):
                found = rule.finding(
                    f"The photos look like '{names[best]}' ({sure:.0%}); "
                    f"'{item.category}' is improbable ({own[item.listing]:.1%}).",
                    Measure(round(float(own[item.listing]), 5), rule.limits["max_own"], "probability"),
                    attribute="category",
                )
                yield replace(found, product_id=item.id, photo=item.photos[0] if item.photos else "")

    def _judge(self, view: CatalogView) -> tuple[list[str], dict[str, str], dict[str, np.ndarray]] | None:
        """Return the learned categories, and of each listing its category and the probabilities of all."""
        filed: dict[str, str] = {}
        for item in view.items:
            if item.category:
                filed.setdefault(item.listing, item.category)
        shown = {
            (photo, item.listing)
            for item in view.items
            for photo in item.photos
            if item.listing in filed and photo in view.rows
        }
        sizes = Counter(filed[listing] for listing in {listing for _, listing in shown})
        names = sorted(category for category, size in sizes.items() if size >= _FEWEST_LISTINGS)
        pairs = sorted((listing, photo) for photo, listing in shown if filed[listing] in names)
        if len(names) < 2:
            return None
        listings, groups = np.unique([listing for listing, _ in pairs], return_inverse=True)
        vectors = view.vectors[[view.rows[photo] for _, photo in pairs]]
        owners = [listing for listing, _ in pairs]
        by_photo = fit_head(vectors, [filed[listing] for listing in owners], owners).out_of_fold
        logs = np.zeros((len(listings), len(names)))
        np.add.at(logs, groups, np.log(np.maximum(by_photo, 1e-9)))
        logs /= np.bincount(groups)[:, None]
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        kept = [str(listing) for listing in listings]
        return names, {listing: filed[listing] for listing in kept}, dict(zip(kept, odds, strict=True))
