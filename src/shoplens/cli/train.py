"""`shoplens train`: a model of the shop's own classes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, open_shop, print_json

if TYPE_CHECKING:
    from shoplens.models.evaluate import Evaluation


def train(
    folder: Annotated[Path, typer.Argument(help="Class folders: every sub-folder is a class, nested ones too.")],
    shop: ShopOption = DEFAULT_SHOP,
    name: Annotated[str, typer.Option(help="Name of the bundle; the folder's name if left out.")] = "",
    preset: Annotated[
        str, typer.Option(help="fast: a head on the base model; good; best: longer and larger.")
    ] = "good",
    architecture: Annotated[str, typer.Option(help="residual or simple_cnn; the preset's if left out.")] = "",
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes at most.")] = None,
    size: Annotated[int | None, typer.Option(min=16, max=512, help="Side of the input in pixels.")] = None,
    budget: Annotated[str, typer.Option(help="Time at most for the passes: 90s, 20m, 1h.")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    validation: Annotated[Path | None, typer.Option(help="Class folders to choose the best pass by.")] = None,
    test: Annotated[Path | None, typer.Option(help="Class folders to judge the result by.")] = None,
    start: Annotated[str, typer.Option("--from", help="base, none, a bundle's name or its folder.")] = "base",
    as_json: JsonOption = False,
) -> None:
    """Train a classifier on class folders; the bundle serves at once, and a report tells how good it is.

    Ctrl-C keeps the best pass so far. A training that was killed goes on when it is started again.

    Examples: `shoplens train photos/ --preset fast`, `shoplens train photos/ --budget 20m --test judged/`.
    """
    minutes = minutes_of(budget) if budget else None
    from shoplens.cli.training_display import TrainingDisplay
    from shoplens.models.settings import Settings
    from shoplens.models.train import train as train_bundle

    settings = Settings.for_preset(
        preset,
        architecture,
        epochs=epochs,
        size=size,
        budget_minutes=minutes,
        seed=seed,
        transfer="none" if architecture and start == "base" else bundle_folder(shop, start),
    )
    if not folder.is_dir():
        from shoplens.errors import BadInput

        raise BadInput(
            "There is no such folder of photos.",
            received=folder,
            remedy="Give a folder with one folder for each class.",
        )
    with open_shop(shop, create=True):
        pass  # the bundle is to be usable at once, so there has to be a shop around it
    with TrainingDisplay() as display:
        done = train_bundle(
            folder,
            settings,
            name=name or _slug(folder),
            home=shop,
            validation=validation,
            test=test,
            listener=display,
        )
    if as_json:
        print_json(
            {
                "bundle": str(done.bundle.path),
                "id": done.bundle.id,
                "report": str(done.report),
                "stopped": done.stopped,
                "figures": done.evaluation.summary(),
            }
        )
        return
    print_figures(done.evaluation)
    if bad := done.bundle.card["data"]["quarantined"]:
        print(f"unusable  {bad} files, listed in the report")
    print(f"bundle    {done.bundle.path}")
    print(f"report    {done.report}")
    print(f"use it    shoplens classify PHOTO --shop {shop} --bundle {done.bundle.name}")


def print_figures(figures: Evaluation) -> None:
    """Print the figures that matter, one a line."""
    low, high = figures.interval
    print(f"accuracy  {figures.accuracy:.3f} on {figures.photos} photos (95 % interval {low:.3f} to {high:.3f})")
    print(
        f"macro F1  {figures.macro_f1:.3f}, top-5 {figures.top5:.3f}, calibration error {figures.calibration_error:.3f}"
    )
    print(
        f"answers   {100 * figures.coverage:.0f} % of the photos at confidence {figures.threshold:.2f} and above, "
        f"{100 * figures.precision:.1f} % of them right"
    )


def bundle_folder(shop: Path, name: str) -> str:
    """Return "base" and "none" as they are, else the folder of a bundle that is named or pointed to.

    Raises:
        UnknownName: the shop has no such bundle and there is no such folder.
    """
    from shoplens.errors import UnknownName

    if name in ("base", "none"):
        return name
    folder = shop / "bundles"
    for path in (folder / name, Path(name)):
        if (path / "manifest.json").is_file():
            return str(path)
    own = [path.name for path in folder.iterdir() if (path / "manifest.json").is_file()] if folder.is_dir() else []
    raise UnknownName("bundle", name, [*own, "base"])


def minutes_of(text: str) -> float:
    """Return the minutes of "90s", "20m" or "1h".

    Raises:
        BadInput: the text is no duration.
    """
    from shoplens.errors import BadInput

    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", text.strip().lower())
    if found is None or float(found[1]) <= 0:
        raise BadInput("That is no duration.", received=text, remedy="Write 90s, 20m or 1h.")
    return float(found[1]) * {"s": 1 / 60, "m": 1.0, "h": 60.0}[found[2]]


def _slug(folder: Path) -> str:
    """Return a bundle's name made of the folder's."""
    name = re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._")
    return name[:64] or "model"
