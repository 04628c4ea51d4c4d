"""Filters and boxes as requests write them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import Query

from shoplens.catalog.facets import FACETS
from shoplens.catalog.filter import Filter
from shoplens.errors import BadInput
from shoplens.records import Box


async def where(
    category: Annotated[str, Query(description="path; children are included")] = "",
    brand: str = "",
    min_price: str = "",
    max_price: str = "",
    currency: str = "",
    availability: Annotated[list[str] | None, Query()] = None,
    attribute: Annotated[list[str] | None, Query(description='as "material:wool" or "custom_label_0:summer"')] = None,
    color: Annotated[list[str] | None, Query(description='any of these, as "red" or "红色"')] = None,
    tag: Annotated[list[str] | None, Query(description="all of these")] = None,
) -> Filter:
    """Read the filter of a query string."""
    return make_filter(
        category, brand, min_price, max_price, currency, availability or (), attribute or (), color or (), tag or ()
    )


def make_filter(
    category: str,
    brand: str,
    min_price: str,
    max_price: str,
    currency: str,
    availability: Iterable[str],
    attribute: Iterable[str],
    color: Iterable[str] = (),
    tag: Iterable[str] = (),
) -> Filter:
    """Return the filter, or say which of the texts is none."""
    pairs = [text.partition(":") for text in attribute]
    for name, colon, value in pairs:
        if not (name and colon and value):
            raise BadInput("An attribute filter has the form 'name:value'.", received=f"{name}{colon}{value}")
    return Filter(
        category=category,
        brand=brand,
        min_price=_amount("min_price", min_price),
        max_price=_amount("max_price", max_price),
        currency=currency,
        availability=frozenset(availability),
        attributes={name: value for name, _, value in pairs},
        colors=frozenset(color),
        tags=frozenset(tag),
    )


def facet_names(text: str) -> tuple[str, ...]:
    """Read "category,brand" or, for all that every shop has, "true"; nothing for an empty text or "false"."""
    if text.strip().lower() in ("", "false"):
        return ()
    if text.strip().lower() == "true":
        return FACETS
    return tuple(name.strip() for name in text.split(",") if name.strip())


def parse_box(text: str) -> Box | None:
    """Read "x0,y0,x1,y1" from 0 to 1; nothing for an empty text."""
    return Box.parse(text) if text else None


def _amount(name: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadInput(f"{name} must be a number such as 19.90.", received=text) from error
    if not amount.is_finite() or amount < 0 or amount > 10**12:
        raise BadInput(f"{name} must be a number from 0 to 10^12.", received=text)
    return amount
