"""`shoplens export`: a bundle's network for other runtimes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_models, print_json, print_table

if TYPE_CHECKING:
    from shoplens.models.export_bundle import Export


def export(
    bundle: Annotated[str, typer.Argument(help="A bundle of the shop, or `base`.")],
    to: Annotated[
        str, typer.Option(help="onnx, onnx-int8, onnx-float16, litert, litert-int8 or keras.", show_default=False)
    ],
    shop: ShopOption = DEFAULT_SHOP,
    out: Annotated[
        Path | None, typer.Option(help="The file; if left out, one of the shop's exports, and outside a shop one here.")
    ] = None,
    calibration: Annotated[
        Path | None, typer.Option(help="Photos to calibrate and compare by; the shop's own if left out.")
    ] = None,
    judged: Annotated[
        Path | None, typer.Option(help="Class folders to judge by, whose names mean its categories.")
    ] = None,
    as_bundle: Annotated[str, typer.Option(help="Put an ONNX file on the shelf too, as a bundle of this name.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Keep an 8-bit file that loses more than a point of accuracy.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a bundle's network in another format; every export is compared with its source on real photos.

    What it loses in accuracy and gains in size and speed is printed and stands as JSON beside the file. An 8-bit file
    that loses more than a point of accuracy is refused.

    Examples: `shoplens export base --to litert`, `shoplens export clothes --to onnx-int8 --calibration photos/`.
    """
    with open_models(shop, [bundle, as_bundle or "base"]) as models:
        detail = to.partition("-")[2]
        folder = shop / "exports" if shop.is_dir() else Path()
        path = out or folder / (f"{bundle}-{detail}" if detail else bundle)
        done = models.export(bundle, to, path, calibration=calibration, judged=judged, force=force)
        added = models.add_export(bundle, done, as_bundle) if as_bundle else None
    if as_json:
        print_json({**done.to_dict(), "path": str(done.path), "bundle": added.id if added else ""})
        return
    _print(done)
    print(f"file      {done.path}")
    print(f"figures   {done.path}.json")
    if added is not None:
        print(f"bundle    {added.path}")


def _print(done: Export) -> None:
    table = new_table("network", "size", "ms a photo", "accuracy", "nearest is of its class")
    rows = {"in use": done.shipped, "32 bits": done.float32, done.format: done.exported}
    for name, row in rows.items():
        figures = (f"{value:.3f}" if value is not None else "" for value in (row.accuracy, row.neighbours))
        table.add_row(name, f"{row.bytes / 1e6:.2f} MB", f"{row.milliseconds:.2f}", *figures)
    print_table(table)
    loss = done.loss
    print(
        f"loss      {100 * loss.accuracy:.2f} points against 32 bits, by {loss.basis}, on {loss.photos} photos; "
        f"{100 * loss.same_label:.1f} % of the labels and {loss.cosine_mean:.4f} of the embedding are the same"
    )
    if done.ranges:
        print(f"ranges    {done.ranges}")
