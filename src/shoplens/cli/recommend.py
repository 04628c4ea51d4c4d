"""`shoplens recommend`: what goes beside a product, into a basket, or before a shopper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, LimitOption, ShopOption, open_shop, print_matches

if TYPE_CHECKING:
    from shoplens.catalog.filter import Filter

app = typer.Typer(help="Products like one, with one, or for a shopper.", no_args_is_help=True, rich_markup_mode=None)

CategoryOption = Annotated[str, typer.Option("--category", help="Only this category and its children.")]
InStockOption = Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")]


@app.command()
def similar(
    product: Annotated[str, typer.Argument(help="A product or listing of the shop.")],
    shop: ShopOption = DEFAULT_SHOP,
    category: CategoryOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products that could stand in for this one: look, category, colour, price."""
    with open_shop(shop) as opened:
        matches = opened.similar(product, where=_where(category, in_stock), limit=limit)
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
    """Find products of other kinds that go well with one or with a whole basket (搭配)."""
    with open_shop(shop) as opened:
        matches = opened.goes_with(products, where=_where(category, in_stock), limit=limit)
    print_matches(matches, as_json=as_json)


@app.command("for-you")
def for_you(
    viewed: Annotated[str, typer.Option(help="Products viewed, oldest first, parted by commas.")] = "",
    bought: Annotated[str, typer.Option(help="Products bought, oldest first, parted by commas.")] = "",
    visitor: Annotated[str, typer.Option(help="A visitor whose events the shop has.")] = "",
    shop: ShopOption = DEFAULT_SHOP,
    category: CategoryOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Recommend to a shopper, by what was viewed and bought or by stored events; to nobody, what is popular."""
    with open_shop(shop) as opened:
        matches = opened.recommend(
            viewed=_ids(viewed),
            bought=_ids(bought),
            visitor=visitor,
            where=_where(category, in_stock),
            limit=limit,
        )
    print_matches(matches, as_json=as_json)


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _where(category: str, in_stock: bool) -> Filter:
    from shoplens.catalog.filter import Filter

    return Filter(category=category, availability=frozenset({"in_stock"}) if in_stock else frozenset())
