"""What the photos of a catalogue say of its own categories, each listing judged by the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.models.linear_head import fit_head, mean_by_group
from shoplens.quality.catalog_view import CatalogView

FEWEST_LISTINGS = 8
"""Listings that a category needs before it is learned or judged: five folds leave at least six to learn from."""


@dataclass(frozen=True, slots=True)
class CategorySuspicion:
    """One listing against the category that it is filed under.

    Attributes:
        listing: judged.
        filed: its category.
        other: the likeliest of the other categories.
        own: calibrated probability of `filed`.
        sure: probability of `other`.
        usual: probability of `other` that listings filed there get on average.
        confusion: probability that the other listings of one of the two categories get for the other one, on average:
            of siblings that look alike it is high, and neither proves an error.
    """

    listing: str
    filed: str
    other: str
    own: float
    sure: float
    usual: float
    confusion: float


def judge_categories(view: CatalogView) -> list[CategorySuspicion]:
    """Return every listing of a category that can be judged, by the odds of its own category, the least first.

    A classifier on the embeddings is fitted without the listing and calibrated on the shop itself; the photos of a
    listing are averaged. Siblings that look alike share the probability, so neither reaches certainty. Empty where
    fewer than two categories have listings enough.
    """
    filed: dict[str, str] = {}
    for item in view.items:
        if item.category:
            filed.setdefault(item.listing, item.category)
    shown = {
        (item.listing, photo)
        for item in view.items
        for photo in item.photos
        if item.listing in filed and photo in view.rows
    }
    sizes = Counter(filed[listing] for listing in {listing for listing, _ in shown})
    names = sorted(category for category, size in sizes.items() if size >= FEWEST_LISTINGS)
    pairs = sorted((listing, photo) for listing, photo in shown if filed[listing] in names)
    if len(names) < 2:
        return []
    owners = [listing for listing, _ in pairs]
    vectors = view.vectors[[view.rows[photo] for _, photo in pairs]]
    by_photo = fit_head(vectors, [filed[listing] for listing in owners], owners).out_of_fold
    judged = mean_by_group(by_photo, owners)
    own = np.array([names.index(filed[listing]) for listing in judged])
    found = _suspicions(list(judged), own, names, np.stack(list(judged.values())))
    return sorted(found, key=lambda one: (one.own / one.sure, one.listing))


def _suspicions(
    listings: list[str],
    own: npt.NDArray[np.intp],
    names: list[str],
    probabilities: npt.NDArray[np.float64],
) -> list[CategorySuspicion]:
    sums = np.stack([probabilities[own == place].sum(axis=0) for place in range(len(names))])
    sizes = np.bincount(own, minlength=len(names))
    found = []
    for row, listing in enumerate(listings):
        told = probabilities[row]
        here = int(own[row])
        other = int(np.where(np.arange(len(names)) == here, -1.0, told).argmax())
        # Without the listing itself, which may be the error.
        ahead = (sums[here, other] - told[other]) / max(1, sizes[here] - 1)
        back = sums[other, here] / sizes[other]
        found.append(
            CategorySuspicion(
                listing,
                names[here],
                names[other],
                float(told[here]),
                float(told[other]),
                float(sums[other, other] / sizes[other]),
                float(max(ahead, back)),
            )
        )
    return found
