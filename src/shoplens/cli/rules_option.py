"""By which rules photos are inspected and mended."""

from __future__ import annotations

from typing import Annotated

import typer

RulesOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Rule packs or TOML files, as google-2027,amazon; none: the shop's own, or for a fix "
        "all that the shop was inspected by lately."
    ),
]


def pack_names(given: list[str] | None) -> list[str]:
    """Return the packs that are named, with commas or one option after the other; none where there is no option.

    Raises:
        BadInput: an option names none.
    """
    from shoplens.errors import BadInput

    names = [name.strip() for option in given or () for name in option.split(",")]
    if not all(names):
        raise BadInput("--rules names no rule pack.", received=given, remedy="Name one, or leave the option out.")
    return names
