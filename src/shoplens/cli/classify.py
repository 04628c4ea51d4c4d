"""`shoplens classify`: what photos show, or what the whole catalogue shows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    ShopOption,
    error_line,
    new_table,
    open_shop,
    print_json,
    print_table,
)
from shoplens.cli.progress import progress_bar

if TYPE_CHECKING:
    from shoplens.classify.classifier import Classification
    from shoplens.errors import PhotoError
    from shoplens.shop import Shop


def classify(
    photos: Annotated[list[Path] | None, typer.Argument(help="Photos; none: every product of the shop.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    apply: Annotated[bool, typer.Option("--apply", help="Write labels of products to the catalogue.")] = False,
    bundle: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="A trained bundle of the shop, or `base`; without it the shop's own categories."
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Name the category, colours and tags of photos or products.

    Where the model is not sure it says so: `?` stands before its best guess. With --apply the sure ones are written
    beside what the feed says, which they never replace. A photo that cannot be read is told on stderr and does not
    stop the others; the exit code is then 1.

    Examples: `shoplens classify photo.jpg`, `shoplens classify --apply`, `shoplens classify photo.jpg --bundle base`.
    """
    from shoplens.errors import BadInput

    if photos and apply:
        raise BadInput(
            "--apply labels the products of the shop, not files.", remedy="Leave the photos out, or leave out --apply."
        )
    failed: list[PhotoError] = []
    with open_shop(shop) as opened:
        if photos:
            said, failed = _photos(opened, photos, bundle)
        else:
            with progress_bar("Classifying products") as tick:
                answers = opened.classify_catalog(apply=apply, bundle=bundle, progress=tick)
            said = [(product.id, answer) for product, answer in answers]
    if as_json:
        print_json([{"of": name, **_as_dict(result)} for name, result in said])
    else:
        _print(said)
    if failed:
        raise typer.Exit(1)


def _photos(
    shop: Shop, photos: Sequence[Path], bundle: str
) -> tuple[list[tuple[str, Classification]], list[PhotoError]]:
    """Return what was said of each photo, and what failed.

    Raises:
        PhotoError: of the first photo, if none could be read.
    """
    from shoplens.errors import PhotoError

    said: list[tuple[str, Classification]] = []
    failed: list[PhotoError] = []
    for path in photos:
        try:
            said.append((str(path), shop.classify(path, bundle=bundle)))
        except PhotoError as error:
            failed.append(error)
    if not said:
        raise failed[0]
    for failure in failed:
        print(f"shoplens: {error_line(failure)}", file=sys.stderr)
    return said, failed


def _print(said: Sequence[tuple[str, Classification]]) -> None:
    from shoplens.photos.color_names import COLOR_NAMES

    if not said:
        print("No product has a photo.")
        return
    table = new_table("of", "category", "sure", "colours", "tags")
    for name, result in said:
        guesses = result.category.runners_up
        category = result.category.label or (f"? {guesses[0][0]}" if guesses else "?")
        colors = ", ".join(f"{c.name} {COLOR_NAMES[c.name]}" for c in result.colors)
        tags = ", ".join(tag.label or "" for tag in result.tags)
        table.add_row(name, category, f"{result.category.confidence:.2f}", colors, tags)
    print_table(table)


def _as_dict(said: Classification) -> dict[str, object]:
    from shoplens.photos.color_names import COLOR_NAMES

    return {
        "category": said.category.label,
        "confidence": round(said.category.confidence, 4),
        "runners_up": [[label, round(confidence, 4)] for label, confidence in said.category.runners_up],
        "colors": [{"name": c.name, "name_zh": COLOR_NAMES[c.name], "share": round(c.share, 3)} for c in said.colors],
        "tags": [{"label": t.label, "confidence": round(t.confidence, 3)} for t in said.tags],
        "source": said.source,
    }
