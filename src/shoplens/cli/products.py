"""`shoplens products`: what the catalogue holds."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    LimitOption,
    ShopOption,
    new_table,
    open_shop,
    price_text,
    print_json,
    print_table,
)
from shoplens.cli.filters import (
    AttributesOption,
    CategoryOption,
    InStockOption,
    MaxPriceOption,
    MinPriceOption,
    filter_of,
)


def products(
    shop: ShopOption = DEFAULT_SHOP,
    text: Annotated[str, typer.Option(help="Only what these words find.")] = "",
    finding: Annotated[
        str, typer.Option(metavar="CODE", help="Only with a finding of this code, as photo_blurred.")
    ] = "",
    category: CategoryOption = "",
    attributes: AttributesOption = None,
    min_price: MinPriceOption = "",
    max_price: MaxPriceOption = "",
    in_stock: InStockOption = False,
    offset: Annotated[int, typer.Option(min=0, help="How many to skip.")] = 0,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List products with the problems found on them.

    Examples: `shoplens products --category "Clothing > Dresses"`, `shoplens products --finding photo_blurred`.
    """
    where = filter_of(
        category=category,
        attributes=attributes,
        min_price=min_price,
        max_price=max_price,
        in_stock=in_stock,
        finding=finding,
    )
    with open_shop(shop) as opened:
        found, total = opened.page(where, text=text, offset=offset, limit=limit)
        findings = {p.id: sorted({f.code for f in opened.catalog.findings(p.id)}) for p in found}
        photos = {p.id: len(opened.catalog.photos(p.id)) for p in found}
    if as_json:
        rows = [
            {
                "id": p.id,
                "listing": p.listing,
                "title": p.title,
                "category": p.category,
                "price": price_text(p.sale_price or p.price),
                "availability": p.availability,
                "photos": photos[p.id],
                "findings": findings[p.id],
            }
            for p in found
        ]
        print_json({"total": total, "products": rows})
        return
    if found:
        table = new_table("product", "title", "category", "price", "photos", "findings")
        for p in found:
            price = price_text(p.sale_price or p.price)
            table.add_row(p.id, p.title, p.category, price, str(photos[p.id]), ", ".join(findings[p.id]))
        print_table(table)
    print(f"{len(found)} of {total} products.")
