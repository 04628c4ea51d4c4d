"""`shoplens search`: products by photos, products, words, or all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.answers import answer_dict, no_match_line
from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    LimitOption,
    ShopOption,
    new_table,
    open_shop,
    print_json,
    print_matches,
    print_table,
)
from shoplens.cli.filters import with_filter
from shoplens.cli.locate import print_groups
from shoplens.cli.search_options import SearchOptions, only_photo

if TYPE_CHECKING:
    from shoplens.catalog.facets import FacetValue
    from shoplens.catalog.filter import Filter
    from shoplens.search.match_reasons import MatchReasons
    from shoplens.search.query import Query
    from shoplens.shop import Shop


@with_filter
def search(
    *,
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
    where: Filter,
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
    options = SearchOptions(
        given=tuple(query or ()),
        unlike=tuple(unlike or ()),
        products=tuple(product or ()),
        not_products=tuple(not_product or ()),
        text=text,
        weights=weights,
        box=box,
        objects=objects,
        where=where,
        diversity=diversity,
        why=why,
        heat=heat,
        facets=facets,
        limit=limit,
        as_json=as_json,
    )
    asked = options.query()
    with open_shop(shop) as opened:
        if options.objects:
            _print_objects(opened, asked, as_json=as_json)
        else:
            _print_answer(opened, asked, options)


def _print_objects(shop: Shop, asked: Query, *, as_json: bool) -> None:
    photo = only_photo(asked)
    assert photo is not None  # the options were checked
    print_groups(shop.search_objects(photo, where=asked.where, limit=asked.limit), as_json=as_json)


def _print_answer(shop: Shop, asked: Query, options: SearchOptions) -> None:
    found = shop.search(asked)
    matches = found.matches
    explained = matches if options.why else matches[: bool(options.heat)]
    told = [shop.why(asked.like[0], match.product.id) for match in explained]
    if options.why:
        matches = [replace(match, reasons=why.match.reasons) for match, why in zip(matches, told, strict=True)]
    if options.heat and told:
        _draw(options.heat, told[0])
    if options.as_json:
        print_json(answer_dict(found, matches))
        return
    if found.no_match:
        print(no_match_line(found))
    print_matches(matches, as_json=False)
    for name, counted in found.facets.items():
        if counted:
            _print_facet(name, counted)


def _draw(path: Path, why: MatchReasons) -> None:
    """Write where in the photo the match is seen."""
    from shoplens.models.heat_picture import heat_format, heat_picture
    from shoplens.photos.encode import encode

    path.write_bytes(encode(heat_picture(why.photo, why.heat), heat_format(path)))


def _print_facet(name: str, counted: Sequence[FacetValue]) -> None:
    table = new_table(name, "products")
    for value in counted:
        table.add_row(value.value, str(value.products))
    print()
    print_table(table)
