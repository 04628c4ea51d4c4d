"""`shoplens explain`: where in a photo a bundle sees what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, print_json
from shoplens.cli.train import bundle_folder

_SIDE = 1280
"""Longer side of the picture in pixels."""


def explain(
    bundle: Annotated[str, typer.Argument(help="A bundle's name or its folder; base for the one that ships.")],
    photo: Annotated[Path, typer.Argument(help="A photo.")],
    shop: ShopOption = DEFAULT_SHOP,
    label: Annotated[str, typer.Option(help="Why this category; the likeliest if left out.")] = "",
    out: Annotated[Path, typer.Option(help="The picture to write: .png, .jpg or .webp.")] = Path("heat.png"),
    as_json: JsonOption = False,
) -> None:
    """Draw a heat map over a photo: the brighter a place, the more the answer suffers when it is covered.

    Examples: `shoplens explain base photo.jpg`, `shoplens explain clothing photo.jpg --label dress --out why.webp`.
    """
    from shoplens.models.bundle import BASE, load_bundle
    from shoplens.models.explain import explain as explain_photo
    from shoplens.models.heat_picture import heat_format, heat_picture
    from shoplens.photos.decode import decode_file, encode
    from shoplens.photos.transform import resize

    kind = heat_format(out)
    where = bundle_folder(shop, bundle)
    loaded = load_bundle(BASE if where == "base" else Path(where))
    pixels = decode_file(photo, min_side=_SIDE).pixels
    if max(pixels.shape[:2]) > _SIDE:
        pixels = resize(pixels, long=_SIDE)
    why = explain_photo(loaded, pixels, label)
    out.write_bytes(encode(heat_picture(pixels, why.heat), kind))
    if as_json:
        print_json(
            {"bundle": loaded.id, "label": why.label, "probability": round(why.probability, 4), "heat": str(out)}
        )
    else:
        print(f"{why.label}  {why.probability:.3f}\nheat      {out}")
