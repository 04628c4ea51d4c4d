"""`shoplens evaluate`: how good a bundle is on class folders."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, print_json
from shoplens.cli.train import bundle_folder, print_figures


def evaluate(
    bundle: Annotated[str, typer.Argument(help="A bundle's name or its folder; base for the one that ships.")],
    folder: Annotated[Path, typer.Argument(help="Class folders named like the bundle's classes.")],
    shop: ShopOption = DEFAULT_SHOP,
    report: Annotated[Path | None, typer.Option(help="The HTML report; in the shop's reports if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a bundle by photos whose classes are known, and write the report (HTML, and JSON beside it).

    Example: `shoplens evaluate clothing photos/judged`.
    """
    from shoplens.models.bundle import BASE, load_bundle
    from shoplens.models.evaluate_bundle import evaluate_bundle

    where = bundle_folder(shop, bundle)
    loaded = load_bundle(BASE if where == "base" else Path(where))
    path = report or shop / "reports" / f"evaluate-{loaded.name}-{folder.resolve().name}.html"
    judged = evaluate_bundle(loaded, folder)
    judged.write(path)
    if as_json:
        figures = {**judged.evaluation.summary(), "quarantined": len(judged.quarantined)}
        print_json({"bundle": loaded.id, "report": str(path), "figures": figures})
        return
    print_figures(judged.evaluation)
    if judged.quarantined:
        print(f"unusable  {len(judged.quarantined)} files, listed in the report")
    print(f"report    {path}")
