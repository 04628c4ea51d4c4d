"""Does `shoplens train` beat the network of the article that founded this project, on phone photos of clothes?

All learn from `clothing/train` in this run and are judged once by `clothing/validation`, which nothing else sees: the
pass, the temperature and the threshold are chosen on a part cut out of `clothing/train`, near-duplicates kept together.
`simple_cnn` is the article's network with the article's method: two convolutions, two poolings, a dense layer, resized
pixels of 64 x 64, plain Adam, no augmentation. `fast`, `good` and `best` start from the base model where this
installation has one: it has seen `clothing/train` and no photo of `clothing/validation`.

The calibration is measured on halves of `clothing/validation`: the temperature fitted on one half is applied to the
other and the other way round, ten times over, and the error taken over all photos so predicted.

    SHOPLENS_DATA=... python benchmarks/train_clothing.py [--minutes 10] [--seeds 0 1 2] [--only good best] [--home DIR]

With --home, finished rows are kept there: the parts may be run one by one, and the last run writes the result of all.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import shared_data, write_result

from shoplens.models.bundle import Bundle
from shoplens.models.calibrate import expected_calibration_error, fit_temperature, reliability, softmax
from shoplens.models.dataset import Dataset
from shoplens.models.evaluate import probabilities_of
from shoplens.models.progress import EpochDone, MemberBegun, TrainingEvent
from shoplens.models.settings import Settings
from shoplens.models.train import parent_of, train

NAMES = ("simple_cnn", "fast", "good", "best")

FLOOR = 0.88
"""The least mean accuracy of `good`."""

ERRORS = 0.28
"""The largest error of `best`, as a share of the article's network's."""

BEHIND, SECONDS = 0.04, 60
"""How far `fast` may stay behind `good`, and how long it may take, reading and report included."""

CALIBRATION = 0.04

COLUMNS = (
    "model",
    "seed",
    "starts from",
    "input",
    "networks",
    "passes",
    "minutes",
    "accuracy",
    "95 % interval",
    "macro F1",
    "ECE, halves",
    "answers",
    "size",
)


def tell(event: TrainingEvent) -> None:
    if isinstance(event, MemberBegun):
        print(f" network {event.number}/{event.members}", file=sys.stderr)
    if isinstance(event, EpochDone):
        figures = f"validation {event.validation_accuracy:.3f}  {event.photos_per_second:.0f} photos/s"
        print(f"  pass {event.epoch:>3}  {figures}", file=sys.stderr)


def settings_of(name: str, seed: int, options: argparse.Namespace) -> Settings:
    if name == "simple_cnn":
        return Settings.for_preset("good", "simple_cnn", seed=seed, epochs=options.epochs)
    if name == "fast":
        return Settings.for_preset("fast", seed=seed)
    minutes = options.minutes if name == "good" else options.best_minutes
    return Settings.for_preset(name, budget_minutes=minutes, seed=seed, epochs=options.epochs)


def error_on_halves(bundle: Bundle, folder: Path, scratch: Path) -> float:
    """Return the expected calibration error of photos whose temperature was fitted on the other half."""
    dataset = Dataset.open(folder, bundle.recipe, bundle.input_size, scratch, classes=bundle.labels)
    logits = np.log(np.maximum(probabilities_of(bundle, dataset.pixels), 1e-9))
    errors = []
    for seed in range(10):
        mixed = np.random.default_rng(seed).permutation(len(logits))
        halves = mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]
        said = np.empty_like(logits)
        for fitted, applied in (halves, halves[::-1]):
            said[applied] = softmax(logits[applied] / fit_temperature(logits[fitted], dataset.labels[fitted]))
        bins = reliability(said.max(axis=1), said.argmax(axis=1) == dataset.labels)
        errors.append(expected_calibration_error(bins))
    return float(np.mean(errors))


def run(name: str, seed: int, options: argparse.Namespace, home: Path) -> dict[str, Any]:
    """Train, or take what an earlier run left in the folder."""
    kept = home / f"{name}-{seed}.json"
    if kept.exists():
        found: dict[str, Any] = json.loads(kept.read_text())
        return found
    print(f"{name}, seed {seed}", file=sys.stderr)
    data, begun = shared_data() / "clothing", time.monotonic()
    done = train(
        data / "train",
        settings_of(name, seed, options),
        name=f"{name.replace('_', '-')}-{seed}",
        home=home,
        test=data / "validation",
        listener=tell,
    )
    seconds = time.monotonic() - begun
    figures, card = done.evaluation, done.bundle.card
    print(f"  {figures.accuracy:.3f}  {done.report}", file=sys.stderr)
    row = {
        "name": name,
        "seed": seed,
        "parent": card["parent"],
        "size": done.bundle.input_size,
        "members": card["members"],
        "passes": card["passes"],
        "seconds": seconds,
        "accuracy": figures.accuracy,
        "interval": list(figures.interval),
        "macro_f1": figures.macro_f1,
        "ece": error_on_halves(done.bundle, data / "validation", home / "halves"),
        "coverage": figures.coverage,
        "precision": figures.precision,
        "bytes": card["export"]["bytes"],
        "data": card["data"],
    }
    kept.write_text(json.dumps(row))
    return row


def line(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    return (
        f"| `{row['name']}` | {row['seed']} | {row['parent'] or '-'} | {row['size']} px | {row['members']} "
        f"| {row['passes'] or '-'} | {row['seconds'] / 60:.1f} | **{row['accuracy']:.3f}** | {low:.3f} to {high:.3f} "
        f"| {row['macro_f1']:.3f} | {row['ece']:.3f} | {100 * row['coverage']:.0f} % at "
        f"{100 * row['precision']:.1f} % | {row['bytes'] / 1e6:.1f} MB |"
    )


def claims(rows: list[dict[str, Any]]) -> tuple[list[str], list[str]]:
    """Return sentences of what was reached, and of those what falls short of its claim."""

    def of(name: str, figure: str = "accuracy") -> np.ndarray:
        return np.array([row[figure] for row in rows if row["name"] == name])

    said, failed = [], []

    def state(text: str, holds: bool) -> None:
        said.append(f"- {text}{'' if holds else ' **Less than claimed.**'}")
        if not holds:
            failed.append(text)

    article, fast, good, best = (of(name) for name in NAMES)
    if len(good):
        spread = f", standard deviation {good.std(ddof=1):.3f}" if len(good) > 1 else ""
        state(f"`good`: mean of {len(good)} seeds {good.mean():.3f}{spread} (claimed: {FLOOR}).", good.mean() >= FLOOR)
        error = of("good", "ece").mean()
        state(f"`good`: calibration error on halves {error:.3f} (claimed: {CALIBRATION}).", error <= CALIBRATION)
    if len(article) and len(best):
        share = (1 - best.mean()) / (1 - article.mean())
        state(f"`best`: {share:.2f} times the errors of the article's network (claimed: {ERRORS}).", share <= ERRORS)
    if len(fast) and len(good):
        behind, seconds = good.mean() - fast.mean(), of("fast", "seconds").max()
        state(
            f"`fast`: {100 * behind:.1f} points behind `good` in {seconds:.0f} s (claimed: {100 * BEHIND:.0f} points, "
            f"{SECONDS} s).",
            behind <= BEHIND and seconds < SECONDS,
        )
    return said, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="for the passes of `good`")
    parser.add_argument("--best-minutes", type=float, default=60.0, help="for the passes of `best`, all its networks")
    parser.add_argument("--epochs", type=int, help="passes at most, instead of the presets'")
    parser.add_argument(
        "--seeds", type=int, nargs="+", default=[0, 1, 2], help="of all but `best`, which takes the first"
    )
    parser.add_argument("--only", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--home", type=Path, help="keep bundles, reports and finished rows in this folder, to go on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = options.home or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        names = [name for name in options.only if name != "fast" or parent_of(Settings.for_preset("good")) is not None]
        rows = [
            run(name, seed, options, home)
            for name in names
            for seed in (options.seeds[:1] if name == "best" else options.seeds)
        ]
    data = rows[0]["data"]
    said, failed = claims(rows)
    lines = [
        f"Trained on {sum(data['train'].values())} photos, the pass chosen on {data['validation']}, judged on the "
        f"{data['test']} photos of `clothing/validation`, of which one is 0.3 points ({data['kept_together']} groups "
        f"of near-duplicates kept on one side, {data['left_out']} photos left out for a near-duplicate in the test). "
        "Figures are of the exported bundle as shipped; minutes include reading, export and report.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(line(row) for row in rows),
        "",
        *said,
    ]
    write_result("train_clothing", "Training on clothing, against the founding article's network", lines)
    if failed:
        sys.exit("Less than claimed: " + " ".join(failed))


if __name__ == "__main__":
    main()
