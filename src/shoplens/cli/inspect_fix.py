"""`shoplens inspect fix` and `undo`: what can be mended safely, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.inspect_report import check_suffix, write_report
from shoplens.cli.progress import progress_bar
from shoplens.cli.rules_option import RulesOption, pack_names

if TYPE_CHECKING:
    from shoplens.quality.catalog_mending import PhotoFix
    from shoplens.quality.mender import Refusal
    from shoplens.shop_inspection import Mending

_REASONS = 20
"""Lines of the table of what was left alone."""

ProductsArgument = Annotated[list[str] | None, typer.Argument(help="Of these products; none: of all.")]


def fix(
    products: ProductsArgument = None,
    shop: ShopOption = DEFAULT_SHOP,
    code: Annotated[str, typer.Option(help="Mend findings of this code only, as background_not_white.")] = "",
    rules: RulesOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Inspect, and only tell what would be mended.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write a report afterwards: .html, .json or .csv.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Mend what can be mended safely: turn, trim, whiten, centre, pad, convert, strip.

    Each fix has to pass the inspection that it was made for, and may fail no check that the photo passed before. The
    new photo lies in the shop's folder `fixed/`; the merchant's files stay as they are. Nothing is enlarged, painted
    over or recoloured. What only a model believes to be turned is turned where you say so: `--code photo_rotated`.

    Examples: `shoplens inspect fix --dry-run`, `shoplens inspect fix --code background_not_white --report mended.html`.
    """
    if report is not None:
        check_suffix(report)
        _refuse_dry_report(report, dry_run=dry_run)
    names = pack_names(rules)
    with open_shop(shop) as opened:
        before = {fixed.original for fixed in opened.catalog.fixes.all(products or ())}
        with progress_bar("Mending photos") as tick:
            done = opened.inspection.fix(products or (), code=code, rules=names, dry_run=dry_run, progress=tick)
        if report is not None and done.report is not None:
            write_report(done.report, report)
    if as_json:
        photos = [asdict(photo) for photo in done.photos]
        print_json({"dry_run": dry_run, "photos": photos, "not_judged": done.not_judged})
    else:
        _show(done, before, dry_run=dry_run)
        _tell_not_judged(done.not_judged)


def undo(
    products: ProductsArgument = None,
    shop: ShopOption = DEFAULT_SHOP,
    as_json: JsonOption = False,
) -> None:
    """Show the merchant's own photos again, byte for byte, and delete the mended ones.

    Examples: `shoplens inspect undo`, `shoplens inspect undo TSHI0001-WHITE`.
    """
    with open_shop(shop) as opened:
        undone = opened.inspection.undo(products or ())
        not_judged = opened.inspection.not_judged() if undone else ()
    if as_json:
        print_json([asdict(fixed) for fixed in undone])
    else:
        photos = "1 photo is" if len(undone) == 1 else f"{len(undone):,} photos are"
        print(f"{photos} the merchant's own again." if undone else "There was nothing to undo.")
        _tell_not_judged(not_judged)


def _tell_not_judged(packs: Sequence[str]) -> None:
    if packs:
        print(f"Not judged by {', '.join(packs)}: name the file, as in shoplens inspect --rules {packs[0]}.toml")


def _refuse_dry_report(report: Path, *, dry_run: bool) -> None:
    from shoplens.errors import BadInput

    if dry_run:
        raise BadInput(
            "A report tells what a fix left of the findings; a dry run leaves all.",
            received=report,
            remedy="Leave out --dry-run, or write the report with: shoplens inspect --report",
        )


def _show(done: Mending, before: set[str], *, dry_run: bool) -> None:
    mended = [photo for photo in done.photos if photo.changed]
    earlier = len(before - {photo.original for photo in mended})
    if done.photos:
        print(f"{len(mended):,} of {len(done.photos):,} photos {'could be' if dry_run else 'were'} mended.", end="")
    else:
        print("There is nothing that a safe fix could mend by these rules.", end="")
    print(f" Mended before: {earlier:,}." if earlier else "")
    if mended:
        table = new_table("products", "photo", "pixels", "fixes", "for")
        for photo in mended:
            fixes = ", ".join(dict.fromkeys(name for name, _ in photo.steps))
            codes = ", ".join(code for _, code in photo.steps)
            table.add_row(", ".join(photo.products), photo.original[:12], _pixels(photo), fixes, codes)
        print_table(table)
    refused = Counter(_why(photo, refusal) for photo in done.photos for refusal in photo.refused)
    if refused:
        print("Left as they are:")
        table = new_table("photos", "code", "why")
        for (code, reason), number in refused.most_common(_REASONS):
            table.add_row(str(number), code, reason)
        print_table(table)
        if (more := len(refused) - _REASONS) > 0:
            print(f"And {more:,} more reasons; all are in --json.")


def _pixels(photo: PhotoFix) -> str:
    before, after = (f"{width} x {height}" for width, height in (photo.size, photo.fixed_size))
    return before if before == after else f"{before} to {after}"


def _why(photo: PhotoFix, refusal: Refusal) -> tuple[str, str]:
    """Return the code and the reason; of a photo that no fix could begin with, also which one it is."""
    return refusal.code, refusal.reason if refusal.fix else f"{', '.join(photo.products)}: {refusal.reason}"
