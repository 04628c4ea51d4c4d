"""The command line: one file per command, whose heavy imports wait until it is called."""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated

import typer

import shoplens
from shoplens.cli import (
    bundle,
    classify,
    demo,
    evaluate,
    events,
    explain,
    export,
    feed,
    import_,
    inspect,
    locate,
    photo,
    products,
    recommend,
    search,
    serve,
    teach,
    train,
)
from shoplens.cli.command_tree import CommandTree
from shoplens.cli.edge import error_line

app = typer.Typer(
    name="shoplens",
    cls=CommandTree,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)
app.command("import")(import_.import_catalog)
app.add_typer(feed.app, name="feed")
app.command()(products.products)
app.command()(search.search)
app.command()(locate.locate)
app.add_typer(recommend.app, name="recommend")
app.command()(classify.classify)
app.command()(teach.teach)
app.add_typer(inspect.app, name="inspect")
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(export.export)
app.command()(explain.explain)
app.add_typer(bundle.app, name="bundle")
app.add_typer(events.app, name="events")
app.add_typer(photo.app, name="photo")
app.command()(serve.serve)


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
    """Pictures in online shops: import, search, recommend, classify, inspect, train. All on this machine.

    A shop is a folder. Each command works on the one that --shop names, else SHOPLENS_SHOP, else ./shop.

    Exit codes: 0 all is well; 1 something was found, or a file failed; 2 a mistake in the call, or a thing that is
    missing; 70 a mistake in ShopLens; 130 stopped by Ctrl-C.

    Examples: `shoplens demo`, `shoplens import products.csv`, `shoplens search photo.jpg`, `shoplens serve`.
    """


def run() -> None:
    """Run the command of the arguments; whatever goes wrong becomes a line on stderr and an exit code."""
    from shoplens.errors import ShopLensError

    for stream in (sys.stdout, sys.stderr):
        _speak_every_language(stream)
    try:
        app(prog_name="shoplens")
    except ShopLensError as error:
        _end(error_line(error), 2)
    except BrokenPipeError:
        # The reader (such as `head`) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        _end(f"{error.strerror or error}{f' (file: {error.filename})' if error.filename else ''}.", 2)
    except Exception:
        traceback.print_exc()
        _end("this is a mistake in ShopLens, not yours. Please report it with the lines above.", 70)


def _speak_every_language(stream: object) -> None:
    """Make a stream take any title: UTF-8 for a pipe or a file; a terminal shows a mark for what it lacks."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _end(line: str, code: int) -> None:
    print(f"shoplens: {line}", file=sys.stderr)
    sys.exit(code)
