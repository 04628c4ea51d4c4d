"""What does a teacher bring a smaller network? Phone photos of clothes, ten classes.

The pupil has the small size of the residual family and begins with random weights: once with the labels of
`clothing/train` alone, once with a bundle of `--preset good`, trained from the base model in this run, as its teacher.
All choose their pass on the same part of `clothing/train`, and are judged once by the 341 photos of
`clothing/validation`. "Nearest": of how many of these the nearest other one by the embedding is of the same class. The
time is of one photo on one thread.

    SHOPLENS_DATA=... python benchmarks/distill.py [--epochs 30] [--seeds 0] [--home DIR] [--teacher BUNDLE]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from machine import shared_data, write_result
from train_clothing import tell

from shoplens.models.bundle import Bundle, load_bundle
from shoplens.models.export_loss import neighbours
from shoplens.models.exported_network import milliseconds, open_network, run_all
from shoplens.models.intervals import wilson_interval
from shoplens.models.photo_sample import PhotoSample
from shoplens.models.settings import Settings
from shoplens.models.train import train

SMALL = {"size": "small"}


def trained(name: str, settings: Settings, home: Path) -> Bundle:
    """Train, or take what an earlier run left in the folder."""
    folder = home / "bundles" / name
    if folder.exists():
        return load_bundle(folder)
    print(name, file=sys.stderr)
    data = shared_data() / "clothing"
    return train(data / "train", settings, name=name, home=home, test=data / "validation", listener=tell).bundle


def line(what: str, seed: int, bundle: Bundle) -> tuple[str, float]:
    """The row of one bundle, and its accuracy."""
    judged = PhotoSample.of_folder(shared_data() / "clothing" / "validation", bundle, limit=100_000)
    network = open_network(bundle.path / "model.onnx")
    answers = run_all(network, judged.pixels)
    right = answers["probabilities"].argmax(axis=1) == judged.labels
    low, high = wilson_interval(int(right.sum()), len(right))
    size, spent = (bundle.path / "model.onnx").stat().st_size / 1e6, milliseconds([network], judged.pixels)[0]
    return (
        f"| {what} | {seed} | **{right.mean():.3f}** | {low:.3f} to {high:.3f} | {neighbours(answers, judged):.3f} | "
        f"{size:.1f} MB | {spent:.2f} |"
    ), float(right.mean())


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
            line("`good`, the teacher", int(teacher.card["seed"]), teacher)[0],
        ]
        reached: dict[str, list[float]] = {"alone": [], "taught": []}
        for seed in options.seeds:
            for kind, told in (("alone", ""), ("taught", str(teacher.path))):
                settings = Settings.for_preset(
                    "good", architecture_settings=SMALL, epochs=options.epochs, patience=options.epochs, seed=seed,
                    teacher=told,
                )  # fmt: skip
                row, accuracy = line(f"small, {kind}", seed, trained(f"{kind}-{seed}", settings, home))
                lines.append(row)
                reached[kind].append(accuracy)
    alone, taught = np.mean(reached["alone"]), np.mean(reached["taught"])
    lines += ["", f"Taught, the small network is {100 * (taught - alone):+.1f} points from what it is alone."]
    write_result("distill", "A smaller network with a teacher", lines)


if __name__ == "__main__":
    main()
