"""`shoplens feed`: addresses that a server imports again and again."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplens.cli.edge import (
    DEFAULT_SHOP,
    JsonOption,
    ShopOption,
    error_line,
    new_table,
    open_shop,
    print_json,
    print_table,
)
from shoplens.cli.import_ import import_progress, print_summary, read_mapping

if TYPE_CHECKING:
    from shoplens.catalog.feed_addresses import FeedAddress

app = typer.Typer(help="Addresses that a server imports again and again.", no_args_is_help=True, rich_markup_mode=None)

_UNITS = {"m": 60, "h": 3_600, "d": 86_400}

EveryOption = Annotated[str, typer.Option("--every", help="Time between imports: 30m, 6h, 1d.")]
NumberArgument = Annotated[int, typer.Argument(help="The feed's number, as `list` shows it.")]


@app.callback()
def feed() -> None:
    """Addresses that a server imports again and again."""


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="The feed's address, http or https.")],
    every: EveryOption = "1d",
    origin: Annotated[str, typer.Option(help="google, shopify, ... where the detection errs.")] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from this column.")
    ] = None,
    sync: Annotated[bool, typer.Option("--sync", help="Retire products that the feed no longer has.")] = False,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Import the feed at an address again and again, while `shoplens serve` runs.

    What the server says of the feed's version is sent back, so that an unchanged one costs nothing. Addresses of
    private networks are refused, unless the setting `allow_private_urls` allows them.

    Examples: `shoplens feed add https://shop.example/feed.xml --every 6h`.
    """
    from shoplens.feeds.fetch_feed import check_feed_address

    interval = _interval(every)
    check_feed_address(url)  # before a folder is made for what is no address
    with open_shop(shop, create=True) as opened:
        added = opened.feeds.add(url, every=interval, origin=origin, mapping=read_mapping(columns or []), sync=sync)
    if as_json:
        print_json(_plain(added))
    else:
        print(f"Feed {added.id}: {added.url}, every {_words(added.every_s)}. The server imports it while it runs;")
        print(f"now: shoplens feed run {added.id}")


@app.command("list")
def list_feeds(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the addresses, and how the last import of each went.

    Examples: `shoplens feed list`.
    """
    with open_shop(shop) as opened:
        found = opened.feeds.all()
    if as_json:
        print_json([_plain(one) for one in found])
    elif not found:
        print("There are no feed addresses. Add one with: shoplens feed add URL --every 6h")
    else:
        table = new_table("number", "address", "every", "imported", "next", "problem")
        for one in found:
            comes = "paused" if one.paused else _minute(one.next_at)
            row = (str(one.id), one.url, _words(one.every_s), _minute(one.read_at), comes, one.problem)
            table.add_row(*row)
        print_table(table)


@app.command("set")
def change(
    number: NumberArgument,
    every: Annotated[str, typer.Option("--every", help="Time between imports: 30m, 6h, 1d.")] = "",
    url: Annotated[str, typer.Option("--url", help="Another address.")] = "",
    paused: Annotated[bool | None, typer.Option("--pause/--resume", help="Leave it out, or go on.")] = None,
    sync: Annotated[bool | None, typer.Option("--sync/--keep", help="Retire what it no longer has, or keep.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Change a feed's address or interval, or pause it.

    Examples: `shoplens feed set 1 --every 1h`, `shoplens feed set 1 --pause`.
    """
    interval = _interval(every) if every else None
    with open_shop(shop) as opened:
        changed = opened.feeds.change(number, url=url or None, every=interval, paused=paused, sync=sync)
    if as_json:
        print_json(_plain(changed))
    else:
        comes = "paused" if changed.paused else f"next {_minute(changed.next_at)}"
        print(f"Feed {changed.id}: {changed.url}, every {_words(changed.every_s)}, {comes}.")


@app.command()
def remove(number: NumberArgument, shop: ShopOption = DEFAULT_SHOP) -> None:
    """Import a feed no more; its products stay.

    Examples: `shoplens feed remove 1`.
    """
    with open_shop(shop) as opened:
        gone = opened.feeds.remove(number)
    print(f"Removed: {gone.url}. Its products stay in the shop.")


@app.command()
def run(
    number: Annotated[int | None, typer.Argument(help="The feed's number; without it all that are due.")] = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Import a feed now, or all that are due; for a timer of your own where no server runs.

    Exit code 1: a feed failed; the others are imported all the same.

    Examples: `shoplens feed run 1`, `shoplens feed run`.
    """
    from shoplens.errors import ShopLensError

    told: list[dict[str, Any]] = []
    with open_shop(shop) as opened, import_progress() as progress:
        wanted = [opened.feeds.one(number)] if number is not None else opened.feeds.due()
        for one in wanted:
            try:
                came = opened.feeds.run(one.id, progress=progress)
            except ShopLensError as error:
                after = opened.feeds.one(one.id)
                told.append({**_plain(after), "state": "failed"})
                if not as_json:
                    print(f"{one.url}: {error_line(error)} Next try: {_minute(after.next_at)}.")
                continue
            summary = came.summary.to_dict() if came.summary else None
            told.append({**_plain(came.feed), "state": "imported" if summary else "unchanged", "summary": summary})
            if not as_json and came.summary:
                print_summary(came.summary)
            elif not as_json:
                print(f"{one.url}: unchanged since {_minute(one.read_at)}.")
    if as_json:
        print_json(told)
    elif not wanted:
        print("No feed is due.")
    if any(one["state"] == "failed" for one in told):
        raise typer.Exit(1)


def _interval(text: str) -> dt.timedelta:
    from shoplens.errors import BadInput

    found = re.fullmatch(r"(\d{1,6})\s*([mhd])", text.strip().lower())
    if not found:
        raise BadInput("--every needs a number and m, h or d.", received=text, remedy="For example: --every 6h")
    return dt.timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def _words(seconds: int) -> str:
    unit = next((name for name in ("d", "h", "m") if seconds % _UNITS[name] == 0), "")
    return f"{seconds // _UNITS[unit]}{unit}" if unit else f"{seconds} s"


def _minute(moment: str) -> str:
    if not moment:
        return ""
    return dt.datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")


def _plain(one: FeedAddress) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one)
