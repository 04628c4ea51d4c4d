"""The options that say which products an answer may hold, the same for every command that answers with products."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.shared_options import options_of

if TYPE_CHECKING:
    from shoplens.catalog.filter import Filter


def filter_of(
    *,
    category: Annotated[str, typer.Option("--category", help="Only this category and its children.")] = "",
    brand: Annotated[str, typer.Option("--brand", help="Only of this brand.")] = "",
    colors: Annotated[
        list[str] | None,
        typer.Option("--color", help="Only of this colour, in English or Chinese; may be repeated: any of them."),
    ] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", help="Only with this tag; may be repeated: all of them.")
    ] = None,
    attributes: Annotated[
        list[str] | None,
        typer.Option(
            "--attribute", metavar="NAME=VALUE", help="Only with this attribute, as color=red; may be repeated."
        ),
    ] = None,
    min_price: Annotated[str, typer.Option("--min-price", metavar="AMOUNT", help="Only at this price or above.")] = "",
    max_price: Annotated[str, typer.Option("--max-price", metavar="AMOUNT", help="Only at this price or below.")] = "",
    currency: Annotated[str, typer.Option("--currency", metavar="CODE", help="Only priced in it, as EUR.")] = "",
    in_stock: Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")] = False,
) -> Filter:
    """Return the filter that these options ask for.

    Raises:
        BadInput: an attribute is no "name=value", or a price is no amount.
    """
    from shoplens.catalog.filter import Filter

    return Filter(
        category=category,
        attributes=dict(_pair(text) for text in attributes or ()),
        min_price=_amount(min_price),
        max_price=_amount(max_price),
        availability=frozenset({"in_stock"}) if in_stock else frozenset(),
        brand=brand,
        colors=frozenset(colors or ()),
        tags=frozenset(tags or ()),
        currency=currency,
    )


with_filter = options_of("where", filter_of)
"""Gives a command the options of `filter_of` in the place of its parameter `where`, which gets the filter."""


def _pair(text: str) -> tuple[str, str]:
    from shoplens.errors import BadInput

    name, _, value = text.partition("=")
    if not (name.strip() and value.strip()):
        raise BadInput("--attribute needs NAME=VALUE.", received=text, remedy="For example: --attribute color=red")
    return name.strip().lower(), value.strip()


def _amount(text: str) -> Decimal | None:
    from shoplens.errors import BadInput

    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadInput("That is no price.", received=text, remedy="Write a number such as 25 or 19.90.") from error
    if not amount.is_finite() or amount < 0:
        raise BadInput("A price is a number from 0 up.", received=text, remedy="Write a number such as 25 or 19.90.")
    return amount
