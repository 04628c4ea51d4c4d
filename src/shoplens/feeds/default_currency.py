"""The shop's own currency, for prices whose feed names none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shoplens.feeds.feed import FeedRow
from shoplens.records import Price


def with_currency(rows: Iterable[FeedRow], code: str) -> Iterator[FeedRow]:
    """Yield `rows` with the currency `code` on every price that has none; a sale price takes that of the price."""
    for row in rows:
        if row.product is not None:
            price = _named(row.product.price, code)
            sale_price = _named(row.product.sale_price, price.currency if price else code)
            row = replace(row, product=replace(row.product, price=price, sale_price=sale_price))
        yield row


def _named(price: Price | None, code: str) -> Price | None:
    return replace(price, currency=code) if price is not None and not price.currency else price
