"""What every command shares at its edge: options, the shop, and answers as JSON or as a table."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shoplens.errors import ShopLensError
    from shoplens.records import Match, Price
    from shoplens.shop import Shop
    from shoplens.shop_models import ShopModels

ShopOption = Annotated[
    Path, typer.Option("--shop", metavar="DIR", help="The shop's folder.", envvar="SHOPLENS_SHOP", show_default=True)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many results at most.")]
DEFAULT_SHOP = Path("shop")

# Piped, a row is one line, however long; programs cut and search lines.
_NO_LIMIT = 100_000


@contextmanager
def open_shop(folder: Path, *, create: bool = False) -> Iterator[Shop]:
    """Open the shop for one command."""
    from shoplens.shop import Shop

    with Shop.open(folder, create=create) as shop:
        yield shop


@contextmanager
def open_models(folder: Path, names: Sequence[str] = ()) -> Iterator[ShopModels]:
    """Open the models of a shop for one command; where there is no shop, and "base" is all that is named, that one.

    Raises:
        NotFound: there is no shop, and another bundle is named.
    """
    from shoplens.errors import NotFound
    from shoplens.shop_models import base_models

    with ExitStack() as stack:
        try:
            models = stack.enter_context(open_shop(folder)).models
        except NotFound:
            if set(names) - {"base"}:
                raise
            models = base_models(folder)
        yield models


def error_line(error: ShopLensError) -> str:
    """Return the error as one line: what is wrong, the value received, the remedy."""
    what = error.what
    if error.received is not None:
        what = f"{what.removesuffix('.')} (received: {error.received!s:.300})."
    return " ".join(f"{what} {error.remedy}".split())


def print_json(value: object) -> None:
    """Print JSON, UTF-8, indented for a terminal and on one line for a pipe."""
    print(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=str))


def print_matches(matches: Sequence[Match], *, as_json: bool) -> None:
    """Print results as a table, or as JSON."""
    if as_json:
        print_json([match_dict(match) for match in matches])
        return
    if not matches:
        print("No product matches.")
        return
    why = any(match.reasons for match in matches)
    judged = any(match.relation for match in matches)
    table = new_table(*(["match", "sure"] if judged else ["score"]), "product", "title", "price", *["why"][: int(why)])
    for match in matches:
        product = match.product
        reasons = ", ".join(f"{r.code}: {r.value}" if r.value else r.code for r in match.reasons).replace("_", " ")
        sure = [match.relation or "", f"{match.same_product or 0.0:.2f}"] if judged else [f"{match.score:.2f}"]
        cells = [*sure, product.id, product.title, price_text(product.sale_price or product.price)]
        table.add_row(*cells, *([reasons] if why else []))
    print_table(table)


def match_dict(match: Match) -> dict[str, object]:
    """Return the match as JSON shows it."""
    product = match.product
    price = product.sale_price or product.price
    return {
        "product": product.id,
        "listing": product.listing,
        "title": product.title,
        "category": product.category,
        "price": {"amount": str(price.amount), "currency": price.currency} if price else None,
        "availability": product.availability,
        "score": round(match.score, 4),
        "photo": match.photo,
        "relation": match.relation,
        "same_product": _rounded(match.same_product),
        "same_kind": _rounded(match.same_kind),
        "reasons": [{"code": r.code, "value": r.value} for r in match.reasons],
    }


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)


def price_text(price: Price | None) -> str:
    """Return "25.00 USD", or nothing where there is no price."""
    return f"{price.amount} {price.currency}".strip() if price else ""


def new_table(*columns: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - rich is imported when it is needed
    """Return an empty table of rich."""
    from rich.table import Table

    return Table(*columns, box=None, pad_edge=False)


def print_table(table: object) -> None:
    """Print a table of rich: as wide as the terminal, or as COLUMNS says; piped, as wide as it needs to be."""
    from rich.console import Console

    free = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    console = Console(width=_NO_LIMIT if free else None, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(table)
    # Rich fills every line up with blanks.
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))
