"""`shoplens recommend`: what goes beside a product, into a basket, or before a shopper."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, LimitOption, ShopOption, open_shop, print_matches
from shoplens.cli.filters import CategoryOption, InStockOption, filter_of

app = typer.Typer(help="Products like one, with one, or for a shopper.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def similar(
    product: Annotated[str, typer.Argument(help="A product or listing of the shop.")],
    shop: ShopOption = DEFAULT_SHOP,
    category: CategoryOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products that could stand in for this one: by look, category, colour and price.

    Example: `shoplens recommend similar TSHI0001-WHITE --limit 5`.
    """
    with open_shop(shop) as opened:
        matches = opened.similar(product, where=filter_of(category=category, in_stock=in_stock), limit=limit)
    print_matches(matches, as_json=as_json)


@app.command("goes-with")
def goes_with(
    products: Annotated[list[str], typer.Argument(help="One product, or all of a basket.")],
    shop: ShopOption = DEFAULT_SHOP,
    category: CategoryOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products of other kinds that go well with one or with a whole basket (搭配).

    Examples: `shoplens recommend goes-with TSHI0001-WHITE`, `shoplens recommend goes-with TSHI0001-WHITE SNEA0006`.
    """
    with open_shop(shop) as opened:
        matches = opened.goes_with(products, where=filter_of(category=category, in_stock=in_stock), limit=limit)
    print_matches(matches, as_json=as_json)


@app.command("for-you")
def for_you(
    viewed: Annotated[
        str, typer.Option(metavar="ID,ID,...", help="Products viewed, oldest first, parted by commas.")
    ] = "",
    bought: Annotated[
        str, typer.Option(metavar="ID,ID,...", help="Products bought, oldest first, parted by commas.")
    ] = "",
    visitor: Annotated[str, typer.Option(help="A visitor whose events the shop has.")] = "",
    shop: ShopOption = DEFAULT_SHOP,
    category: CategoryOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Recommend to a shopper; to one who is unknown, what is popular.

    The taste comes from the products named here, or from the stored events of a visitor.

    Examples: `shoplens recommend for-you --viewed TSHI0001-WHITE,SNEA0006`,
    `shoplens recommend for-you --visitor visitor-0027`.
    """
    with open_shop(shop) as opened:
        matches = opened.recommend(
            viewed=_ids(viewed),
            bought=_ids(bought),
            visitor=visitor,
            where=filter_of(category=category, in_stock=in_stock),
            limit=limit,
        )
    print_matches(matches, as_json=as_json)


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
