"""`shoplens demo`: a shop of our own drawing, imported, inspected and served."""

from __future__ import annotations

import shutil
import sys
import threading
import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import open_shop
from shoplens.cli.progress import progress_bar
from shoplens.cli.serve import PortOption, serve_shop

_MARK = "drawn-by-shoplens"
_UNFINISHED = "unfinished\n"
_FINISHED = "The folder holds nothing else; `shoplens demo --fresh` makes it anew.\n"


def demo(
    folder: Annotated[Path, typer.Option(metavar="DIR", help="Where the demonstration shop lives.")] = Path(
        "demo-shop"
    ),
    products: Annotated[int, typer.Option(min=14, max=5000, help="How many products to draw.")] = 320,
    port: PortOption = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Draw it again although it is there.")] = False,
    serve_page: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the page at the end.")] = True,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> None:
    """Draw a shop with photos, shoppers and planted faults, and open its page.

    The shop is imported, inspected and classified on the way. It is drawn once; another call opens it again.

    Examples: `shoplens demo`, `shoplens demo --products 60 --no-serve`,
    `shoplens search "red dress" --shop demo-shop/shop`.
    """
    mark = folder / _MARK
    _refuse_foreign(folder)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    if mark.is_file() and mark.read_text(encoding="utf-8") != _UNFINISHED:
        print(f"The shop in {folder} is from before; --fresh draws another.", file=sys.stderr)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(_UNFINISHED, encoding="utf-8")
        _make(folder, products)
        mark.write_text(_FINISHED, encoding="utf-8")
    if serve_page:
        serve_shop(folder / "shop", "127.0.0.1", port, _open_browser if browser else None)


def _make(folder: Path, products: int) -> None:
    from shoplens.demo.shop import draw_shop
    from shoplens.settings import SETTINGS_FILE, write_setting

    began = time.monotonic()
    source, shop = folder / "source", folder / "shop"
    with progress_bar("Drawing photos") as tick:
        truth = draw_shop(source, products=products, progress=tick)
    shop.mkdir(exist_ok=True)
    write_setting(shop / SETTINGS_FILE, "name", "ShopLens Demo")
    with open_shop(shop, create=True) as opened:
        with progress_bar("Importing and embedding") as tick:
            summary = opened.import_catalog(
                source / "products.tsv", progress=lambda p: tick(p.rows, p.total_rows or truth.rows)
            )
        print(f"Products    {opened.catalog.count()}, with {summary.photos['embedded']} photos.")
        with progress_bar("Inspecting photos") as tick:
            report = opened.inspect(progress=tick)
        print(f"Findings    {len(report.findings)}; {len(truth.faults)} faults were planted.")
        with progress_bar("Naming categories and colours") as tick:
            said = opened.classify_catalog(apply=True, progress=tick)
        print(f"Categories  {sum(answer.category.label is not None for _, answer in said)} products named.")
        shutil.copytree(source / "queries", shop / "queries", dirs_exist_ok=True)
        events = opened.events.add(source / "events.jsonl")
        print(f"Events      {events.accepted} of shoppers.")
    print(f'Ready in {time.monotonic() - began:.0f} s. Try: shoplens search "red dress" --shop {shop}')


def _refuse_foreign(folder: Path) -> None:
    from shoplens.errors import BadInput

    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / _MARK).is_file()):
        raise BadInput(
            "This folder was not made by the demonstration, so nothing in it is touched.",
            received=folder,
            remedy="Name a new one with --folder.",
        )


def _open_browser(address: str) -> None:
    # The server starts to answer once this function has returned.
    timer = threading.Timer(0.5, webbrowser.open, (address,))
    timer.daemon = True
    timer.start()
