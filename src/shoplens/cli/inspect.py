"""`shoplens inspect`: what is wrong with the photos of a shop, a feed, a folder or one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from shoplens.cli import inspect_fix, inspect_ledger, inspect_lines
from shoplens.cli.default_command import DefaultCommand
from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.import_ import MapOption, OriginOption, PhotosOption, read_mapping
from shoplens.cli.inspect_feed import FeedReading, inspected_feed
from shoplens.cli.inspect_report import check_suffix, write_report
from shoplens.cli.progress import progress_bar
from shoplens.cli.rules_option import RulesOption, pack_names

if TYPE_CHECKING:
    from shoplens.quality.inspection_report import InspectionReport
    from shoplens.records import Finding

_GRAVE = ("error", "warning", "info")
_SHOWN_REJECTIONS = 10
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


def _named(source: str) -> Path:
    """Refuse an empty name, such as of a variable without a value: it would be the current folder."""
    from shoplens.errors import BadInput

    if not source:
        raise BadInput("SOURCE is empty.", remedy="Name a folder, a photo or a feed, or leave it out for the shop.")
    return Path(source)


@app.command("run")
def inspect(
    source: Annotated[
        Path | None, typer.Argument(help="A folder of photos, one photo or a feed; none: the shop.", parser=_named)
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    rules: RulesOption = None,
    report: Annotated[Path | None, typer.Option(help="Write a report: .html, .json or .csv.")] = None,
    origin: OriginOption = "",
    columns: MapOption = None,
    photos: PhotosOption = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 if there is a problem as grave as this.")] = "error",
    as_json: JsonOption = False,
) -> None:
    """Find what is wrong with photos and products.

    It goes by the photo rules of marketplaces or of the shop. Without --rules a folder, a photo or a feed is judged by
    the packs of the shop at --shop; where no shop is there, by the pack `shop`. The findings of a shop are kept in its
    ledger, and only what changed is looked at again. A feed is read into a shop that is gone afterwards, by --origin,
    --map and --photos as `shoplens import` reads it.
    Exit code 0: nothing as grave as --fail-on; 1: something, or a row of the feed was rejected.

    Examples: `shoplens inspect`, `shoplens inspect photos/ --rules google-2027,amazon --report report.html`.
    """
    if report is not None:
        check_suffix(report)
    reading = FeedReading(origin or None, read_mapping(columns or []), photos)
    with _inspected(source, shop, pack_names(rules), reading) as result:
        if report is not None:
            write_report(result, report)
    if as_json:
        print_json(result.to_dict())
    else:
        _show(result, report)
    if fail_on != "never" and (result.rejected or result.at_least(fail_on)):
        raise typer.Exit(1)


@contextmanager
def _inspected(source: Path | None, shop: Path, rules: list[str], reading: FeedReading) -> Iterator[InspectionReport]:
    """Give the report; while the block runs, the files that it shows are there."""
    from shoplens.errors import BadInput
    from shoplens.quality.inspector import Inspector, is_picture_name

    if source is not None and source.is_file() and not is_picture_name(source.name):
        with inspected_feed(source, rules or _packs_of(shop), reading) as report:
            yield report
        return
    if reading != FeedReading():
        raise BadInput(
            "--origin, --map and --photos say how to read a feed.",
            received=source or shop,
            remedy="Name a feed's file, or leave them out.",
        )
    with progress_bar("Inspecting photos") as tick:
        if source is not None:
            report = Inspector(rules or _packs_of(shop)).inspect_folder(source, tick)
        else:
            with open_shop(shop) as opened:
                report = opened.inspect(rules=rules, progress=tick)
    yield report


def _packs_of(shop: Path) -> list[str]:
    """Return the rule packs of a shop; where there is none, the pack for photos of any shop."""
    from shoplens.catalog.store import FILE_NAME
    from shoplens.settings import SETTINGS_FILE, Settings

    return list(Settings.read(shop / SETTINGS_FILE).rules) if (shop / FILE_NAME).is_file() else ["shop"]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _show(result: InspectionReport, report: Path | None) -> None:
    products = f"{_counted(result.products, 'product')}, " if result.products else ""
    known = f", {result.photos - result.looked:,} of them as before" if result.looked < result.photos else ""
    print(
        f"{products}{_counted(result.photos, 'photo')}{known} in {result.seconds:.1f} s, by the rules of "
        f"{', '.join(result.rules)}."
    )
    for name, ready in result.ready().items():
        total = _counted(ready.total, "product" if result.products else "photo")
        print(f"Ready for {name}: {ready.ready:,} of {total} ({ready.share:.1%}).")
    if result.waived:
        print(f"Waived: {_counted(len(result.waived), 'finding')}.")
    if result.rejected:
        _show_rejections(result)
    if result.photos == 1 and not result.products and result.findings:
        _show_findings(result.findings)
    elif result.findings:
        _show_counts(result)
    elif not result.rejected:
        print("No problem was found.")
    if report is not None:
        print(f"Report: {report}")


def _show_rejections(result: InspectionReport) -> None:
    print(f"Rows rejected, of which nothing was inspected: {result.rejected:,}.")
    table = new_table("row", "problem")
    for one in result.rejections[:_SHOWN_REJECTIONS]:
        table.add_row(str(one.row), one.message)
    print_table(table)
    if len(result.rejections) > _SHOWN_REJECTIONS:
        print(f"{len(result.rejections) - _SHOWN_REJECTIONS:,} more are told by --json and in reports.")


def _show_findings(findings: Sequence[Finding]) -> None:
    """Print what was found in one photo, each with its number, its limit and its place."""
    from shoplens.quality.measure_text import measure_text

    table = new_table("severity", "code", "what", "measured and limit", "box")
    for one in findings:
        box = ",".join(f"{place:.2f}" for place in astuple(one.box)) if one.box else ""
        table.add_row(one.severity, one.code, one.description, measure_text(one.detail) if one.detail else "", box)
    print_table(table)


def _show_counts(result: InspectionReport) -> None:
    from shoplens.quality.messages import message

    severities = {finding.code: finding.severity for finding in reversed(result.findings)}
    table = new_table("severity", "code", "problem", "photos or products")
    counts = result.counts()
    for code in sorted(counts, key=lambda code: (_GRAVE.index(severities[code]), -counts[code])):
        table.add_row(severities[code], code, message(code).title_en, f"{counts[code]:,}")
    print_table(table)
