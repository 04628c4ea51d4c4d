"""`shoplens inspect fix` and `undo`: what can be mended safely, and the way back."""

from __future__ import annotations

from collections import Counter
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
    names = pack_names(rules)
    with open_shop(shop) as opened:
        with progress_bar("Mending photos") as tick:
            done = opened.inspection.fix(products or (), code=code, rules=names, dry_run=dry_run, progress=tick)
        if report is not None and done.report is not None:
            write_report(done.report, report)
    if as_json:
        print_json({"dry_run": dry_run, "photos": [asdict(photo) for photo in done.photos]})
    else:
        _show(done, dry_run=dry_run)


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
    if as_json:
        print_json([asdict(fixed) for fixed in undone])
    else:
        print(f"{len(undone):,} photos are the merchant's own again." if undone else "There was nothing to undo.")


def _show(done: Mending, *, dry_run: bool) -> None:
    mended = [photo for photo in done.photos if photo.changed]
    earlier = sum(1 for photo in done.photos if photo.steps and not photo.changed)
    if not done.photos:
        print("There is nothing that a safe fix could mend.")
        return
    print(f"{len(mended):,} of {len(done.photos):,} photos {'could be' if dry_run else 'were'} mended.", end="")
    print(f" Mended before: {earlier:,}." if earlier else "")
    if mended:
        table = new_table("products", "photo", "fixes", "for")
        for photo in mended:
            fixes = ", ".join(dict.fromkeys(name for name, _ in photo.steps))
            table.add_row(", ".join(photo.products), photo.original[:12], fixes, ", ".join(c for _, c in photo.steps))
        print_table(table)
    refused = Counter(_why(photo, refusal) for photo in done.photos for refusal in photo.refused)
    if refused:
        print("Left as they are:")
        table = new_table("photos", "code", "why")
        for (code, reason), number in refused.most_common(20):
            table.add_row(str(number), code, reason)
        print_table(table)


def _why(photo: PhotoFix, refusal: Refusal) -> tuple[str, str]:
    """Return the code and the reason; of a photo that no fix could begin with, also which one it is."""
    return refusal.code, refusal.reason if refusal.fix else f"{', '.join(photo.products)}: {refusal.reason}"
