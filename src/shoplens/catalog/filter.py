"""Which products an answer may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


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
        attributes: lower-case name to value; a value that lists several ("Red|Blue") fits each of them.
        listing: only the variants of this listing.
        finding: only products with a finding of this code.
        include_retired: also products that the shop no longer has.
    """

    category: str = ""
    brand: str = ""
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    currency: str = ""
    availability: frozenset[str] = frozenset()
    attributes: Mapping[str, str] = field(default_factory=dict)
    listing: str = ""
    finding: str = ""
    include_retired: bool = False


EVERYTHING = Filter()
"""Every active product."""
