"""What another model would change: the same questions asked of two indexes of one shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoplens.search.photo_index import PhotoIndex

_DEPTH = 10
_SAMPLE = 300


@dataclass(frozen=True, slots=True)
class IndexComparison:
    """How two models agree on a shop's own photos, each asked for without itself.

    Attributes:
        photos: how many were asked for.
        overlap: share of the ten nearest photos that both find.
        pairs: how many of another sample were asked for, of photos whose product has another one.
        first: by the model in use and by the new one, how often the nearest photo is of the same product.
        among_ten: by both, how often one of the ten nearest is.
    """

    photos: int
    overlap: float
    pairs: int
    first: tuple[float, float]
    among_ten: tuple[float, float]


def compare_indexes(old: PhotoIndex, new: PhotoIndex) -> IndexComparison:
    """Compare two indexes over the same catalogue by up to 300 photos that both have, and by as many with a partner."""
    known = set(new.index.keys())
    keys = sorted(key for key in old.index.keys() if key in known)
    rng = np.random.default_rng(0)
    sample = [keys[place] for place in rng.permutation(len(keys))[:_SAMPLE]]
    found = [_others(index, sample) for index in (old, new)]
    overlap = [len(set(one) & set(other)) / max(len(one), 1) for one, other in zip(*found, strict=True)]
    partners = _partners(old, keys)
    paired = sorted(partners)
    paired = [paired[place] for place in rng.permutation(len(paired))[:_SAMPLE]]
    ranks = [_ranks(_others(index, paired), [partners[key] for key in paired]) for index in (old, new)]
    return IndexComparison(
        len(sample),
        float(np.mean(overlap)) if overlap else 0.0,
        len(paired),
        _shares(ranks, 1),
        _shares(ranks, _DEPTH),
    )


def _others(photos: PhotoIndex, keys: Sequence[str]) -> list[list[str]]:
    """Return the nearest photos of each photo, without itself."""
    if not keys:
        return []
    found = photos.index.search(photos.index.vectors(keys), _DEPTH + 1)
    return [[other for other, _ in line if other != key][:_DEPTH] for key, line in zip(keys, found, strict=True)]


def _partners(photos: PhotoIndex, keys: Sequence[str]) -> dict[str, set[str]]:
    """Return the other photos of the same products, for the photos that have any."""
    of_product: dict[str, set[str]] = {}
    for key in keys:
        for product in photos.products(key):
            of_product.setdefault(product, set()).add(key)
    partners = {key: set[str]().union(*(of_product[p] for p in photos.products(key))) - {key} for key in keys}
    return {key: others for key, others in partners.items() if others}


def _ranks(found: Sequence[Sequence[str]], wanted: Sequence[set[str]]) -> list[int]:
    """Return the place of the first one wanted in each list, from 0; one behind the depth where there is none."""
    return [
        next((place for place, key in enumerate(line) if key in right), _DEPTH)
        for line, right in zip(found, wanted, strict=True)
    ]


def _shares(ranks: Sequence[Sequence[int]], depth: int) -> tuple[float, float]:
    old, new = (float(np.mean([rank < depth for rank in line])) if line else 0.0 for line in ranks)
    return old, new
