"""One picture for many products."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from shoplens.quality.catalog_view import CatalogView
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure

_NAMED = 3


class StockPicture:
    """A main photo that so many listings share that it cannot show any of them.

    It may be a manufacturer's picture, a logo, or a sign that a photo will follow. Counted are listings whose main
    photo is the same picture or a copy of it that was saved anew. The limit is a convention: a picture that five
    listings share shows none of them.
    """

    code = "photo_stock_picture"
    scope: Literal["catalog"] = "catalog"
    limits: Mapping[str, float] = MappingProxyType({"max_listings": 4.0})

    def inspect(self, view: CatalogView, rule: Rule) -> Iterator[Finding]:
        """Yield a finding for each product whose main photo stands for more than `max_listings` listings."""
        most = rule.limits["max_listings"]
        for same in view.same_pictures:
            shown = [item for photo in sorted(same) for item in view.items_of.get(photo, ()) if item.photos[0] == photo]
            names = list(dict.fromkeys(item.listing for item in shown))
            if len(names) <= most:
                continue
            for item in shown:
                others = [name for name in names if name != item.listing][:_NAMED]
                text = f"The main photo stands for {len(names)} listings, such as {', '.join(others)}."
                found = rule.finding(text, Measure(len(names), most, "listings"))
                yield replace(found, photo=item.photos[0], product_id=item.id)
