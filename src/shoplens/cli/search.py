"""`shoplens search`: products by photos, products, words, or all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    LimitOption,
    ShopOption,
    match_dict,
    new_table,
    open_shop,
    print_json,
    print_matches,
    print_table,
)
from shoplens.cli.filters import (
    AttributesOption,
    BrandOption,
    CategoryOption,
    ColorsOption,
    CurrencyOption,
    InStockOption,
    MaxPriceOption,
    MinPriceOption,
    TagsOption,
    filter_of,
)
from shoplens.cli.locate import print_groups

if TYPE_CHECKING:
    from shoplens.catalog.facets import FacetValue
    from shoplens.catalog.filter import Filter
    from shoplens.records import Box, Match
    from shoplens.search.query import Example, Query
    from shoplens.shop import Shop

_KINDS = 3
_PHOTO_ENDINGS = frozenset(
    ".jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .heic .heif .avif .svg .jp2 .jxl".split()
)
_URLS = ("http://", "https://")


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(help="Paths or addresses of photos, or words in English or Chinese.", show_default=False),
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option("--not", metavar="PHOTO", help="Not like this photo; may be repeated.")
    ] = None,
    product: Annotated[
        list[str] | None, typer.Option("--product", metavar="ID", help="Like this product; may be repeated.")
    ] = None,
    not_product: Annotated[
        list[str] | None, typer.Option("--not-product", metavar="ID", help="Not like this product; may be repeated.")
    ] = None,
    text: Annotated[str, typer.Option(help='Words beside photos and products, as "in red" or "红色".')] = "",
    weights: Annotated[
        str, typer.Option("--weights", metavar="W,W,...", help="One for each photo, then for each product.")
    ] = "",
    shop: ShopOption = DEFAULT_SHOP,
    box: Annotated[
        str, typer.Option(metavar="X0,Y0,X1,Y1", help="Only this part of the photo; edges from 0 to 1.")
    ] = "",
    objects: Annotated[
        bool, typer.Option("--objects", help="A group of results for each product in the photo.")
    ] = False,
    category: CategoryOption = "",
    brand: BrandOption = "",
    colors: ColorsOption = None,
    tags: TagsOption = None,
    attributes: AttributesOption = None,
    min_price: MinPriceOption = "",
    max_price: MaxPriceOption = "",
    currency: CurrencyOption = "",
    in_stock: InStockOption = False,
    diversity: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="0 for the best matches of a photo, up to 1 for different ones.")
    ] = 0.0,
    why: Annotated[bool, typer.Option("--why", help="Tell what the photo and each match have in common.")] = False,
    heat: Annotated[
        Path | None, typer.Option(help="Write where in the photo the first match is seen: .png, .jpg or .webp.")
    ] = None,
    facets: Annotated[
        str, typer.Option(metavar="NAMES", help='Count values too: "all", or names such as "brand,color,material".')
    ] = "",
    limit: LimitOption = 12,
    as_json: JsonOption = False,
) -> None:
    """Find products by photos, by products, by words, or by all of them.

    Several photos are asked with together. A colour in --text takes the place of theirs, a category, a brand or a
    material narrows, and other words count together with the look. Matches of a photo are told as exact (the very
    product), similar (of its kind) or related, with the probability that each is the very product. Scores order one
    answer; those of words are higher the better they fit.

    Examples: `shoplens search photo.jpg`, `shoplens search photo.jpg --box 0.2,0.1,0.8,0.9 --in-stock`,
    `shoplens search photo.jpg --why --heat why.png`, `shoplens search room.jpg --objects`,
    `shoplens search one.jpg two.jpg --not three.jpg`, `shoplens search photo.jpg --text "in red"`,
    `shoplens search --product DRES0005-RED --text 蓝色`, `shoplens search "red dress" --max-price 50`,
    `shoplens search 红色连衣裙`, `shoplens search boots --facets brand,color`.
    """
    from shoplens.errors import BadInput
    from shoplens.models.heat_picture import heat_format

    where = filter_of(
        category=category,
        attributes=attributes,
        min_price=min_price,
        max_price=max_price,
        in_stock=in_stock,
        brand=brand,
        colors=colors,
        tags=tags,
        currency=currency,
    )
    asked = _query(query or [], unlike or [], product or [], not_product or [], text, weights, box, where)
    photo = _only_photo(asked)
    if photo is None and (why or heat):
        raise BadInput(
            "--why and --heat are about one photo.", received=" ".join(query or []), remedy="Give one photo's path."
        )
    if heat:
        heat_format(heat)
    if objects and (photo is None or asked.unlike or asked.text or box or why or heat or diversity or facets):
        raise BadInput(
            "--objects looks for the products of one whole photo, and goes with filters alone.",
            received=box or " ".join(query or []),
            remedy="Give one photo's path, and leave the other options out.",
        )
    with open_shop(shop) as opened:
        if objects and photo is not None:
            print_groups(opened.search_objects(photo, where=where, limit=limit), as_json=as_json)
            return
        found = opened.search(_limited(asked, limit, facets, diversity))
        matches = found.matches
        if why and photo:
            matches = [opened.why(photo, match.product.id, box=found.box).match for match in matches]
        if heat and photo and matches:
            _draw(heat, photo, opened, matches[0], found.box)
    if as_json and facets:
        values = {name: [_value_dict(value) for value in counted] for name, counted in found.facets.items()}
        print_json({"results": [match_dict(match) for match in matches], "facets": values})
        return
    if found.no_match and not as_json:
        kinds = ", ".join(f"{category} ({chance:.2f})" for category, chance in found.kinds[:_KINDS])
        print(f"No match: the shop hardly has this product.{f' Nearest kinds: {kinds}.' if kinds else ''}")
    print_matches(matches, as_json=as_json)
    for name, counted in found.facets.items():
        if counted:
            _print_facet(name, counted)


def _query(
    given: Sequence[str],
    unlike: Sequence[str],
    products: Sequence[str],
    not_products: Sequence[str],
    text: str,
    weights: str,
    box: str,
    where: Filter,
) -> Query:
    from shoplens.errors import BadInput
    from shoplens.records import Box
    from shoplens.search.query import Example, Query

    crop = Box.parse(box) if box else None
    photos = [name for name in given if _is_photo(name)]
    words = " ".join(name for name in given if name not in photos)
    if crop is not None and len(photos) != 1:
        raise BadInput(
            "--box is a part of a photo.", received=words or photos, remedy="Give one photo, or leave --box out."
        )
    heavy = _weights(weights, len(photos) + len(products))
    like = [_example(name, crop, weight) for name, weight in zip(photos, heavy, strict=False)]
    like += [Example(product=name, weight=w) for name, w in zip(products, heavy[len(photos) :], strict=True)]
    away = [_example(name, None, 1.0) for name in unlike] + [Example(product=name) for name in not_products]
    said = " ".join(part for part in (words, text) if part.strip())
    if not (like or away or said):
        raise BadInput("There is nothing to search for.", received=repr(words), remedy="Give a photo's path or words.")
    return Query(tuple(like), tuple(away), said, where)


def _only_photo(query: Query) -> Path | None:
    """Return the photo's path where the query is one photo on the disk, perhaps with words."""
    photo = query.like[0].photo if len(query.like) == 1 else None
    return photo if isinstance(photo, Path) else None


def _draw(path: Path, photo: Path, shop: Shop, match: Match, box: Box | None) -> None:
    """Write where in the photo the match is seen."""
    from shoplens.models.heat_picture import heat_format, heat_picture
    from shoplens.photos.encode import encode

    why = shop.why(photo, match.product.id, box=box)
    path.write_bytes(encode(heat_picture(why.photo, why.heat), heat_format(path)))


def _limited(query: Query, limit: int, facets: str, diversity: float) -> Query:
    from dataclasses import replace

    from shoplens.catalog.facets import FACETS

    names = FACETS if facets == "all" else tuple(name.strip() for name in facets.split(",") if name.strip())
    return replace(query, limit=limit, facets=names, diversity=diversity)


def _example(name: str, box: Box | None, weight: float) -> Example:
    from shoplens.errors import NotFound
    from shoplens.search.query import Example

    if name.lower().startswith(_URLS):
        return Example(url=name, box=box, weight=weight)
    path = Path(name)
    if not path.is_file():
        raise NotFound("There is no such photo.", received=name, remedy="Check the path.")
    return Example(photo=path, box=box, weight=weight)


def _is_photo(name: str) -> bool:
    """Say whether it is a photo's path or address, or looks like one; else it is words."""
    path = Path(name)
    return name.lower().startswith(_URLS) or path.suffix.lower() in _PHOTO_ENDINGS or path.is_file()


def _weights(text: str, number: int) -> list[float]:
    from shoplens.errors import BadInput

    if not text:
        return [1.0] * number
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput("--weights are numbers separated by commas.", received=text) from error
    if len(weights) != number:
        raise BadInput("There is one weight for each photo and product.", received=f"{len(weights)} for {number}")
    return weights


def _value_dict(value: FacetValue) -> dict[str, object]:
    band = {"min_price": str(value.min_price), "max_price": str(value.max_price), "currency": value.currency}
    return {"value": value.value, "products": value.products, **(band if value.min_price is not None else {})}


def _print_facet(name: str, counted: Sequence[FacetValue]) -> None:
    table = new_table(name, "products")
    for value in counted:
        table.add_row(value.value, str(value.products))
    print()
    print_table(table)
