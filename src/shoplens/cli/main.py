"""The command line: one file per command, whose heavy imports wait until it is called."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

import shoplens
from shoplens.cli import (
    bundle,
    classify,
    demo,
    evaluate,
    events,
    import_,
    inspect,
    photo,
    products,
    recommend,
    search,
    serve,
    train,
)

app = typer.Typer(
    name="shoplens",
    help="Pictures in online shops: import, search, recommend, classify, inspect, train. All on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("import")(import_.import_catalog)
app.command()(products.products)
app.command()(search.search)
app.command()(classify.classify)
app.command()(inspect.inspect)
app.add_typer(recommend.app, name="recommend")
app.add_typer(events.app, name="events")
app.command()(train.train)
app.command()(evaluate.evaluate)
app.add_typer(bundle.app, name="bundle")
app.add_typer(photo.app, name="photo")
app.command()(serve.serve)
app.command()(demo.demo)


def _version(value: bool) -> None:
    if value:
        print(f"shoplens {shoplens.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Pictures in online shops: import, search, recommend, classify, inspect, train. All on this machine."""


def run() -> None:
    """Run the command of the arguments; an error of ShopLens is one line on stderr and exit code 2."""
    from shoplens.errors import ShopLensError

    try:
        app()
    except ShopLensError as error:
        print(f"shoplens: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        # The reader (such as `head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
