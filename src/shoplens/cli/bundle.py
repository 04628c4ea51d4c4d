"""`shoplens bundle`: the trained models of a shop."""

from __future__ import annotations

from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table

app = typer.Typer(help="Trained models: list, show, use.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="A bundle of the shop, or `base`.")]


@app.command("list")
def list_bundles(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the bundles and which one searches."""
    with open_shop(shop) as opened:
        in_use = opened.settings.model
        bundles = [opened.bundle(name) for name in ("base", *opened.bundles())]
    rows = [{"name": b.name, "id": b.id, "labels": len(b.labels), "in_use": b.path.name == in_use} for b in bundles]
    if as_json:
        print_json(rows)
        return
    table = new_table("bundle", "id", "labels", "searches")
    for row in rows:
        table.add_row(str(row["name"]), str(row["id"]), str(row["labels"]), "yes" if row["in_use"] else "")
    print_table(table)


@app.command()
def show(name: Name, shop: ShopOption = DEFAULT_SHOP) -> None:
    """Print a bundle's card: data, licences, settings, figures."""
    with open_shop(shop) as opened:
        bundle = opened.bundle(name)
    print_json({"name": bundle.name, "id": bundle.id, "labels": bundle.labels, "card": dict(bundle.card)})


@app.command()
def use(name: Name, shop: ShopOption = DEFAULT_SHOP) -> None:
    """Search with this bundle from now on: every photo gets its vector, then the setting is written."""
    with open_shop(shop) as opened:
        summary = opened.use_model(name)
    print(f"{name} searches now; {summary.filled} photos were embedded in {summary.seconds:.1f} s.")
