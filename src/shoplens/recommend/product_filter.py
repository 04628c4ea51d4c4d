"""Filters answered from memory, for all products at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from shoplens.catalog.filter import Filter
from shoplens.catalog.rows import attribute_values, category_key, fold, to_micros
from shoplens.catalog.terms import product_colors, tag_keys
from shoplens.records import Product

_NO_PRICE = -1

Mask = npt.NDArray[np.bool_]


class ProductFilter:
    """Says which of a fixed sequence of products pass a filter, with the meaning that `Catalog.product_ids` gives it.

    Args:
        products: active products; `include_retired` therefore changes nothing.
        color_labels: product id to the colour that labels are surest of.
    """

    def __init__(self, products: Sequence[Product], color_labels: Mapping[str, str] | None = None) -> None:
        self._size = len(products)
        self._categories = _Column([category_key(product.category) for product in products])
        self._brands = _Column([fold(product.brand) for product in products])
        self._availability = _Column([product.availability for product in products])
        self._listings = _Column([product.listing for product in products])
        pays = [product.sale_price or product.price for product in products]
        self._currencies = _Column([price.currency.upper() if price else "" for price in pays])
        self._micros = np.array([to_micros(price.amount) if price else _NO_PRICE for price in pays], dtype=np.int64)
        rows: dict[tuple[str, str], list[int]] = {}
        terms: dict[tuple[str, str], list[int]] = {}
        said = color_labels or {}
        for row, product in enumerate(products):
            for name, value in product.attributes.items():
                for key in attribute_values(name, value):
                    rows.setdefault((name.lower(), key), []).append(row)
            for color in product_colors(product.attributes, [said[product.id]] if product.id in said else []):
                terms.setdefault(("color", color), []).append(row)
            for tag in tag_keys(product.tags):
                terms.setdefault(("tag", tag), []).append(row)
        self._attributes = {key: np.array(found, dtype=np.int64) for key, found in rows.items()}
        self._terms = {key: np.array(found, dtype=np.int64) for key, found in terms.items()}

    def mask(self, where: Filter) -> Mask:
        """Return bool `[n]`, true for the products that pass.

        Raises:
            BadInput: a price is no amount of money, or a colour is none.
        """
        kept = np.ones(self._size, dtype=bool)
        if key := category_key(where.category):
            kept &= self._categories.under(key)
        if where.brand:
            kept &= self._brands.equal({fold(where.brand)})
        kept &= self._price_mask(where.min_price, where.max_price)
        if where.currency:
            kept &= self._currencies.equal({where.currency.upper()})
        if where.availability:
            kept &= self._availability.equal(where.availability)
        if where.listing:
            kept &= self._listings.equal({where.listing})
        if where.colors:
            kept &= np.logical_or.reduce([self._having("color", color) for color in where.color_keys()])
        for tag in tag_keys(where.tags):
            kept &= self._having("tag", tag)
        for name, value in where.attributes.items():
            having = np.zeros(self._size, dtype=bool)
            having[self._attributes.get((name.lower(), fold(value)), [])] = True
            kept &= having
        return kept

    def _having(self, kind: str, value: str) -> Mask:
        having = np.zeros(self._size, dtype=bool)
        having[self._terms.get((kind, value), [])] = True
        return having

    def _price_mask(self, low: Decimal | None, high: Decimal | None) -> Mask:
        kept = np.ones(self._size, dtype=bool)
        if low is not None or high is not None:
            kept &= self._micros != _NO_PRICE
        if low is not None:
            kept &= self._micros >= to_micros(low)
        if high is not None:
            kept &= self._micros <= to_micros(high)
        return kept


class _Column:
    """Texts as codes, so that a comparison is made once for each different text and not once for each product."""

    def __init__(self, values: Sequence[str]) -> None:
        codes: dict[str, int] = {}
        self._codes = np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.int32)
        self._values = list(codes)

    def equal(self, wanted: set[str] | frozenset[str]) -> Mask:
        return self._keep([value in wanted for value in self._values])

    def under(self, path: str) -> Mask:
        return self._keep([value == path or value.startswith(f"{path} > ") for value in self._values])

    def _keep(self, kept: list[bool]) -> Mask:
        found: Mask = np.array(kept, dtype=bool)[self._codes]
        return found
