"""`shoplens teach`: a new category from a few photos, at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, new_table, open_shop, print_json, print_table

if TYPE_CHECKING:
    from shoplens.classify.teacher import Lesson
    from shoplens.shop import Shop


def teach(
    category: Annotated[str, typer.Argument(help="Its path, such as `Bags > Backpacks`.", show_default=False)] = "",
    photos: Annotated[
        list[str] | None, typer.Argument(help="Files, folders, patterns such as `*.jpg`, or ids of products.")
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    show: Annotated[bool, typer.Option("--list", help="List what was taught.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget what CATEGORY was taught from.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Teach a category from about five photos; `shoplens classify` names it from then on, where it is sure.

    Nothing is trained: it takes seconds. Photos are added to those that the category has. A photo that cannot be read
    is told, a near-identical one counts once, and neither stops the others; the exit code is 1 where a photo could not
    be read. Small copies are kept in the shop, so that another model learns from them too.

    Examples: `shoplens teach "Bags > Backpacks" backpacks/`, `shoplens teach --list`,
    `shoplens teach "Bags > Backpacks" --forget`.
    """
    from shoplens.errors import BadInput

    if show + forget + bool(photos) != 1 or bool(category) == show:
        raise BadInput(
            "Teach a category, list what was taught, or forget a category.",
            received=" ".join([category, *(photos or ())]) or None,
            remedy='Write: shoplens teach "Bags > Backpacks" PHOTOS, or --list, or "Bags > Backpacks" --forget.',
        )
    paths, rest = _files(photos or [])
    with open_shop(shop, create=bool(paths) and not rest) as opened:
        if show:
            _list(opened, as_json=as_json)
        elif forget:
            count = opened.forget(category)
            print_json({"category": category, "forgotten": count}) if as_json else print(f"{count} photos forgotten.")
        else:
            _tell(opened.teach(category, paths, products=_products(opened, rest)), as_json=as_json)


def _files(names: Sequence[str]) -> tuple[list[Path], list[str]]:
    """Return the files that the names mean, and the names that mean none."""
    paths: list[Path] = []
    rest: list[str] = []
    for name in names:
        path = Path(name)
        found = _inside(path) if path.is_dir() else [path] if path.is_file() else _matches(path)
        paths += found
        rest += [] if found else [name]
    return paths, rest


def _inside(folder: Path) -> list[Path]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _matches(pattern: Path) -> list[Path]:
    root = Path(pattern.anchor)
    try:
        return [path for path in sorted(root.glob(str(pattern.relative_to(root)))) if path.is_file()]
    except ValueError:  # no pattern: it may be the id of a product
        return []


def _products(shop: Shop, names: Sequence[str]) -> list[str]:
    """Return the names, each the id of a product.

    Raises:
        NotFound: one of them is not.
    """
    from shoplens.errors import NotFound

    known = shop.catalog.by_ids(names)
    for name in names:
        if name not in known:
            raise NotFound(
                "There is no such photo, folder with photos, or product.", received=name, remedy="Check the name."
            )
    return list(names)


def _tell(lesson: Lesson, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "category": lesson.category,
                "added": lesson.added,
                "repeated": lesson.repeated,
                "refused": [{"photo": r.name, "code": r.code, "reason": r.reason} for r in lesson.refused],
                "photos": lesson.photos,
                "enough": lesson.enough,
            }
        )
    else:
        print(f"{lesson.category}: {lesson.added} photos added, {lesson.photos} in all.")
        for name in lesson.repeated:
            print(f"  counted once, as nearly the same picture is there: {name}")
        for refused in lesson.refused:
            print(f"  not read: {refused.name}: {refused.reason}")
        if not lesson.enough:
            print("  So few photos say little: answers will be rare. Give five or more different ones.")
    if lesson.refused:
        raise typer.Exit(1)


def _list(shop: Shop, *, as_json: bool) -> None:
    taught = shop.taught()
    if as_json:
        print_json([{"category": told.category, "photos": told.photos} for told in taught])
        return
    if not taught:
        print("Nothing was taught.")
        return
    table = new_table("category", "photos")
    for told in taught:
        table.add_row(told.category, str(told.photos))
    print_table(table)
