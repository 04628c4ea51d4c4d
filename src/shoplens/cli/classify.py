"""`shoplens classify`: what photos show, or what the whole catalogue shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table

if TYPE_CHECKING:
    from shoplens.classify.classifier import Classification


def classify(
    photos: Annotated[list[Path] | None, typer.Argument(help="Photos; none: every product of the shop.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    apply: Annotated[bool, typer.Option("--apply", help="Write labels of products to the catalogue.")] = False,
    bundle: Annotated[
        str, typer.Option(help="A trained bundle of the shop, or `base`; empty: chosen for the shop.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Name the category, colours and tags of photos or products; say nothing where the model is not sure.

    Examples: `shoplens classify photo.jpg`, `shoplens classify --apply`.
    """
    with open_shop(shop) as opened:
        if photos:
            said = [(str(path), opened.classify(path, bundle=bundle)) for path in photos]
        else:
            said = [(p.id, c) for p, c in opened.classify_catalog(apply=apply, bundle=bundle)]
    if as_json:
        print_json([{"of": name, **_as_dict(result)} for name, result in said])
        return
    from shoplens.photos.color_names import COLOR_NAMES

    table = new_table("of", "category", "sure", "colours", "tags")
    for name, result in said:
        category = result.category.label or f"? ({result.category.runners_up[0][0]})"
        colors = ", ".join(f"{c.name} {COLOR_NAMES[c.name]}" for c in result.colors)
        tags = ", ".join(tag.label or "" for tag in result.tags)
        table.add_row(name, category, f"{result.category.confidence:.2f}", colors, tags)
    print_table(table)


def _as_dict(said: Classification) -> dict[str, object]:
    from shoplens.photos.color_names import COLOR_NAMES

    return {
        "category": said.category.label,
        "confidence": round(said.category.confidence, 4),
        "runners_up": said.category.runners_up,
        "colors": [{"name": c.name, "name_zh": COLOR_NAMES[c.name], "share": round(c.share, 3)} for c in said.colors],
        "tags": [{"label": t.label, "confidence": round(t.confidence, 3)} for t in said.tags],
        "source": said.source,
    }
