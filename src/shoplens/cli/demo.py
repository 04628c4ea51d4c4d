"""`shoplens demo`: a shop of our own drawing, imported, inspected and served."""

from __future__ import annotations

import shutil
import threading
import time
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from shoplens.cli.edge import open_shop
from shoplens.cli.serve import serve

_MARK = "drawn-by-shoplens"


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demonstration shop lives.")] = Path("demo-shop"),
    products: Annotated[int, typer.Option(min=14, max=5000, help="How many products to draw.")] = 320,
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Draw it again although it is there.")] = False,
    serve_page: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the page at the end.")] = True,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> None:
    """Draw a shop of a few hundred products, import it, find its planted faults, and open its page."""
    shop = folder / "shop"
    if fresh:
        _remove(folder)
    if not (folder / _MARK).is_file():
        _make(folder, shop, products)
    if not serve_page:
        return
    if browser:
        threading.Thread(target=_open_browser, args=(port,), daemon=True).start()
    serve(shop=shop, host="127.0.0.1", port=port)


def _make(folder: Path, shop: Path, products: int) -> None:
    from shoplens.cli.progress import progress_bar
    from shoplens.demo.shop import draw_shop
    from shoplens.settings import SETTINGS_FILE, write_setting

    began = time.monotonic()
    source = folder / "source"
    with progress_bar("Drawing photos") as tick:
        truth = draw_shop(source, products=products, progress=tick)
    shop.mkdir(parents=True, exist_ok=True)
    write_setting(shop / SETTINGS_FILE, "name", "ShopLens Demo")
    with open_shop(shop, create=True) as opened:
        with progress_bar("Importing and embedding") as tick:
            summary = opened.import_catalog(
                source / "products.tsv", progress=lambda p: tick(p.rows, p.total_rows or truth.rows)
            )
        print(f"  {dict(summary.rows)} rows, {dict(summary.photos)} photos; the problems are planted: {summary.report}")
        with progress_bar("Inspecting photos") as tick:
            report = opened.inspect(progress=tick)
        print(f"  {len(report.findings)} findings.")
        with progress_bar("Naming categories and colours") as tick:
            opened.classify_catalog(apply=True, progress=tick)
        events = opened.add_events(source / "events.jsonl")
        print(f"  {events.accepted} events of shoppers.")
    (folder / _MARK).write_text("The folder holds nothing else; `shoplens demo --fresh` makes it anew.\n")
    print(f"The demonstration shop is in {folder} ({time.monotonic() - began:.0f} s).")


def _remove(folder: Path) -> None:
    from shoplens.errors import BadInput

    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise BadInput(
            "This folder was not made by the demonstration, so it is not removed.",
            received=folder,
            remedy="Name another one with --folder.",
        )
    shutil.rmtree(folder, ignore_errors=True)


def _open_browser(port: int) -> None:
    time.sleep(1.0)
    webbrowser.open(f"http://127.0.0.1:{port}/")
