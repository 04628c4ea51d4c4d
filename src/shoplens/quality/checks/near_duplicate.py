"""Nearly the same picture under two products, or twice in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

import numpy as np

from shoplens.photos.fingerprint import candidate_pairs
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.fingerprint import difference
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure

_HASH_BITS = 7
"""Largest distance of two hashes that propose a pair; recompressed and resized copies differ in 0 to 6."""


class NearDuplicate:
    """Copies that were resized, recompressed or slightly retouched.

    A perceptual hash proposes pairs, the colours of a thumbnail confirm them (a red shirt is no copy of a blue one),
    and where both photos have an embedding it must agree. Copies of real photos at half size and JPEG quality 50 stay
    below a difference of 13 levels; colour variants of one garment begin at 34.
    """

    code = "photo_near_duplicate"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_difference": 16.0, "min_similarity": 0.9})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product and photo with a near copy under another listing or in the same product."""
        copies: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for left, right, gap in self._pairs(view, rule):
            copies[left].append((gap, right))
            copies[right].append((gap, left))
        for photo, others in copies.items():
            for item in view.items_of.get(photo, ()):
                yield from self._of_item(photo, item, sorted(others), view, rule)

    def _pairs(self, view: CatalogView, rule: Rule) -> Iterator[tuple[str, str, float]]:
        photos = list(view.fingerprints)
        hashes = np.array([fingerprint.hash for fingerprint in view.fingerprints.values()], np.uint64)
        proposed = (
            pair for left, right in candidate_pairs(hashes, _HASH_BITS) for pair in zip(left, right, strict=True)
        )
        for i, j in proposed:
            a, b = view.fingerprints[photos[i]], view.fingerprints[photos[j]]
            if a.digest == b.digest:
                continue  # the check for exact duplicates reports it
            gap = difference(a, b)
            if gap > rule.limits["max_difference"]:
                continue
            similarity = view.similarity(photos[i], photos[j])
            if similarity is None or similarity >= rule.limits["min_similarity"]:
                yield photos[i], photos[j], gap

    def _of_item(
        self, photo: str, item: Item, others: list[tuple[float, str]], view: CatalogView, rule: Rule
    ) -> Iterator[Finding]:
        for gap, other in others:
            for twin in view.items_of.get(other, ()):
                if twin.listing != item.listing:
                    text = f"Nearly the same picture stands for {twin.name}."
                elif other in item.photos and item.photos.index(other) < item.photos.index(photo):
                    text = "The product shows nearly the same picture twice."
                else:
                    continue
                detail = Measure(round(gap, 2), rule.limits["max_difference"], "levels")
                yield replace(rule.finding(text, detail), photo=photo, product_id=item.id)
                return
