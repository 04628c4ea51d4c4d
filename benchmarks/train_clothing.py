"""Does `shoplens train` beat the network of the article that founded this project, on phone photos of clothes?

Both learn from `clothing/train` in this run and are judged once by `clothing/validation`, which nothing else sees: the
pass, the temperature and the threshold are chosen on a part cut out of `clothing/train`, near-duplicates kept together.
`simple_cnn` is the article's network with the article's method: two convolutions, two poolings, a dense layer, resized
pixels of 64 x 64, plain Adam, no augmentation. `good` and `fast` start from the base model where this installation has
one: it has seen `clothing/train` and no photo of `clothing/validation`.

    SHOPLENS_DATA=... python benchmarks/train_clothing.py [--minutes 6.5] [--seeds 0] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from machine import shared_data, write_result

from shoplens.models.progress import EpochDone, TrainingEvent
from shoplens.models.settings import Settings
from shoplens.models.train import Training, parent_of, train

AHEAD = 0.10
"""The least by which `good` must be ahead of `simple_cnn`; their intervals must not touch either."""

COLUMNS = (
    "model",
    "seed",
    "starts from",
    "input",
    "passes",
    "minutes",
    "accuracy",
    "95 % interval",
    "macro F1",
    "ECE",
    "answers",
    "network",
)


@dataclass
class Row:
    name: str
    done: Training
    seconds: float

    def line(self) -> str:
        figures, card = self.done.evaluation, self.done.bundle.card
        low, high = figures.interval
        fast = self.name == "fast"
        return (
            f"| `{self.name}` | {card['seed']} | {card['parent'] or '-'} | {card['settings']['size']} px "
            f"| {'-' if fast else card['passes']} | {self.seconds / 60:.1f} | **{figures.accuracy:.3f}** "
            f"| {low:.3f} to {high:.3f} | {figures.macro_f1:.3f} | {figures.calibration_error:.3f} "
            f"| {100 * figures.coverage:.0f} % at {100 * figures.precision:.1f} % "
            f"| {card['export']['bytes'] / 1e6:.1f} MB |"
        )


def tell(event: TrainingEvent) -> None:
    if isinstance(event, EpochDone):
        figures = f"validation {event.validation_accuracy:.3f}  {event.photos_per_second:.0f} photos/s"
        print(f"  pass {event.epoch:>3}  {figures}", file=sys.stderr)


def run(name: str, settings: Settings, data: Path, home: Path) -> Row:
    print(f"{name}, seed {settings.seed}", file=sys.stderr)
    begun = time.monotonic()
    bundle = f"{name.replace('_', '-')}-{settings.seed}"
    done = train(data / "train", settings, name=bundle, home=home, test=data / "validation", listener=tell)
    print(f"  {done.evaluation.accuracy:.3f}  {done.report}", file=sys.stderr)
    return Row(name, done, time.monotonic() - begun)


def measure(data: Path, home: Path, minutes: float, seeds: list[int]) -> list[Row]:
    rows = []
    for seed in seeds:
        good = Settings.for_preset("good", budget_minutes=minutes, seed=seed)
        rows.append(run("simple_cnn", Settings.for_preset("good", "simple_cnn", seed=seed), data, home))
        if parent_of(good) is not None:
            rows.append(run("fast", Settings.for_preset("fast", seed=seed), data, home))
        rows.append(run("good", good, data, home))
    return rows


def mean(rows: list[Row], name: str) -> float:
    found = [row.done.evaluation.accuracy for row in rows if row.name == name]
    return sum(found) / len(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=6.5, help="for the passes of `good`")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--home", type=Path, help="keep bundles and reports in this folder")
    options = parser.parse_args()
    data = shared_data() / "clothing"
    with tempfile.TemporaryDirectory() as scratch:
        rows = measure(data, options.home or Path(scratch), options.minutes, options.seeds)
    baseline, good = mean(rows, "simple_cnn"), mean(rows, "good")
    card = rows[-1].done.bundle.card["data"]
    lines = [
        f"Trained on {sum(card['train'].values())} photos, the pass chosen on {card['validation']}, judged on the "
        f"{card['test']} photos of `clothing/validation` ({card['near_duplicate_groups']} groups of near-duplicates "
        f"kept on one side, {card['left_out']} photos left out for a near-duplicate in the test). Figures are of the "
        "exported bundle as shipped; minutes include reading, export and report.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
        *(row.line() for row in rows),
        "",
        f"`good` is {100 * (good - baseline):.1f} points ahead of the article's network: "
        f"{(1 - good) / (1 - baseline):.2f} times its errors.",
    ]
    write_result("train_clothing", "Training on clothing, against the founding article's network", lines)
    lowest = min(row.done.evaluation.interval[0] for row in rows if row.name == "good")
    highest = max(row.done.evaluation.interval[1] for row in rows if row.name == "simple_cnn")
    if good - baseline < AHEAD or lowest <= highest:
        sys.exit(f"`good` is not ahead by a wide margin: {good:.3f} against {baseline:.3f}.")


if __name__ == "__main__":
    main()
