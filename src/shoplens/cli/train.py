"""`shoplens train`: a model of the shop's own classes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, open_shop, print_json

if TYPE_CHECKING:
    from shoplens.models.evaluate import Evaluation
    from shoplens.models.train import Training


def train(
    data: Annotated[
        Path | None,
        typer.Argument(
            help="Class folders (every sub-folder is a class) or a table of path, label, and if wished split and group "
            "(.csv, .tsv); the shop's own catalogue if left out."
        ),
    ] = None,
    shop: ShopOption = DEFAULT_SHOP,
    name: Annotated[str, typer.Option(help="Name of the bundle; that of DATA if left out.")] = "",
    preset: Annotated[
        str, typer.Option(help="fast: a head on the base model; good; best: longer, larger, three networks.")
    ] = "good",
    architecture: Annotated[
        str, typer.Option(help="residual, simple_cnn or a name of keras.applications; the preset's if left out.")
    ] = "",
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes at most.")] = None,
    size: Annotated[int | None, typer.Option(min=16, max=512, help="Side of the input in pixels.")] = None,
    budget: Annotated[str, typer.Option(help="Time at most for the passes: 90s, 20m, 1h.")] = "",
    members: Annotated[int | None, typer.Option(min=1, help="Networks whose probabilities are averaged.")] = None,
    distill: Annotated[bool, typer.Option("--distill", help="Ship one network that learned from the members.")] = False,
    teacher: Annotated[
        str, typer.Option(help="A bundle (base, a name or its folder) whose answers the network learns, too.")
    ] = "",
    freeze: Annotated[
        str, typer.Option(help="Stages that keep their weights: how many, or the last one's name (stage2).")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Of every random choice.")] = 0,
    validation: Annotated[Path | None, typer.Option(help="Photos to choose the best pass by, in DATA's forms.")] = None,
    test: Annotated[Path | None, typer.Option(help="Photos to judge the result by, in DATA's forms.")] = None,
    start: Annotated[
        str,
        typer.Option(
            "--from",
            help="base, none, a bundle's name or its folder, a file of weights (.npz, .h5), or its address with "
            "#sha256=HASH; base if left out, none where an architecture is asked for.",
        ),
    ] = "",
    setting: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Any other choice, such as mixup=0.4; see docs/training.md."),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Write the progress to stderr, a JSON line for each step.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train a classifier; the bundle serves at once, and a report tells how good it is.

    Ctrl-C keeps the best pass so far. A training that was killed goes on when it is started again.

    Examples: `shoplens train photos/ --preset fast`, `shoplens train photos.csv --budget 20m --set optimizer=sgd`.
    """
    from shoplens.cli.training_display import TrainingDisplay
    from shoplens.cli.training_lines import TrainingLines
    from shoplens.models.setting_text import parse_settings
    from shoplens.models.settings import Settings
    from shoplens.models.train import train as train_bundle

    chosen = parse_settings(setting or ())
    architecture = str(chosen.pop("architecture", architecture))
    if "transfer" in chosen:
        start = str(chosen.pop("transfer"))
    teacher = str(chosen.pop("teacher", teacher))
    named = {
        "epochs": epochs,
        "size": size,
        "budget_minutes": minutes_of(budget) if budget else None,
        "members": members,
        "distill": distill or None,
        "freeze": freeze or None,
        "seed": seed,
        "transfer": start_of(shop, start) if start else None,
        "teacher": bundle_folder(shop, teacher) if teacher else None,
    }
    settings = Settings.for_preset(preset, architecture, **{**named, **chosen})
    if data is not None and not data.exists():
        from shoplens.errors import BadInput

        raise BadInput(
            "There is no such folder or table of photos.",
            received=data,
            remedy="Give a folder with one folder for each class, or a table of path and label.",
        )
    name = name or (_slug(data) if data is not None else "catalog")
    with open_shop(shop, create=data is not None) as opened:
        _check_not_in_use(name, opened.settings.model)
        # even where the data lie elsewhere, the bundle is to be usable at once, so there has to be a shop around it
        source = data if data is not None else opened.training_photos()
    with TrainingLines() if events else TrainingDisplay() as display:
        done = train_bundle(
            source,
            settings,
            name=name,
            home=shop,
            validation=validation,
            test=test,
            listener=display,
        )
    _print(done, shop, as_json=as_json)


def _print(done: Training, shop: Path, *, as_json: bool) -> None:
    facts = done.bundle.card["data"]
    if as_json:
        answer = {
            "bundle": str(done.bundle.path),
            "id": done.bundle.id,
            "report": str(done.report),
            "stopped": done.stopped,
            "data": facts,
            "figures": done.evaluation.summary(),
        }
        print_json(answer)
        return
    print_figures(done.evaluation)
    if facts["kept_together"]:
        print(f"together  {facts['photos_kept_together']} photos in {facts['kept_together']} groups, each on one side")
    if bad := facts["quarantined"]:
        print(f"unusable  {bad} files, listed in the report")
    if facts["ignored_columns"]:
        print(f"ignored   columns {', '.join(facts['ignored_columns'])}")
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
    if figures.coverage:
        print(
            f"answers   {100 * figures.coverage:.0f} % of the photos at confidence {figures.threshold:.2f} and above, "
            f"{100 * figures.precision:.1f} % of them right"
        )
    else:
        print(f"answers   none of the photos, since none reaches confidence {figures.threshold:.2f}")


def bundle_folder(shop: Path, name: str) -> str:
    """Return "base" as it is, else the folder of a bundle that is named or pointed to.

    Raises:
        UnknownName: the shop has no such bundle and there is no such folder.
    """
    from shoplens.errors import UnknownName

    if name == "base":
        return name
    folder = shop / "bundles"
    for path in (folder / name, Path(name)):
        if (path / "manifest.json").is_file():
            return str(path)
    own = [path.name for path in folder.iterdir() if (path / "manifest.json").is_file()] if folder.is_dir() else []
    raise UnknownName("bundle", name, [*own, "base"])


def _check_not_in_use(name: str, model: str) -> None:
    if name == model:
        from shoplens.errors import BadInput

        raise BadInput(
            "The bundle of that name searches in this shop, and its vectors would no longer fit.",
            received=name,
            remedy="Give another name with --name, then: shoplens bundle promote NAME.",
        )


def start_of(shop: Path, start: str) -> str:
    """Return what `Settings.transfer` takes for a value of --from."""
    from shoplens.models.settings import is_file_of_weights

    return start if start == "none" or is_file_of_weights(start) else bundle_folder(shop, start)


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
    """Return a bundle's name made of the folder's or the table's."""
    path = folder.resolve()
    name = re.sub(r"[^a-z0-9._-]+", "-", (path.name if path.is_dir() else path.stem).lower()).strip("-._")
    return name[:64] or "model"
