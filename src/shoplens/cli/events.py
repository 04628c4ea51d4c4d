"""`shoplens events`: what shoppers did, what came of answers, and what a shopper may ask for."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table

if TYPE_CHECKING:
    from shoplens.events.intake import Intake
    from shoplens.events.rates import Rates
    from shoplens.events.searches import Searches
    from shoplens.events.visitor_data import Erased

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
    format: Annotated[
        str, typer.Option(metavar="NAME", help="The events' format, where their names do not tell it.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Store events of Google retail, GA4, Algolia, Recombee, Gorse or Metarank, or a plain table.

    Repeats do no harm. Exits with 1 where every single event was refused.

    Examples: `shoplens events import events.jsonl`, `shoplens events import feedback.csv --format gorse`.
    """
    with open_shop(shop) as opened:
        intake = opened.events.add(source, format=format)
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


@app.command()
def rates(
    since: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Of answers from here on, in UTC."),
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Show click-through, add-to-cart and purchase rates of answers, by placement, model and experiment.

    Answers over HTTP carry a token; an event that brings it back counts for its answer.

    Examples: `shoplens events rates`, `shoplens events rates --since 2026-11-01 --json`.
    """
    with open_shop(shop) as opened:
        lines = opened.events.rates(None if since is None else since.replace(tzinfo=dt.UTC))
    if as_json:
        print_json([_rates_dict(line) for line in lines])
    elif not lines:
        print("No answer is logged yet: answers over HTTP are, by the setting log_answers.")
    else:
        table = new_table(
            "placement", "model", "experiment", "answers", "with a click", "shown", "clicked", "carted", "bought"
        )
        for line in lines:
            counts = [_of(line.clicked, line.shown), _of(line.carted, line.shown), _of(line.bought, line.shown)]
            low, high = line.answer_click_interval
            with_click = f"{_of(line.answers_clicked, line.answers)[:-1]}, {low:.1%} to {high:.1%})"
            answers = [str(line.answers), with_click, str(line.shown)]
            table.add_row(line.placement, line.model, line.experiment, *answers, *counts)
        print_table(table)


@app.command()
def searches(
    since: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Of searches from here on, in UTC."),
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Show how often shoppers searched each day, by photo and by words, and how many searches found nothing.

    Searches over HTTP count, by days of UTC. Where the setting log_answers logs a part of them, the numbers of all are
    estimated from it.

    Examples: `shoplens events searches`, `shoplens events searches --since 2026-11-01 --json`.
    """
    with open_shop(shop) as opened:
        lines = opened.events.searches(None if since is None else since.replace(tzinfo=dt.UTC))
    if as_json:
        print_json([_searches_dict(line) for line in lines])
    elif not lines:
        print("No search is logged yet: searches over HTTP are, by the setting log_answers.")
    else:
        table = new_table("day", "asked by", "searches", "no match", "logged")
        for line in lines:
            low, high = line.no_match_interval
            missed = f"{line.no_match:.0f} ({line.no_match_rate:.1%}, {low:.1%} to {high:.1%})"
            table.add_row(str(line.day), line.sought, f"{line.searches:.0f}", missed, str(line.logged))
        print_table(table)


@app.command("export")
def export_visitor(
    visitor: Annotated[str, typer.Argument(help="The visitor's identifier, as the events name it.")],
    shop: ShopOption = DEFAULT_SHOP,
) -> None:
    """Print all that is kept of a visitor as JSON: events, and logged answers that the visitor was given.

    Example: `shoplens events export visitor-0027 > visitor.json`.
    """
    with open_shop(shop) as opened:
        print_json(opened.events.export(visitor))


@app.command()
def erase(
    visitor: Annotated[str, typer.Argument(help="The visitor's identifier, as the events name it.")],
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Delete all that is kept of a visitor, at once and for ever, on the disk too.

    What is learned of events is learned without these from the next refresh on; a running server notices by itself.

    Example: `shoplens events erase visitor-0027`.
    """
    with open_shop(shop) as opened:
        erased = opened.events.erase(visitor)
    _print_erased(erased, as_json=as_json)


@app.command()
def prune(
    before: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="From before this, in UTC."),
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Delete events and logged answers that are older than the setting event_days, or from before a time.

    Where event_days is set, a server that takes events does this by itself, once an hour at most.

    Examples: `shoplens events prune`, `shoplens events prune --before 2025-01-01`.
    """
    with open_shop(shop) as opened:
        erased = opened.events.prune(None if before is None else before.replace(tzinfo=dt.UTC))
    _print_erased(erased, as_json=as_json)


def _of(count: int, shown: int) -> str:
    return f"{count} ({count / shown:.2%})"


def _rates_dict(line: Rates) -> dict[str, object]:
    return {
        **asdict(line),
        "click_rate": line.click_rate,
        "cart_rate": line.cart_rate,
        "purchase_rate": line.purchase_rate,
        "answer_click_rate": line.answer_click_rate,
        "answer_click_interval": line.answer_click_interval,
    }


def _searches_dict(line: Searches) -> dict[str, object]:
    return {
        **asdict(line),
        "day": line.day.isoformat(),
        "no_match_rate": line.no_match_rate,
        "no_match_interval": line.no_match_interval,
    }


def _print_erased(erased: Erased, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(erased))
    else:
        print(f"{erased.events} events and {erased.answers} logged answers deleted.")


def _as_dict(intake: Intake) -> dict[str, object]:
    return {
        "accepted": intake.accepted,
        "repeated": intake.repeated,
        "rejected": [{"number": r.number, "code": r.code, "message": r.message} for r in intake.rejected],
    }
