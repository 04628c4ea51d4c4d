"""Nearly the same picture under two products, or twice in one; by how the copy differs, four checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.copies.copy_finder import MIN_CROP, MIN_STRUCTURE
from shoplens.quality.copies.copy_pair import MAX_GAP, CopyKind, CopyPair
from shoplens.quality.rule import Rule, rounded
from shoplens.records import Finding, Measure


class CopiedPhoto:
    """Copies of one kind, as `quality/copies/` finds them once for all four checks.

    Variants of one listing may share a picture. A part of a picture, and the same picture in other colours, have their
    place within one product (a detail, the variants' colours), so these are told across listings only. A rule may ask
    for more likeness than the finder's own limits, not for less.

    Args:
        code: of the findings.
        kind: how the copies differ.
        text: for the description, with the other's name in braces.
        within: for a repetition within one product; "" where that is no fault.
    """

    scope: Literal["catalog"] = "catalog"

    def __init__(self, code: str, kind: CopyKind, text: str, within: str) -> None:
        self.code = code
        self._kind: CopyKind = kind
        self._text, self._within = text, within

    @property
    def limits(self) -> Mapping[str, float]:
        """`max_difference` in levels of 255, or `min_likeness`, a correlation."""
        if self._kind in ("saved_anew", "flipped"):
            return MappingProxyType({"max_difference": MAX_GAP})
        return MappingProxyType({"min_likeness": MIN_CROP if self._kind == "cropped" else MIN_STRUCTURE})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product and photo with such a copy under another listing or in the same product."""
        photos = view.printed_photos
        others: dict[str, list[tuple[CopyPair, str]]] = defaultdict(list)
        for pair in view.copies:
            if pair.kind == self._kind and self._keeps(pair, rule):
                left, right = photos[pair.left], photos[pair.right]
                others[left].append((pair, right))
                others[right].append((pair, left))
        for photo, found in others.items():
            found.sort(key=lambda one: (self._distance(one[0]), one[1]))
            for item in view.items_of.get(photo, ()):
                yield from self._of_item(photo, item, found, view, rule)

    def _keeps(self, pair: CopyPair, rule: Rule) -> bool:
        if "max_difference" in rule.limits:
            return pair.measured <= rule.limits["max_difference"]
        return pair.measured >= rule.limits["min_likeness"]

    def _distance(self, pair: CopyPair) -> float:
        return pair.measured if self._kind in ("saved_anew", "flipped") else -pair.measured

    def _of_item(
        self, photo: str, item: Item, found: list[tuple[CopyPair, str]], view: CatalogView, rule: Rule
    ) -> Iterator[Finding]:
        for pair, other in found:
            for twin in view.items_of.get(other, ()):
                if twin.listing != item.listing:
                    text = self._text.format(twin.name)
                elif self._within and other in item.photos and item.photos.index(other) < item.photos.index(photo):
                    text = self._within
                else:
                    continue
                yield replace(rule.finding(text, self._measure(pair, rule)), photo=photo, product_id=item.id)
                return

    def _measure(self, pair: CopyPair, rule: Rule) -> Measure:
        if "max_difference" in rule.limits:
            return Measure(
                rounded(pair.measured, rule.limits["max_difference"], 2), rule.limits["max_difference"], "levels"
            )
        return Measure(
            rounded(pair.measured, rule.limits["min_likeness"], 3), rule.limits["min_likeness"], "correlation"
        )


def near_duplicate() -> CopiedPhoto:
    """Resized, recompressed or slightly retouched."""
    return CopiedPhoto(
        "photo_near_duplicate",
        "saved_anew",
        "Nearly the same picture stands for {}.",
        "The product shows nearly the same picture twice.",
    )


def flipped_copy() -> CopiedPhoto:
    """Mirrored."""
    return CopiedPhoto(
        "photo_flipped_copy",
        "flipped",
        "The same picture, mirrored, stands for {}.",
        "The product shows one picture twice, once mirrored.",
    )


def cropped_copy() -> CopiedPhoto:
    """A part of the other."""
    return CopiedPhoto("photo_cropped_copy", "cropped", "A part of the same picture stands for {}, or the reverse.", "")


def recolored_copy() -> CopiedPhoto:
    """The same picture in other colours."""
    return CopiedPhoto("photo_recolored_copy", "recolored", "The same picture in other colours stands for {}.", "")
