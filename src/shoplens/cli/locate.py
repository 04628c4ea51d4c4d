"""`shoplens locate`: where the products in a photo are; needs no shop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.answers import answer_dict, box_dict, no_match_line
from shoplens.cli.edge import JsonOption, new_table, print_json, print_matches, print_table

if TYPE_CHECKING:
    from shoplens.records import Box, FoundObject
    from shoplens.search.object_search import ObjectMatches


def locate(
    photo: Annotated[Path, typer.Argument(help="A photo's path.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=20, help="How many products at most.")] = 8,
    as_json: JsonOption = False,
) -> None:
    """Find the products in a photo: a box for each, the biggest, most central and surest first.

    A box is the left, top, right and bottom edge, each from 0 to 1, as `search --box` takes it. Where no product is
    found, the whole photo is printed with a score of 0.

    Examples: `shoplens locate room.jpg`, `shoplens locate room.jpg --limit 1 --json`.
    """
    from shoplens.models.locator import MIN_SIDE, find_objects
    from shoplens.photos.decode import decode_file

    found = find_objects(decode_file(photo, min_side=MIN_SIDE).pixels, limit=limit)
    if as_json:
        print_json([object_dict(one) for one in found])
        return
    table = new_table("score", "box")
    for one in found:
        table.add_row(f"{one.score:.2f}", box_text(one.box))
    print_table(table)


def print_groups(groups: Sequence[ObjectMatches], *, as_json: bool) -> None:
    """Print what was found for each product of a photo, as tables or as JSON."""
    if as_json:
        print_json({"groups": [answer_dict(group.answer) | object_dict(group.found) for group in groups]})
        return
    for number, group in enumerate(groups, 1):
        print(
            f"{'' if number == 1 else chr(10)}{number}. at {box_text(group.found.box)}, score {group.found.score:.2f}"
        )
        if group.answer.no_match:
            print(no_match_line(group.answer))
        print_matches(group.answer.matches, as_json=False)


def object_dict(found: FoundObject) -> dict[str, object]:
    """Return the product of a photo as JSON shows it."""
    return {"box": box_dict(found.box), "score": round(found.score, 4)}


def box_text(box: Box) -> str:
    """Return "0.12,0.08,0.9,0.97", which `search --box` takes."""
    return ",".join(f"{edge:.3f}".rstrip("0").rstrip(".") for edge in (box.x0, box.y0, box.x1, box.y1))
