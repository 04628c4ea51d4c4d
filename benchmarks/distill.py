"""What does a teacher bring a smaller network? Phone photos of clothes, twenty classes.

The pupil has the small size of the residual family and begins with random weights: once with the labels of
`clothing/train` alone, once with a bundle of `--preset good`, trained from the base model in this run, as its teacher.
All choose their pass on the same part of `clothing/train`, and are judged once by the 341 photos of
`clothing/validation`. "Nearest": of how many of these the nearest other one by the embedding is of the same class. The
time is of one photo on one thread, the median of 100.

    SHOPLENS_DATA=... python benchmarks/distill.py [--epochs 30] [--seeds 0] [--home DIR] [--teacher BUNDLE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import shared_data, write_result

from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.dataset import Dataset
from shoplens.models.evaluate import evaluate, probabilities_of
from shoplens.models.progress import EpochDone, TrainingEvent
from shoplens.models.runtime import OnnxModel
from shoplens.models.settings import Settings
from shoplens.models.train import train

SMALL = {"size": "small"}


def tell(event: TrainingEvent) -> None:
    if isinstance(event, EpochDone):
        figures = f"validation {event.validation_accuracy:.3f}  {event.photos_per_second:.0f} photos/s"
        print(f"  pass {event.epoch:>3}  {figures}", file=sys.stderr)


def trained(name: str, settings: Settings, home: Path) -> Bundle:
    """Train, or take what an earlier run left in the folder."""
    folder = home / "bundles" / name
    if folder.exists():
        return load_bundle(folder)
    print(name, file=sys.stderr)
    data = shared_data() / "clothing"
    return train(data / "train", settings, name=name, home=home, test=data / "validation", listener=tell).bundle


def nearest(bundle: Bundle, data: Dataset) -> float:
    """Share of the photos whose nearest other one is of the same class."""
    model = OnnxModel(bundle)
    looks = np.concatenate(
        [model.run(data.pixels[rows])["embedding"] for rows in np.array_split(np.arange(len(data.labels)), 12)]
    )
    alike = looks @ looks.T
    np.fill_diagonal(alike, -1.0)
    return float((data.labels[alike.argmax(axis=1)] == data.labels).mean())


def milliseconds(bundle: Bundle, data: Dataset) -> float:
    """The median time of one photo on one thread."""
    model, spent = OnnxModel(bundle), []
    for row in range(100):
        photo = data.pixels[np.array([row])]
        begun = time.perf_counter()
        model.run(photo)
        spent.append(time.perf_counter() - begun)
    return float(np.median(spent)) * 1e3


def line(what: str, seed: int, bundle: Bundle, scratch: Path) -> tuple[str, float]:
    """The row of one bundle, and its accuracy."""
    folder = shared_data() / "clothing" / "validation"
    data = Dataset.open(folder, bundle.recipe, bundle.input_size, scratch, classes=bundle.labels)
    said = probabilities_of(bundle, data.pixels)
    found = evaluate(said, data.labels, data.classes, list(data.paths), threshold=bundle.threshold)
    low, high = found.interval
    size = (bundle.path / "model.onnx").stat().st_size / 1e6
    return (
        f"| {what} | {seed} | **{found.accuracy:.3f}** | {low:.3f} to {high:.3f} | {nearest(bundle, data):.3f} | "
        f"{size:.1f} MB | {milliseconds(bundle, data):.2f} |"
    ), found.accuracy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=30, help="passes at most, of every network")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="of the pupils")
    parser.add_argument("--home", type=Path, help="keep bundles in this folder, to go on")
    parser.add_argument("--teacher", type=Path, help="a bundle of these classes, instead of training one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = options.home or Path(scratch)
        teacher = (
            load_bundle(options.teacher)
            if options.teacher
            else trained("teacher", Settings.for_preset("good", epochs=options.epochs), home)
        )
        lines = [
            "| network | seed | accuracy | 95 % interval | nearest | size | ms a photo |",
            "|---|---|---|---|---|---|---|",
            line("`good`, the teacher", int(teacher.card["seed"]), teacher, home / "judging")[0],
        ]
        reached: dict[str, list[float]] = {"alone": [], "taught": []}
        for seed in options.seeds:
            for kind, told in (("alone", ""), ("taught", str(teacher.path))):
                settings = Settings.for_preset(
                    "good", architecture_settings=SMALL, epochs=options.epochs, patience=options.epochs, seed=seed,
                    teacher=told,
                )  # fmt: skip
                row, accuracy = line(
                    f"small, {kind}", seed, trained(f"{kind}-{seed}", settings, home), home / "judging"
                )
                lines.append(row)
                reached[kind].append(accuracy)
    alone, taught = np.mean(reached["alone"]), np.mean(reached["taught"])
    lines += ["", f"Taught, the small network is {100 * (taught - alone):+.1f} points from what it is alone."]
    write_result("distill", "A smaller network with a teacher", lines)


if __name__ == "__main__":
    main()
