"""`shoplens search`: products by a photo or by words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from shoplens.records import Box, Match
    from shoplens.shop import Shop

_KINDS = 3
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
    diversity: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="0 for the best matches of a photo, up to 1 for different ones.")
    ] = 0.0,
    why: Annotated[bool, typer.Option("--why", help="Tell what the photo and each match have in common.")] = False,
    heat: Annotated[
        Path | None, typer.Option(help="Write where in the photo the first match is seen: .png, .jpg or .webp.")
    ] = None,
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products by a photo, or by words.

    Matches of a photo are told as exact (the very product), similar (of its kind) or related, with the probability that
    each is the very product. Scores order one answer; those of words are higher the better they fit.

    Examples: `shoplens search photo.jpg`, `shoplens search photo.jpg --box 0.2,0.1,0.8,0.9 --in-stock`,
    `shoplens search photo.jpg --why --heat why.png`, `shoplens search "red dress" --max-price 50`,
    `shoplens search 红色连衣裙`.
    """
    from shoplens.errors import BadInput
    from shoplens.models.heat_picture import heat_format
    from shoplens.records import Box

    where = filter_of(
        category=category, attributes=attributes, min_price=min_price, max_price=max_price, in_stock=in_stock
    )
    crop = Box.parse(box) if box else None
    photo = _photo(query)
    if photo is None and crop is not None:
        raise BadInput("--box is a part of a photo.", received=query, remedy="Give a photo's path, or leave --box out.")
    if heat:
        heat_format(heat)
    if photo is None and (why or heat or diversity):
        raise BadInput(
            "--why, --heat and --diversity are about a photo.", received=query, remedy="Give a photo's path."
        )
    with open_shop(shop) as opened:
        if photo is None:
            print_matches(opened.search_text(query, where=where, limit=limit), as_json=as_json)
            return
        answer = opened.search(photo, box=crop, where=where, limit=limit, diversity=diversity)
        matches = answer.matches
        if why:
            matches = [opened.why(photo, match.product.id, box=answer.box).match for match in matches]
        if heat and matches:
            _draw(heat, photo, opened, matches[0], answer.box)
    if answer.no_match and not as_json:
        kinds = ", ".join(f"{category} ({chance:.2f})" for category, chance in answer.kinds[:_KINDS])
        print(f"No match: the shop hardly has this product.{f' Nearest kinds: {kinds}.' if kinds else ''}")
    print_matches(matches, as_json=as_json)


def _draw(path: Path, photo: Path, shop: Shop, match: Match, box: Box | None) -> None:
    """Write where in the photo the match is seen."""
    from shoplens.models.heat_picture import heat_format, heat_picture
    from shoplens.photos.encode import encode

    why = shop.why(photo, match.product.id, box=box)
    path.write_bytes(encode(heat_picture(why.photo, why.heat), heat_format(path)))


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
