"""`shoplens inspect`: what is wrong with the photos of a shop, a feed, a folder or one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from shoplens.cli import inspect_fix, inspect_ledger, inspect_lines
from shoplens.cli.default_command import DefaultCommand
from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.inspect_report import check_suffix, write_report
from shoplens.cli.progress import progress_bar

if TYPE_CHECKING:
    from shoplens.quality.inspection_report import InspectionReport

_GRAVE = ("error", "warning", "info")
FailOn = Literal["error", "warning", "never"]

app = typer.Typer(cls=DefaultCommand, rich_markup_mode=None)
app.command("status")(inspect_ledger.status)
app.command("ledger")(inspect_ledger.ledger)
app.command("waive")(inspect_ledger.waive)
app.command("unwaive")(inspect_ledger.unwaive)
app.command("fix")(inspect_fix.fix)
app.command("undo")(inspect_fix.undo)
inspect_lines.add_to(app)


@app.callback()
def inspection() -> None:
    """Find what is wrong with photos and products, keep a ledger of it, and mend what is safe.

    `shoplens inspect [SOURCE] [OPTIONS]` is short for `shoplens inspect run [SOURCE] [OPTIONS]`.

    Examples: `shoplens inspect`, `shoplens inspect photos/ --rules google-2027,amazon --report report.html`,
    `shoplens inspect status`, `shoplens inspect fix --dry-run`, `shoplens inspect learn cookies good/`.
    """


@app.command("run")
def inspect(
    source: Annotated[
        Path | None, typer.Argument(help="A folder of photos, one photo or a feed; none: the shop.")
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    rules: Annotated[str, typer.Option(help="Rule packs or TOML files, as google-2027,amazon.")] = "",
    report: Annotated[Path | None, typer.Option(help="Write a report: .html, .json or .csv.")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 if there is a problem as grave as this.")] = "error",
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong with photos and products.

    It goes by the photo rules of marketplaces or of the shop. The findings of a shop are kept in its ledger, and only
    what changed is looked at again; a feed is read into a shop that is gone afterwards.
    Exit code 0: nothing as grave as --fail-on; 1: something.

    Examples: `shoplens inspect`, `shoplens inspect photos/ --rules google-2027,amazon --report report.html`.
    """
    if report is not None:
        check_suffix(report)
    with _inspected(source, shop, [name.strip() for name in rules.split(",") if name.strip()]) as result:
        if report is not None:
            write_report(result, report)
    if as_json:
        print_json(result.to_dict())
    else:
        _show(result, report)
    if fail_on != "never" and result.at_least(fail_on):
        raise typer.Exit(1)


@contextmanager
def _inspected(source: Path | None, shop: Path, rules: list[str]) -> Iterator[InspectionReport]:
    """Give the report; while the block runs, the files that it shows are there."""
    from shoplens.quality.inspector import Inspector, is_picture_name

    if source is not None and source.is_file() and not is_picture_name(source.name):
        with _inspected_feed(source, rules) as report:
            yield report
        return
    with progress_bar("Inspecting photos") as tick:
        if source is not None:
            report = Inspector(rules or ["shop"]).inspect_folder(source, tick)
        else:
            with open_shop(shop) as opened:
                report = opened.inspect(rules=rules, progress=tick)
    yield report


@contextmanager
def _inspected_feed(source: Path, rules: list[str]) -> Iterator[InspectionReport]:
    """Inspect a feed's products in a shop that lives as long as the block, without a model."""
    from dataclasses import replace
    from tempfile import TemporaryDirectory

    from shoplens.feeds.detect import open_feed
    from shoplens.settings import SETTINGS_FILE, write_setting

    open_feed(source)  # before a shop is made for a file that is no feed
    with TemporaryDirectory(prefix="shoplens-inspect-") as folder:
        write_setting(Path(folder) / SETTINGS_FILE, "model", "none")
        with open_shop(Path(folder), create=True) as opened:
            opened.import_catalog(source)
            with progress_bar("Inspecting photos") as tick:
                report = opened.inspect(rules=rules, progress=tick)
            yield replace(report, source=str(source))


def _show(result: InspectionReport, report: Path | None) -> None:
    from shoplens.quality.messages import message

    products = f"{result.products:,} products, " if result.products else ""
    known = f", {result.photos - result.looked:,} of them as before" if result.looked < result.photos else ""
    print(
        f"{products}{result.photos:,} photos{known} in {result.seconds:.1f} s, by the rules of "
        f"{', '.join(result.rules)}."
    )
    for name, ready in result.ready().items():
        what = "products" if result.products else "photos"
        print(f"Ready for {name}: {ready.ready:,} of {ready.total:,} {what} ({ready.share:.1%}).")
    if result.waived:
        print(f"Waived: {len(result.waived):,} findings.")
    if not result.findings:
        print("No problem was found.")
    else:
        severities = {finding.code: finding.severity for finding in reversed(result.findings)}
        table = new_table("severity", "code", "problem", "photos or products")
        counts = result.counts()
        for code in sorted(counts, key=lambda code: (_GRAVE.index(severities[code]), -counts[code])):
            table.add_row(severities[code], code, message(code).title_en, f"{counts[code]:,}")
        print_table(table)
    if report is not None:
        print(f"Report: {report}")
