"""`shoplens evaluate`: how good a bundle is on labelled photos."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoplens.cli.edge import DEFAULT_SHOP, JsonOption, ShopOption, print_json
from shoplens.cli.progress import Tick, progress_bar
from shoplens.cli.train import bundle_folder, print_figures

if TYPE_CHECKING:
    from shoplens.models.bundle import Bundle
    from shoplens.models.progress import Listener
    from shoplens.models.report import Report


def evaluate(
    bundle: Annotated[str, typer.Argument(help="A bundle's name or its folder; base for the one that ships.")],
    data: Annotated[
        Path,
        typer.Argument(help="Class folders, or a table (CSV, TSV) of paths, labels and perhaps splits and groups."),
    ],
    shop: ShopOption = DEFAULT_SHOP,
    against: Annotated[str, typer.Option(metavar="OTHER", help="Compare with this bundle on the same photos.")] = "",
    precision: Annotated[
        float, typer.Option(min=0.01, max=1.0, help="Share of right answers for which a threshold is sought.")
    ] = 0.95,
    split: Annotated[str, typer.Option(help="Only the manifest's rows of this split, such as test.")] = "",
    translate: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="LABEL=CATEGORY", help="What a label means; may be given several times."),
    ] = None,
    out_of_fold: Annotated[
        bool,
        typer.Option(
            "--out-of-fold",
            help="Judge the data and their labels: a classifier on the bundle's embeddings, in five folds.",
        ),
    ] = False,
    language: Annotated[str, typer.Option(help="The language that the report opens in: en or zh.")] = "en",
    report: Annotated[Path | None, typer.Option(help="The HTML report; in the shop's reports if left out.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a bundle by photos whose labels are known, and write the report (HTML, with JSON and CSV beside it).

    The report holds figures with their intervals, what is confused with what, the worst mistakes with heat maps,
    calibration, the threshold for a wished precision, and photos whose label looks wrong.

    Examples: `shoplens evaluate clothing judged/ --against base`, `shoplens evaluate base photos/ --out-of-fold`.
    """
    from shoplens.errors import BadInput, UnknownName
    from shoplens.models.evaluate_bundle import evaluate_bundle, evaluate_labels
    from shoplens.models.label_names import LabelNames

    if language not in ("en", "zh"):
        raise UnknownName("language", language, ("en", "zh"))
    if out_of_fold and (against or translate):
        raise BadInput(
            "--out-of-fold judges the labels of the data and no bundle's answers.",
            remedy="Leave out --against and --map.",
        )
    loaded = _loaded(shop, bundle)
    other = _loaded(shop, against) if against else None
    with progress_bar("Judging photos") as tick:
        heard = _listener(tick)
        if out_of_fold:
            judged = evaluate_labels(loaded, data, precision=precision, split=split, listener=heard)
        else:
            names = LabelNames.parse(translate or [])
            judged = evaluate_bundle(
                loaded, data, against=other, precision=precision, split=split, names=names, listener=heard
            )
    kind = "labels" if out_of_fold else loaded.name
    path = report or shop / "reports" / f"evaluate-{kind}-{data.resolve().stem}.html"
    judged.write(path, "zh" if language == "zh" else "en")
    if as_json:
        print_json({"bundle": loaded.id, "report": str(path), **_figures(judged)})
    else:
        _print(judged, path)


def _loaded(shop: Path, name: str) -> Bundle:
    from shoplens.models.bundle import BASE, load_bundle

    where = bundle_folder(shop, name)
    return load_bundle(BASE if where == "base" else Path(where))


def _listener(tick: Tick) -> Listener:
    from shoplens.models.progress import PhotosRead, TrainingEvent

    def hear(event: TrainingEvent) -> None:
        if isinstance(event, PhotosRead):
            tick(event.done, event.total)

    return hear


def _figures(judged: Report) -> dict[str, Any]:
    """Return what a program asks first; the JSON file holds the rest."""
    e, c = judged.evaluation, judged.comparison
    wished = next(found for found in e.abstentions if found.precision == judged.wished)
    return {
        "figures": {**e.summary(), "quarantined": len(judged.quarantined)},
        "wished": {"precision": wished.precision, "threshold": wished.threshold, "coverage": wished.coverage},
        "unmatched": {label.label: label.photos for label in judged.unmatched},
        "ignored_columns": list(judged.ignored_columns),
        "label_errors": len(e.label_errors),
        "against": c
        and {
            "id": c.id,
            "photos": c.photos,
            "accuracy": c.other_accuracy,
            "difference": c.difference,
            "interval": c.interval,
            "p_value": c.p_value,
        },
    }


def _print(judged: Report, path: Path) -> None:
    e, c = judged.evaluation, judged.comparison
    print_figures(e)
    wished = next(found for found in e.abstentions if found.precision == judged.wished)
    if wished.coverage:
        print(
            f"for {100 * judged.wished:.3g} %  answer at confidence {wished.threshold:.2f} and above: "
            f"{100 * wished.coverage:.0f} % of these photos"
        )
    else:
        print(f"for {100 * judged.wished:.3g} %  no threshold reaches it on these photos")
    if c is not None:
        low, high = c.interval
        print(
            f"against   {c.name}: {100 * c.difference:+.1f} points on {c.photos} photos "
            f"(95 % interval {100 * low:+.1f} to {100 * high:+.1f}; McNemar p = {c.p_value:.3g})"
        )
    if e.label_errors:
        print(f"labels    {len(e.label_errors)} look wrong: {path.with_suffix('.label-errors.csv')}")
    for label in judged.unmatched:
        near = f"; perhaps {' or '.join(label.nearest)}" if label.nearest else ""
        print(f"unknown   {label.label} ({label.photos} photos): no category of the bundle{near}. Use --map.")
    if judged.quarantined:
        print(f"unusable  {len(judged.quarantined)} files, listed in the report")
    if judged.ignored_columns:
        print(f"ignored   columns {', '.join(judged.ignored_columns)}")
    print(f"report    {path}")
