"""One picture for several products, or twice in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure

_NAMED = 3


class Duplicate:
    """Files with the same bytes, or with the same pixels under other metadata.

    Variants of one listing may share a picture. `measured` counts the listings that show it; within one product it
    counts the places.
    """

    code = "photo_duplicate"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_uses": 1.0})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product that shows a picture in use in more than `max_uses` listings or places."""
        groups: dict[bytes, list[str]] = defaultdict(list)
        for photo, fingerprint in view.fingerprints.items():
            groups[fingerprint.digest].append(photo)
        for photos in groups.values():
            uses = [(photo, item) for photo in photos for item in view.items_of.get(photo, ())]
            listings = list(dict.fromkeys(item.listing for _, item in uses))
            names = {item.listing: item.name if not item.id else item.listing for _, item in uses}
            for photo, item in uses:
                yield from self._of_item(
                    photo, item, set(photos), [names[listing] for listing in listings if listing != item.listing], rule
                )

    def _of_item(self, photo: str, item: Item, same: set[str], others: list[str], rule: Rule) -> Iterator[Finding]:
        most = rule.limits["max_uses"]
        places = sum(shown in same for shown in item.photos)
        if len(others) + 1 > most:
            named = ", ".join(others[:_NAMED]) + (" ..." if len(others) > _NAMED else "")
            text = f"The same picture is used {len(others) + 1} times; it also stands for {named}."
            measured = len(others) + 1
        elif places > most and photo == next(shown for shown in item.photos if shown in same):
            text, measured = f"The product shows the same picture {places} times.", places
        else:
            return
        found = rule.finding(text, Measure(measured, most, "uses"))
        yield replace(found, photo=photo, product_id=item.id)
