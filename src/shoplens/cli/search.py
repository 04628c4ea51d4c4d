"""`shoplens search`: products by a photo or by words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, LimitOption, ShopOption, open_shop, print_matches
from shoplens.cli.filters import (
    AttributesOption,
    CategoryOption,
    InStockOption,
    MaxPriceOption,
    MinPriceOption,
    filter_of,
)

_PHOTO_ENDINGS = frozenset(
    ".jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .heic .heif .avif .svg .jp2 .jxl".split()
)


def search(
    query: Annotated[str, typer.Argument(help="A photo's path, or words in English or Chinese.")],
    shop: ShopOption = DEFAULT_SHOP,
    box: Annotated[
        str, typer.Option(metavar="X0,Y0,X1,Y1", help="Only this part of the photo; edges from 0 to 1.")
    ] = "",
    category: CategoryOption = "",
    attributes: AttributesOption = None,
    min_price: MinPriceOption = "",
    max_price: MaxPriceOption = "",
    in_stock: InStockOption = False,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products by a photo, or by words.

    A score of a photo is a similarity of at most 1; a score of words is higher the better they fit.

    Examples: `shoplens search photo.jpg`, `shoplens search photo.jpg --box 0.2,0.1,0.8,0.9 --in-stock`,
    `shoplens search "red dress" --max-price 50`, `shoplens search 红色连衣裙`.
    """
    from shoplens.errors import BadInput
    from shoplens.records import Box

    where = filter_of(
        category=category, attributes=attributes, min_price=min_price, max_price=max_price, in_stock=in_stock
    )
    crop = Box.parse(box) if box else None
    photo = _photo(query)
    if photo is None and crop is not None:
        raise BadInput("--box is a part of a photo.", received=query, remedy="Give a photo's path, or leave --box out.")
    with open_shop(shop) as opened:
        if photo is None:
            matches = opened.search_text(query, where=where, limit=limit)
        else:
            matches = opened.search(photo, box=crop, where=where, limit=limit).matches
    print_matches(matches, as_json=as_json)


def _photo(query: str) -> Path | None:
    """Return the path if the query is one, None if it is words.

    Raises:
        NotFound: it looks like a photo's path, and there is no such file.
        BadInput: there are no words in it.
    """
    from shoplens.errors import BadInput, NotFound

    path = Path(query)
    if path.is_file():
        return path
    if path.suffix.lower() in _PHOTO_ENDINGS:
        raise NotFound("There is no such photo.", received=query, remedy="Check the path.")
    if not query.strip():
        raise BadInput("There is nothing to search for.", received=repr(query), remedy="Give a photo's path or words.")
    return None
