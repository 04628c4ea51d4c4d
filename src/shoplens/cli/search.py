"""`shoplens search`: products by a photo or by words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, LimitOption, ShopOption, open_shop, print_matches


def search(
    query: Annotated[str, typer.Argument(help="A photo's path, or words in English or Chinese.")],
    shop: ShopOption = DEFAULT_SHOP,
    box: Annotated[str, typer.Option(help="Part of the photo: x0,y0,x1,y1 from 0 to 1.")] = "",
    category: Annotated[str, typer.Option(help="Only this category and its children.")] = "",
    attribute: Annotated[list[str] | None, typer.Option(help="Only with this attribute, as color=red.")] = None,
    in_stock: Annotated[bool, typer.Option("--in-stock", help="Only what can be bought now.")] = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products by a photo, or by words.

    Examples: `shoplens search photo.jpg`, `shoplens search "red dress"`, `shoplens search 红色连衣裙`.
    """
    from shoplens.catalog.filter import Filter
    from shoplens.errors import BadInput
    from shoplens.records import Box

    pairs = [text.partition("=") for text in attribute or []]
    if any(not value for _, _, value in pairs):
        raise BadInput("An attribute has the form name=value.", received=attribute)
    where = Filter(
        category=category,
        attributes={name: value for name, _, value in pairs},
        availability=frozenset({"in_stock"}) if in_stock else frozenset(),
    )
    with open_shop(shop) as opened:
        path = Path(query)
        if path.is_file():
            crop = Box.parse(box) if box else None
            print_matches(opened.search(path, box=crop, where=where, limit=limit).matches, as_json=as_json)
        elif path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp", ".gif"}:
            raise BadInput("There is no such photo.", received=query)
        else:
            print_matches(opened.search_text(query, where=where, limit=limit), as_json=as_json)
