"""`shoplens import`: a merchant's catalogue into the shop."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table

if TYPE_CHECKING:
    from shoplens.feeds.feed import FeedRow
    from shoplens.feeds.preview import Preview
    from shoplens.feeds.summary import ImportSummary, Progress

_SHOWN_PROBLEMS = 10

OriginOption = Annotated[str, typer.Option("--origin", help="google, shopify, ... where the detection errs.")]
MapOption = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Read a field from this column.")
]
PhotosOption = Annotated[
    Path | None, typer.Option("--photos", help="The folder that the feed's photo paths start from.")
]


def import_catalog(
    source: Annotated[Path, typer.Argument(help="A feed (CSV, TSV, JSON, JSONL, XML) or a folder of photos.")],
    shop: ShopOption = DEFAULT_SHOP,
    origin: OriginOption = "",
    columns: MapOption = None,
    photos: PhotosOption = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show mapping and ten rows; write nothing.")] = False,
    sync: Annotated[bool, typer.Option("--sync", help="Retire products that the source no longer has.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Let --sync retire more than half of the shop.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Import a catalogue with its photos; only what is new or changed is done, and a repeat goes on after a break.

    Exit code 1: no row could be used, or --sync was refused. Bad rows and photos are listed and stop nothing else.

    Examples: `shoplens import products.csv`, `shoplens import photos/ --preview`.
    """
    mapping = read_mapping(columns or [])
    if preview:
        from shoplens.feeds.preview import preview as look

        _print_preview(look(source, origin or None, mapping), as_json=as_json)
        return
    from shoplens.feeds.detect import open_feed

    open_feed(source, origin or None)  # before a folder is made for a source that is not there
    with open_shop(shop, create=True) as opened, import_progress() as progress:
        summary = opened.import_catalog(
            source, origin=origin or None, mapping=mapping, photos=photos, sync=sync, force=force, progress=progress
        )
    if as_json:
        print_json(summary.to_dict())
    else:
        print_summary(summary)
    rows = summary.rows
    if summary.kept or (rows["rejected"] and rows["rejected"] == sum(rows.values())):
        raise typer.Exit(1)


def read_mapping(columns: list[str]) -> dict[str, str]:
    """Return fields and columns of options such as `title=Item name`."""
    from shoplens.errors import BadInput

    pairs = [text.partition("=") for text in columns]
    for field, sign, _ in pairs:
        if not (field and sign):
            raise BadInput("--map needs FIELD=COLUMN.", received=field, remedy="For example: --map title='Item name'")
    return {field.strip(): column for field, _, column in pairs}


@contextmanager
def import_progress() -> Iterator[Callable[[Progress], None]]:
    """Show a bar on a terminal, which the import moves."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("Importing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows  {task.fields[photos]} photos  {task.fields[speed]:.0f}/s  {task.fields[left]}"),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=None, photos=0, speed=0.0, left="")

        def show(progress: Progress) -> None:
            seconds = progress.seconds_left
            left = "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d} left"
            bar.update(
                task,
                completed=progress.rows,
                total=progress.total_rows,
                photos=progress.photos,
                speed=progress.photos_per_second,
                left=left,
            )

        yield show


def _print_preview(found: Preview, *, as_json: bool) -> None:
    detection = found.detection
    if as_json:
        said = {"origin": detection.origin, "confidence": detection.confidence, "reason": detection.reason}
        rows = [_preview_row(row) for row in found.rows]
        print_json({**said, "mapping": dict(found.mapping), "unmapped": list(found.unmapped), "rows": rows})
        return
    print(f"Detected: {detection.origin}. {detection.reason}")
    fields = new_table("field", "read from")
    for field, column in found.mapping.items():
        fields.add_row(field, column)
    print_table(fields)
    if found.unmapped:
        print(f"Not read: {', '.join(found.unmapped)}")
    table = new_table("row", "id", "title", "category", "price", "photos", "problems")
    for row in found.rows:
        table.add_row(*(", ".join(v) if isinstance(v, list) else str(v) for v in _preview_row(row).values()))
    print_table(table)


def _preview_row(row: FeedRow) -> dict[str, object]:
    product = row.product
    price = product.price if product else None
    return {
        "row": row.number,
        "id": product.id if product else "",
        "title": product.title if product else "",
        "category": product.category if product else "",
        "price": f"{price.amount} {price.currency}".strip() if price else "",
        "photos": list(product.photos) if product else [],
        "problems": [problem.message for problem in row.problems],
    }


def print_summary(summary: ImportSummary) -> None:
    """Print what came of an import."""
    rows, photos = summary.rows, summary.photos
    speed = photos["embedded"] / max(summary.seconds, 1e-9)
    print(f"Imported {summary.source} as {summary.origin} in {summary.seconds:.1f} s.")
    print(f"Rows: {', '.join(f'{number} {status}' for status, number in rows.items())}.")
    print(f"Photos: {', '.join(f'{number} {status}' for status, number in photos.items())} ({speed:.0f} embedded/s).")
    if summary.filled:
        print(f"{summary.filled} photos from before got their vector of the model now in use.")
    if summary.retired:
        print(f"{summary.retired} products retired: the source no longer has them.")
    if summary.kept:
        print(f"{summary.kept} products are not in the source and were kept; --force retires more than half of a shop.")
    if summary.problem_counts:
        counts = ", ".join(f"{number} {code}" for code, number in summary.problem_counts.items())
        print(f"Problems: {counts}.")
        table = new_table("row", "product", "photo", "problem")
        for problem in summary.problems[:_SHOWN_PROBLEMS]:
            table.add_row(str(problem.row or ""), problem.product_id, problem.reference, problem.message)
        print_table(table)
    print(f"Report: {summary.report}")
