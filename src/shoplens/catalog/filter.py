"""Which products an answer may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import get_args

from shoplens.catalog.color_words import color_family
from shoplens.errors import UnknownName
from shoplens.photos.color_names import COLOR_NAMES
from shoplens.records import Availability


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions on products; all that are given must hold, and the empty filter keeps every active product.

    Texts are compared without regard to case.

    Attributes:
        category: a path such as "Clothing > Shirts"; its children are included.
        brand: the whole brand.
        min_price: lowest price that the shopper pays (the sale price where there is one), inclusive.
        max_price: highest such price, inclusive. A product without a price never fits a price range.
        currency: ISO 4217; with it, products priced in another currency do not fit.
        availability: any of these; empty for all.
        colors: any of these, as a shopper says them ("red", "红色", "burgundy"); each word stands for one
            of the colours of `shoplens.photos.color_names`. A product has the colours that its feed names or, where it
            names none, the one that a model saw.
        tags: all of these.
        attributes: lower-case name to value; a value that lists several ("Red|Blue") fits each of them.
        listing: only the variants of this listing.
        finding: only products with a finding of this code.
        include_retired: also products that the shop no longer has.

    Raises:
        UnknownName: an availability is none of Google's four.
    """

    category: str = ""
    brand: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    currency: str = ""
    availability: frozenset[str] = frozenset()
    colors: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    listing: str = ""
    finding: str = ""
    include_retired: bool = False

    def __post_init__(self) -> None:
        for value in sorted(self.availability.difference(get_args(Availability))):
            raise UnknownName("availability", value, get_args(Availability))

    def color_keys(self) -> list[str]:
        """Return the wanted colours as keys of `COLOR_NAMES`, sorted.

        Raises:
            UnknownName: a word names no colour.
        """
        keys = {word: color_family(word) for word in self.colors}
        for word, key in keys.items():
            if not key:
                raise UnknownName("colour", word, COLOR_NAMES)
        return sorted(set(keys.values()))


EVERYTHING = Filter()
"""Every active product."""
