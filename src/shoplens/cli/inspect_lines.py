"""`shoplens inspect learn`, `relearn`, `line`, `lines`, `forget`: product defects, from good samples of a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table
from shoplens.cli.progress import progress_bar

if TYPE_CHECKING:
    from shoplens.quality.defects.defect_line import DefectLine
    from shoplens.quality.defects.defect_verdict import DefectVerdict

_SIDE = 1280
"""Longer side of a heat map's picture in pixels."""

_SAID = {"good": "good", "defect": "DEFECT", "other_product": "another product: not judged"}

LineArgument = Annotated[str, typer.Argument(help="The product line's name, such as cookies.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to those of `shoplens inspect`."""
    app.command()(learn)
    app.command()(relearn)
    app.command()(line)
    app.command()(lines)
    app.command()(forget)


def learn(
    line: LineArgument,
    photos: Annotated[list[Path], typer.Argument(help="Photos of good samples, or folders with them.")],
    shop: ShopOption = DEFAULT_SHOP,
    defects: Annotated[Path | None, typer.Option(help="A folder of photos with defects, where you have some.")] = None,
    false_alarms: Annotated[float, typer.Option(help="Share of good photos that may be called defect.")] = 0.05,
    as_json: JsonOption = False,
) -> None:
    """Learn what is normal of a product line, from good samples alone; seconds, nothing is trained.

    Give 20 photos or more, taken as later ones will be. The threshold comes from samples that were left out in turn. A
    photo that cannot be read is told and stops nothing; the exit code is 1 then.

    Examples: `shoplens inspect learn cookies good/`, `shoplens inspect learn cookies good/ --defects broken/`.
    """
    with open_shop(shop, create=True) as opened, progress_bar("Describing photos") as tick:
        learned = opened.defects.learn(
            line, _files(photos), defects=_files([defects]) if defects else [], rate=false_alarms, progress=tick
        )
    if as_json:
        refused = [{"photo": name, "reason": reason} for name, reason in learned.refused]
        print_json({**_facts(learned.line), "refused": refused})
    else:
        _tell(learned.line)
        for name, reason in learned.refused:
            print(f"  not read: {name}: {reason}")
    if learned.refused:
        raise typer.Exit(1)


def relearn(line: LineArgument, shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """Learn a product line again, from its samples and from what people said of its defects in the studio's review.

    A server does so by itself after an answer.

    Examples: `shoplens inspect relearn cookies`.
    """
    with open_shop(shop) as opened, progress_bar("Describing photos") as tick:
        learned = opened.defects.relearn(line, progress=tick)
    if as_json:
        print_json(_facts(learned))
    else:
        _tell(learned)


def line(
    line: LineArgument,
    photos: Annotated[list[Path], typer.Argument(help="Photos to judge, or folders with them.")],
    shop: ShopOption = DEFAULT_SHOP,
    heat: Annotated[Path | None, typer.Option(help="Folder for a heat map of each photo.")] = None,
    review: Annotated[
        bool, typer.Option("--review/--no-review", help="Let defects wait for a person in the studio's review.")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """Judge photos by a learned product line: good, defect with a box, or another product.

    Exit code 0: no defect; 1: a defect, or a photo that cannot be read.

    Examples: `shoplens inspect line cookies photo.jpg`, `shoplens inspect line cookies photos/ --heat heat/`.
    """
    from shoplens.errors import PhotoError
    from shoplens.photos.decode import decode_file

    rows: list[dict[str, Any]] = []
    drawn: set[str] = set()
    with open_shop(shop) as opened:
        for path in _files(photos):
            try:
                verdict = opened.defects.inspect(line, path, review=review)
            except PhotoError as error:
                rows.append({"photo": str(path), "outcome": "unreadable", "reason": error.what})
                continue
            rows.append({"photo": str(path), **_said(verdict)})
            if heat is not None:
                pixels = decode_file(path, min_side=_SIDE).pixels
                rows[-1]["heat"] = str(_draw(heat / _heat_name(path, drawn), pixels, verdict))
    if as_json:
        print_json(rows)
    else:
        table = new_table("photo", "verdict", "score", "threshold", "box", *(["heat map"] if heat else []))
        for row in rows:
            box = ",".join(f"{place:.2f}" for place in row.get("box") or ())
            said = _SAID.get(row["outcome"], row.get("reason", ""))
            numbers = (f"{row[key]:.2f}" if key in row else "" for key in _NUMBERS)
            table.add_row(row["photo"], said, *numbers, box, *([row.get("heat", "")] if heat else []))
        print_table(table)
    if any(row["outcome"] in ("defect", "unreadable") for row in rows):
        raise typer.Exit(1)


def lines(shop: ShopOption = DEFAULT_SHOP, as_json: JsonOption = False) -> None:
    """List the learned product lines.

    Examples: `shoplens inspect lines`.
    """
    with open_shop(shop) as opened:
        known = opened.defects.lines()
    if as_json:
        print_json([_facts(one) for one in known])
    elif not known:
        print("No product line was learned.")
    else:
        table = new_table("line", "good samples", "defects", "false alarms wished", "threshold", "defects found")
        for one in known:
            found = "" if one.found is None else f"{one.found:.0%}"
            table.add_row(
                one.name, str(one.samples), str(one.defects), f"{one.rate:.0%}", f"{one.threshold:.2f}", found
            )
        print_table(table)


def forget(line: LineArgument, shop: ShopOption = DEFAULT_SHOP) -> None:
    """Forget a product line.

    Examples: `shoplens inspect forget cookies`.
    """
    with open_shop(shop) as opened:
        opened.defects.forget(line)
    print(f"Forgotten: {line}.")


_NUMBERS = ("score", "threshold")


def _files(paths: Sequence[Path]) -> list[Path]:
    """Return the files, and those of the folders; the names of pictures only.

    Raises:
        NotFound: there is no such file or folder.
        BadInput: there is no picture file in them.
    """
    from shoplens.errors import BadInput, NotFound
    from shoplens.quality.inspector import pictures_in

    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += pictures_in(path)
        elif path.is_file():
            found.append(path)
        else:
            raise NotFound("There is no such photo or folder.", received=path, remedy="Check the path.")
    if not found:
        raise BadInput(
            "There is no picture file here.",
            received=", ".join(map(str, paths)),
            remedy="Give photos, or folders with photos.",
        )
    return found


def _facts(line: DefectLine) -> dict[str, Any]:
    return {
        "line": line.name,
        "model": line.bundle_id,
        "samples": line.samples,
        "defects": line.defects,
        "false_alarms": line.rate,
        "threshold": round(line.threshold, 4),
        "defects_found": None if line.found is None else round(line.found, 4),
        "known_defects_help": line.known is not None,
        "registered": line.reference is not None,
    }


def _tell(line: DefectLine) -> None:
    from shoplens.quality.defects.learn_line import judgeable

    print(f"{line.name}: learned from {line.samples} good samples; defect above {line.threshold:.2f}.")
    if line.reference is not None:
        print("  The samples lie on each other, so photos are turned and shifted onto them.")
    if line.found is not None:
        helped = "what looks like them counts more" if line.known else "they change nothing else"
        print(f"  {line.found:.0%} of {line.defects} labelled defects are found; {helped}.")
    counted = int(judgeable(line.embeddings).sum())
    if (others := line.samples - counted) > 0:
        told = "looks like another product and does" if others == 1 else "look like another product and do"
        print(f"  {others} of them {told} not count for the threshold.")
    if (counted + 1) * line.rate < 1:
        print(f"  So few samples cannot show a rate of {line.rate:.1%}: the threshold is estimated from their spread.")


def _said(verdict: DefectVerdict) -> dict[str, Any]:
    box = verdict.box
    return {
        "outcome": verdict.outcome,
        "score": round(verdict.score, 4),
        "threshold": round(verdict.threshold, 4),
        "similarity": round(verdict.similarity, 4),
        "box": [round(place, 4) for place in (box.x0, box.y0, box.x1, box.y1)] if box else None,
    }


def _heat_name(path: Path, taken: set[str]) -> str:
    """Return the name of a photo's heat map, which none before it has, and take it."""
    names = (f"{path.stem}{f'-{number}' if number > 1 else ''}.heat.webp" for number in count(1))
    # Not every disk tells capitals from small letters.
    name = next(name for name in names if name.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _draw(file: Path, pixels: Any, verdict: DefectVerdict) -> Path:  # noqa: ANN401 - Pixels
    import cv2
    import numpy as np

    from shoplens.models.heat_picture import heat_picture
    from shoplens.photos.encode import encode
    from shoplens.photos.transform import resize

    file.parent.mkdir(parents=True, exist_ok=True)
    small = resize(pixels, long=_SIDE) if max(pixels.shape[:2]) > _SIDE else pixels
    heat = np.asarray(cv2.resize(verdict.heat, (small.shape[1], small.shape[0])), np.float32)
    file.write_bytes(encode(heat_picture(small, heat), "webp", 85))
    return file
