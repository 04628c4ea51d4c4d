"""The inspection of a feed, before it is imported anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shoplens.cli.edge import open_shop
from shoplens.cli.progress import progress_bar

if TYPE_CHECKING:
    from shoplens.feeds.summary import ImportSummary
    from shoplens.quality.inspection_report import InspectionReport, Rejection


@dataclass(frozen=True, slots=True)
class FeedReading:
    """How a feed is read where the detection errs; see `Shop.import_catalog`."""

    origin: str | None = None
    mapping: dict[str, str] = field(default_factory=dict)
    photos: Path | None = None


@contextmanager
def inspected_feed(source: Path, rules: list[str], reading: FeedReading) -> Iterator[InspectionReport]:
    """Inspect a feed's products in a shop that lives as long as the block, without a model.

    Raises:
        FeedError: the source cannot be read, or has no product.
    """
    from tempfile import TemporaryDirectory

    from shoplens.errors import printable
    from shoplens.feeds.detect import open_feed
    from shoplens.settings import SETTINGS_FILE, write_setting

    open_feed(source, reading.origin)  # before a shop is made for a file that is no feed
    with TemporaryDirectory(prefix="shoplens-inspect-") as folder:
        write_setting(Path(folder) / SETTINGS_FILE, "model", "none")
        with open_shop(Path(folder), create=True) as opened:
            summary = opened.import_catalog(
                source, origin=reading.origin, mapping=reading.mapping, photos=reading.photos
            )
            rejected, rejections = summary.rows["rejected"], _rejections(summary)
            if rejected == sum(summary.rows.values()):
                raise _without_product(source, rejections)
            with progress_bar("Inspecting photos") as tick:
                report = opened.inspect(rules=rules, progress=tick)
            yield replace(report, source=printable(str(source)), rejected=rejected, rejections=rejections)


def _rejections(summary: ImportSummary) -> tuple[Rejection, ...]:
    """Return why rows were rejected; the summary holds the first problems only, its report all."""
    import csv

    from shoplens.quality.inspection_report import Rejection
    from shoplens.spreadsheet import read_cell

    with summary.report.open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Rejection(int(line["row"]), *(read_cell(line[key]) for key in ("product", "field", "code", "message")))
            for line in csv.DictReader(file)
            if line["status"] == "rejected"
        )


def _without_product(source: Path, rejections: tuple[Rejection, ...]) -> Exception:
    from shoplens.errors import FeedError

    if not rejections:
        return FeedError(
            "There is no row in this feed.", received=source, remedy="Give a feed with products.", code="feed_empty"
        )
    first = rejections[0]
    return FeedError(
        "There is no product in this feed: every row was rejected.",
        received=f"{source}, row {first.row}: {first.message}",
        remedy="Mend the rows, or say where the fields are with --map FIELD=COLUMN.",
        code="feed_empty",
    )
