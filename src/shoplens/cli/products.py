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
    print_json,
    print_table,
)


def products(
    shop: ShopOption = DEFAULT_SHOP,
    category: Annotated[str, typer.Option(help="Only this category and its children.")] = "",
    finding: Annotated[str, typer.Option(help="Only with a finding of this code.")] = "",
    text: Annotated[str, typer.Option(help="Only what these words find.")] = "",
    offset: Annotated[int, typer.Option(min=0)] = 0,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List products with their photos and what was found wrong with them."""
    from shoplens.catalog.filter import Filter

    with open_shop(shop) as opened:
        found, total = opened.page(Filter(category=category, finding=finding), text=text, offset=offset, limit=limit)
        findings = {p.id: sorted({f.code for f in opened.catalog.findings(p.id)}) for p in found}
        photos = {p.id: len(opened.catalog.photos(p.id)) for p in found}
    if as_json:
        rows = [
            {
                "id": p.id,
                "listing": p.listing,
                "title": p.title,
                "category": p.category,
                "photos": photos[p.id],
                "findings": findings[p.id],
            }
            for p in found
        ]
        print_json({"total": total, "products": rows})
        return
    table = new_table("product", "title", "category", "photos", "findings")
    for p in found:
        table.add_row(p.id, p.title, p.category, str(photos[p.id]), ", ".join(findings[p.id]))
    print_table(table)
    print(f"{len(found)} of {total} products.")
