"""What every command shares at its edge: errors become one line and an exit code, answers become a table or JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shoplens.records import Match
    from shoplens.shop import Shop

ShopOption = Annotated[
    Path, typer.Option("--shop", help="The shop's folder.", envvar="SHOPLENS_SHOP", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many results at most.")]
DEFAULT_SHOP = Path("shop")


@contextmanager
def open_shop(folder: Path, *, create: bool = False) -> Iterator[Shop]:
    """Open the shop for one command."""
    from shoplens.shop import Shop

    with Shop.open(folder, create=create) as shop:
        yield shop


def print_json(value: object) -> None:
    """Print JSON, UTF-8, indented for a terminal and on one line for a pipe."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=str))


def print_matches(matches: Sequence[Match], *, as_json: bool) -> None:
    """Print results as a table, or as JSON."""
    if as_json:
        print_json([match_dict(match) for match in matches])
        return
    if not matches:
        print("No match.")
        return
    table = new_table("score", "product", "title", "price", "why")
    for match in matches:
        price = match.product.sale_price or match.product.price
        why = ", ".join(f"{r.code}: {r.value}" if r.value else r.code for r in match.reasons)
        table.add_row(
            f"{match.score:.2f}",
            match.product.id,
            match.product.title,
            f"{price.amount} {price.currency}".strip() if price else "",
            why.replace("_", " "),
        )
    print_table(table)


def match_dict(match: Match) -> dict[str, object]:
    """Return the match as JSON shows it."""
    return {
        "product": match.product.id,
        "listing": match.product.listing,
        "title": match.product.title,
        "score": round(match.score, 4),
        "photo": match.photo,
        "reasons": [{"code": r.code, "value": r.value} for r in match.reasons],
    }


def new_table(*columns: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - rich is imported when it is needed
    """Return an empty table of rich."""
    from rich.table import Table

    return Table(*columns, box=None, pad_edge=False)


def print_table(table: object) -> None:
    """Print a table of rich; piped, it is as wide as it needs to be."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 160
    Console(width=width, highlight=False).print(table)
