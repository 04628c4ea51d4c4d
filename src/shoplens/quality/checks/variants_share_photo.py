"""Variants in different colours that show one picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure


class VariantsSharePhoto:
    """Sizes may share a photo, colours may not: whoever chooses blue wants to see blue.

    Compared are the main photos of one listing's variants whose stated colours, in English or Chinese, are of different
    families; variants that state none are left alone.
    """

    code = "variants_share_photo"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_colors": 1.0})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each variant whose main photo serves more than `max_colors` colours of its listing."""
        picture = {photo: number for number, same in enumerate(view.same_pictures) for photo in same}
        shown: dict[tuple[str, object], list[Item]] = defaultdict(list)
        for item in view.items:
            if item.id and item.photos and item.colors:
                shown[item.listing, picture.get(item.photos[0], item.photos[0])].append(item)
        for items in shown.values():
            colors = list(dict.fromkeys(tuple(sorted(item.colors)) for item in items))
            if len(colors) <= rule.limits["max_colors"]:
                continue
            named = ", ".join("/".join(families) for families in colors)
            for item in items:
                found = rule.finding(
                    f"One picture stands for variants in {len(colors)} colours: {named}.",
                    Measure(len(colors), rule.limits["max_colors"], "colors"),
                )
                yield replace(found, photo=item.photos[0], product_id=item.id)
