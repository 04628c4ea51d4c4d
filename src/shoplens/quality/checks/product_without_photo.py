"""A product that shoppers cannot see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure


class ProductWithoutPhoto:
    """A product is seen through any variant of its listing; it is at fault where none has an imported photo."""

    code = "product_without_photo"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"min_photos": 1.0})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product of a listing with fewer than `min_photos` photos."""
        photos: dict[str, set[str]] = {}
        for item in view.items:
            photos.setdefault(item.listing, set()).update(item.photos)
        least = rule.limits["min_photos"]
        for item in view.items:
            count = len(photos[item.listing])
            if item.id and count < least:
                detail = Measure(count, least, "photos")
                found = rule.finding(f"The product has {count} imported photos; at least {least:g} is needed.", detail)
                yield replace(found, product_id=item.id)
