"""`shoplens bundle`: the models of a shop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    ShopOption,
    new_table,
    open_models,
    open_shop,
    print_json,
    print_table,
)
from shoplens.cli.progress import progress_bar

if TYPE_CHECKING:
    from shoplens.models.bundle_comparison import BundleComparison
    from shoplens.search.index_comparison import IndexComparison

app = typer.Typer(
    help="Models: list, show, verify, compare, add, promote, go back.", no_args_is_help=True, rich_markup_mode=None
)
Name = Annotated[str, typer.Argument(help="A bundle of the shop, or `base`.")]


@app.command("list")
def list_bundles(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the bundles and which one searches; one that is damaged is listed as such.

    Outside a shop this is the base model alone.
    """
    from shoplens.errors import BundleError

    rows: list[dict[str, object]] = []
    with open_models(shop) as models:
        history = models.in_use()
        for name in ("base", *models.shelf.names()):
            row: dict[str, object] = {"name": name, "in_use": name == history[-1].name}
            try:
                bundle = models.shelf.load(name)
                size = (bundle.path / "model.onnx").stat().st_size
                row |= {"id": bundle.id, "labels": len(bundle.labels), "bytes": size, "damaged": ""}
            except BundleError as error:
                row |= {"id": "", "labels": 0, "bytes": 0, "damaged": str(error)}
            rows.append(row)
    if as_json:
        print_json(
            {"bundles": rows, "history": [{"name": state.name, "id": state.id, "at": state.at} for state in history]}
        )
        return
    table = new_table("bundle", "id", "labels", "network", "searches")
    for row in rows:
        shown = row["id"] or f"damaged: {row['damaged']}"
        table.add_row(
            str(row["name"]), str(shown), str(row["labels"]), _megabytes(row["bytes"]), "yes" if row["in_use"] else ""
        )
    print_table(table)


@app.command()
def show(name: Name, shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Show a bundle's card: data, licences, settings, figures.

    Example: `shoplens bundle show base`.
    """
    with open_models(shop, [name]) as models:
        bundle = models.shelf.load(name)
    heads = {head: [label.en for label in labels] for head, labels in bundle.heads.items()}
    if as_json:
        card = dict(bundle.card)
        print_json({"name": bundle.name, "id": bundle.id, "labels": bundle.labels, "heads": heads, "card": card})
        return
    table = new_table("field", "value")
    table.add_row("id", bundle.id)
    for field, labels in {"labels": list(bundle.labels), **heads}.items():
        more = ", ..." if len(labels) > 4 else ""
        table.add_row(field, f"{len(labels)}: {', '.join(labels[:4])}{more}" if labels else "none")
    for field, value in _flat(bundle.card):
        table.add_row(field, value)
    print_table(table)


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(help="Bundles of the shop; all of them if left out.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Verify bundles: the hash of each file, and that the network is what the rest says of it.

    The exit code is 1 where one is damaged.

    Examples: `shoplens bundle verify`, `shoplens bundle verify clothes`.
    """
    from shoplens.errors import BundleError
    from shoplens.models.runtime import OnnxModel

    damaged: dict[str, str] = {}
    with open_models(shop, names or ()) as models:
        checked = names or ["base", *models.shelf.names()]
        for name in checked:
            try:
                OnnxModel(models.shelf.load(name))
            except BundleError as error:
                damaged[name] = str(error)
    if as_json:
        print_json([{"name": name, "sound": name not in damaged, "problem": damaged.get(name, "")} for name in checked])
    else:
        for name in checked:
            print(f"{name}: {damaged.get(name, 'sound')}")
    if damaged:
        raise typer.Exit(1)


@app.command()
def compare(
    first: Name,
    second: Name,
    photos: Annotated[
        Path | None, typer.Argument(help="Photos to compare on, best in class folders; without it only cards are.")
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Compare two bundles: sizes, the figures of their cards, and on photos what both say of them.

    Example: `shoplens bundle compare base clothes photos/judged`.
    """
    from dataclasses import asdict

    with open_models(shop, [first, second]) as models:
        found = models.compare(first, second, photos)
    if as_json:
        print_json(asdict(found))
        return
    table = new_table("", first, second)
    for row in _rows(found):
        table.add_row(*row)
    print_table(table)


@app.command()
def promote(
    name: Annotated[str, typer.Argument(help="A bundle of the shop, `base`, or `none` for colours alone.")],
    shop: ShopOption = DEFAULT_SHOP,
    judged: Annotated[
        Path | None, typer.Option(help="Class folders on which it must not be worse than the one in use.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Take it although it is worse.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Embed and compare, and leave the model as it is.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Search with this bundle from now on: verify it, embed every photo with it, compare, then write the setting.

    The photos are indexed beside those in use, and the same questions are asked of both: how many of the ten nearest
    they share, and how often each finds another photo of the same product. Until the setting is written, searches go
    on with the old model. A server that runs takes the new one up by itself, without a pause.

    Examples: `shoplens bundle promote clothes`, `shoplens bundle promote clothes --judged photos/judged`,
    `shoplens bundle promote clothes --dry-run`.
    """
    from dataclasses import asdict

    with open_shop(shop) as opened:
        with progress_bar("Embedding photos") as tick:
            summary, found = opened.models.prepare(
                name, judged=judged, force=force, progress=lambda p: tick(p.photos, None)
            )
        if found is not None and not as_json:
            _print_comparison(found, opened.settings.model, name)
        if not dry_run:
            opened.models.promote(name)
    if as_json:
        told = {
            "model": name,
            "embedded": summary.filled,
            "seconds": round(summary.seconds, 3),
            "switched": not dry_run,
        }
        print_json({**told, "comparison": asdict(found) if found else None})
    elif dry_run:
        print(
            f"{name} is ready; {summary.filled} photos were embedded in {summary.seconds:.1f} s. Nothing was switched."
        )
    else:
        print(f"{name} searches now; {summary.filled} photos were embedded in {summary.seconds:.1f} s.")


@app.command()
def rollback(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Search with the model that did before the last promotion.

    Its vectors are still there. Where its bundle was trained anew or damaged since, the copy that was kept of it takes
    its place again.
    """
    with open_shop(shop) as opened, progress_bar("Embedding photos") as tick:
        state = opened.models.rollback(lambda p: tick(p.photos, None))
    if as_json:
        print_json({"model": state.name, "id": state.id})
    else:
        print(f"{state.name} searches again{f' ({state.id})' if state.id else ''}.")


@app.command()
def add(
    source: Annotated[
        str, typer.Argument(help="A bundle's folder, a .zip or .tar of one, an .onnx encoder, or the address of one.")
    ],
    shop: ShopOption = DEFAULT_SHOP,
    name: Annotated[str, typer.Option(help="Name in the shop; the bundle's own if left out.")] = "",
    sha256: Annotated[
        str, typer.Option(help="Of the file, or of a folder's manifest; else the one beside the address counts.")
    ] = "",
    preprocess: Annotated[
        Path | None, typer.Option(help="What an .onnx encoder wants of photos: a TOML or JSON file.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of a bundle of that name.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add a bundle to the shop, verified; it searches only once it is promoted.

    An address that ends in "/" is a bundle's folder. A download that stopped goes on when it is started again.
    SHOPLENS_MODEL_MIRROR, or `model_mirror` in shoplens.toml, names another place to fetch from.

    Examples: `shoplens bundle add https://models.example/clothes.zip`, `shoplens bundle add clothes/`,
    `shoplens bundle add encoder.onnx --preprocess encoder.toml`.
    """
    with open_shop(shop, create=True) as opened, progress_bar("Fetching") as tick:
        bundle = opened.models.add(
            source, name=name, sha256=sha256, preprocessing=preprocess, replace=replace, progress=tick
        )
    name = bundle.path.name
    if as_json:
        print_json({"name": name, "id": bundle.id, "bundle": str(bundle.path), "labels": len(bundle.labels)})
        return
    print(f"{name} is on the shelf: {bundle.id}.")
    print(f"use it    shoplens bundle promote {name} --shop {shop}")


def _print_comparison(found: IndexComparison, old: str, new: str) -> None:
    table = new_table("", old, new)
    if found.pairs:
        pairs = f"nearest is of the same product, {found.pairs} photos"
        table.add_row(pairs, *(f"{share:.1%}" for share in found.first))
        table.add_row("one of ten is", *(f"{share:.1%}" for share in found.among_ten))
    table.add_row(f"same ten nearest, {found.photos} photos", "", f"{found.overlap:.1%}")
    print_table(table)


def _rows(found: BundleComparison) -> Iterator[tuple[str, str, str]]:
    one, two = found.first, found.second
    yield "id", one.id, two.id
    yield "network", _megabytes(one.bytes), _megabytes(two.bytes)
    yield "all files", _megabytes(one.folder_bytes), _megabytes(two.folder_bytes)
    yield "categories", str(one.categories), str(two.categories)
    if found.photos:
        yield "embedding", str(one.dim), str(two.dim)
        yield "ms a photo", _figure(one.milliseconds), _figure(two.milliseconds)
        yield "accuracy", _figure(one.accuracy), _figure(two.accuracy)
        yield "nearest is of its class", _figure(one.neighbours), _figure(two.neighbours)
        yield "same label", _figure(found.same_label), f"on {found.photos} photos"
        yield "same ten neighbours", _figure(found.overlap), f"on {found.photos} photos"
    for figure in dict.fromkeys([*one.figures, *two.figures]):
        yield f"card: {figure}", _figure(one.figures.get(figure)), _figure(two.figures.get(figure))


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _megabytes(size: object) -> str:
    return f"{size / 1e6:.2f} MB" if isinstance(size, int) and size else ""


def _flat(card: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in card.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, str(value)
