"""`shoplens bundle`: the trained models of a shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.progress import progress_bar

app = typer.Typer(help="Trained models: list, show, use.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="A bundle of the shop, or `base`.")]


@app.command("list")
def list_bundles(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the bundles and which one searches."""
    with open_shop(shop) as opened:
        in_use = opened.settings.model
        bundles = [(name, opened.bundle(name)) for name in ("base", *opened.bundles())]
    rows = [{"name": name, "id": b.id, "labels": len(b.labels), "in_use": name == in_use} for name, b in bundles]
    if as_json:
        print_json(rows)
        return
    table = new_table("bundle", "id", "labels", "searches")
    for row in rows:
        table.add_row(str(row["name"]), str(row["id"]), str(row["labels"]), "yes" if row["in_use"] else "")
    print_table(table)


@app.command()
def show(name: Name, shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Show a bundle's card: data, licences, settings, figures.

    Example: `shoplens bundle show base`.
    """
    with open_shop(shop) as opened:
        bundle = opened.bundle(name)
    if as_json:
        print_json({"name": bundle.name, "id": bundle.id, "labels": bundle.labels, "card": dict(bundle.card)})
        return
    table = new_table("field", "value")
    table.add_row("id", bundle.id)
    table.add_row("labels", f"{len(bundle.labels)}: {', '.join(bundle.labels[:4])}, ...")
    for field, value in _flat(bundle.card):
        table.add_row(field, value)
    print_table(table)


@app.command()
def use(name: Name, shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Search with this bundle from now on.

    Every photo gets its vector first, then the setting is written; until then searches go on with the old model.
    """
    with open_shop(shop) as opened, progress_bar("Embedding photos") as tick:
        summary = opened.use_model(name, lambda p: tick(p.photos, None))
    if as_json:
        print_json({"model": name, "embedded": summary.filled, "seconds": round(summary.seconds, 3)})
    else:
        print(f"{name} searches now; {summary.filled} photos were embedded in {summary.seconds:.1f} s.")


def _flat(card: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in card.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, str(value)
