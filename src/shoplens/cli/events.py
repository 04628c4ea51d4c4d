"""`shoplens events`: what shoppers did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, open_shop, print_json

if TYPE_CHECKING:
    from shoplens.events.intake import Intake

app = typer.Typer(help="What shoppers did.", no_args_is_help=True, rich_markup_mode=None)

_SHOWN = 10


@app.callback()
def events() -> None:
    """What shoppers did: views, carts, purchases."""


@app.command("import")
def import_events(
    source: Annotated[
        Path, typer.Argument(help="JSON, JSON lines or CSV of any known kind.", exists=True, dir_okay=False)
    ],
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Store events of Google retail, GA4, Algolia Insights, Recombee or Gorse, or a plain table; repeats do no harm.

    Exits with 1 where every single event was refused.
    """
    with open_shop(shop) as opened:
        intake = opened.events.add(source)
    if as_json:
        print_json(_as_dict(intake))
    else:
        print(f"{intake.accepted} events stored, {intake.repeated} known already, {len(intake.rejected)} refused.")
        for rejection in intake.rejected[:_SHOWN]:
            print(f"  {rejection.number}: {rejection.message}")
        if len(intake.rejected) > _SHOWN:
            print(f"  ... and {len(intake.rejected) - _SHOWN} more: {intake.reasons()}")
    if intake.rejected and not intake.accepted + intake.repeated:
        raise typer.Exit(1)


def _as_dict(intake: Intake) -> dict[str, object]:
    return {
        "accepted": intake.accepted,
        "repeated": intake.repeated,
        "rejected": [{"number": r.number, "code": r.code, "message": r.message} for r in intake.rejected],
    }
