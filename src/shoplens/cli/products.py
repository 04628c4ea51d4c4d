"""`shoplens products`: what the catalogue holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

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
from shoplens.cli.filters import with_filter

if TYPE_CHECKING:
    from shoplens.catalog.filter import Filter


@with_filter
def products(
    *,
    shop: ShopOption = DEFAULT_SHOP,
    text: Annotated[str, typer.Option(help="Only what these words find.")] = "",
    finding: Annotated[
        str, typer.Option(metavar="CODE", help="Only with a finding of this code, as photo_blurred.")
    ] = "",
    where: Filter,
    offset: Annotated[int, typer.Option(min=0, help="How many to skip.")] = 0,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List products with the problems found on them.

    Examples: `shoplens products --category "Clothing > Dresses"`, `shoplens products --finding photo_blurred`.
    """
    with open_shop(shop) as opened:
        opened.inspection.refuse_unknown(code=finding)
        found, total = opened.page(replace(where, finding=finding), text=text, offset=offset, limit=limit)
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
