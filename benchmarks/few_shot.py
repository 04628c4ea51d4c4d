"""Is a category that is taught from five photos named, where the model has never seen its like?

Ten products of `grocery-store` are taught from five photos of its train part each and judged on the photos of its val
part. For an honest figure the model must be a copy of the base model that was trained without them: `--bundle` names
it, `--classes` the products (left out: ten drawn by seed 0 among those with four val photos or more). Which five photos
are taught is drawn 20 times; the interval is that of the mean over the draws.

What judges is what `shoplens teach` and `shoplens classify` use: the views, the vectors, the fit. The first row knows
the ten categories and nothing else. The second learned from a shop's photos as strangers too (photos of other products
in the train part) and is asked which of the ten it would be. The last goes through `Shop.teach` and `Shop.classify`,
once, and counts what is answered and right.

    SHOPLENS_DATA=... python benchmarks/few_shot.py --bundle FOLDER [--classes A,B,...] [--draws 20] [--floor 0.65]
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from machine import shared_data, write_result

from shoplens.classify.examples import Examples
from shoplens.classify.taught_categories import OTHER, learn_taught
from shoplens.embedding.blended_embedder import BlendedEmbedder
from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.embedding.view_embedder import ViewEmbedder, Views
from shoplens.models.bundle import BASE, load_bundle
from shoplens.photos.decode import decode_file
from shoplens.settings import SETTINGS_FILE, Settings, write_setting
from shoplens.shop import Shop

SHOTS = 5
WAYS = 10
STRANGERS = 300


@dataclass
class Photos:
    paths: list[Path]
    classes: np.ndarray
    views: Views


def listed(data: Path, part: str) -> list[tuple[Path, int]]:
    rows = (line.split(",") for line in (data / f"{part}.txt").read_text("utf-8").splitlines() if line.strip())
    return [(data / row[0].strip(), int(row[1])) for row in rows]


def names_of(data: Path) -> dict[int, str]:
    with (data / "classes.csv").open(encoding="utf-8") as file:
        return {int(row["Class ID (int)"]): row["Class Name (str)"] for row in csv.DictReader(file)}


def chosen_classes(data: Path, wanted: str, seed: int) -> list[int]:
    names = names_of(data)
    if wanted:
        by_name = {name: number for number, name in names.items()}
        missing = [name for name in wanted.split(",") if name not in by_name]
        if missing:
            sys.exit(f"No product of grocery-store has the name {missing[0]}; classes.csv lists them.")
        return [by_name[name] for name in wanted.split(",")]
    counts = np.bincount([number for _, number in listed(data, "val")], minlength=len(names))
    return sorted(np.random.default_rng(seed).choice(np.flatnonzero(counts >= 4), WAYS, replace=False).tolist())


def look(embedder: ViewEmbedder, rows: list[tuple[Path, int]]) -> Photos:
    views = [embedder.lessons([decode_file(path, min_side=embedder.min_side).pixels]) for path, _ in rows]
    return Photos([path for path, _ in rows], np.array([number for _, number in rows]), np.concatenate(views))


def examples(embedder: ViewEmbedder, photos: Photos, rows: np.ndarray) -> Examples:
    # Stored vectors are rounded to 16 bits.
    views = photos.views[rows].astype(np.float16).astype(np.float32)
    labels = tuple(str(photos.classes[row]) for row in rows)
    return Examples(labels, tuple(str(row) for row in rows), embedder.mean(views), views)


def draw(photos: Photos, classes: list[int], rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.choice(np.flatnonzero(photos.classes == c), SHOTS, replace=False) for c in classes])


def accuracy(embedder: ViewEmbedder, taught: Examples, judged: Photos, strangers: np.ndarray) -> float:
    head = learn_taught(taught, strangers).head
    assert head is not None
    shares = head.probabilities(embedder.mean(judged.views))
    if OTHER in head.labels:
        shares[:, head.labels.index(OTHER)] = -1.0
    said = np.array([int(head.labels[best]) for best in shares.argmax(axis=1)])
    return float((said == judged.classes).mean())


def through_the_shop(bundle: Path, taught: list[tuple[Path, int]], judged: list[tuple[Path, int]]) -> tuple[str, float]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "bundles").mkdir()
        if bundle != BASE:
            (folder / "bundles" / "held").symlink_to(bundle.resolve())
            write_setting(folder / SETTINGS_FILE, "model", "held")
        with Shop.open(folder, create=True) as shop:
            started = time.perf_counter()
            for number in sorted({number for _, number in taught}):
                shop.teach(f"Product {number}", [path for path, other in taught if other == number])
            shop.classify(judged[0][0])
            seconds = time.perf_counter() - started
            said = [(shop.classify(path).category.label, f"Product {number}") for path, number in judged]
    answered = [pair for pair in said if pair[0] is not None and pair[0].startswith("Product")]
    right = sum(label == truth for label, truth in answered)
    return f"{len(answered) / len(said):.2f} answered, {right / max(1, len(answered)):.2f} of them right", seconds


def interval(values: list[float]) -> str:
    mean, spread = float(np.mean(values)), float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    half = 1.96 * spread / len(values) ** 0.5
    return f"**{mean:.3f}** | {mean - half:.3f} to {mean + half:.3f} | {min(values):.3f} to {max(values):.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=BASE, help="a base model trained without the classes")
    parser.add_argument("--classes", default="", help="names of products, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--floor", type=float, default=0.65, help="the least mean over the ten")
    options = parser.parse_args()
    data = shared_data() / "grocery-store"
    classes = chosen_classes(data, options.classes, options.seed)
    bundle, weight = load_bundle(options.bundle), Settings().color_weight
    part = BlendedEmbedder.with_colors(OnnxEmbedder(bundle), ColorEmbedder(), weight)
    embedder = ViewEmbedder(part)
    train, val = listed(data, "train"), listed(data, "val")
    rng = np.random.default_rng(options.seed)
    support = look(embedder, [row for row in train if row[1] in classes])
    judged = look(embedder, [row for row in val if row[1] in classes])
    others = [row for row in train if row[1] not in classes]
    seen = look(embedder, [others[i] for i in rng.choice(len(others), min(STRANGERS, len(others)), replace=False)])
    draws = [draw(support, classes, rng) for _ in range(options.draws)]
    none, strangers = np.zeros((0, embedder.dim), np.float32), seen.views[:, 1]
    closed = [accuracy(embedder, examples(embedder, support, rows), judged, none) for rows in draws]
    opened = [accuracy(embedder, examples(embedder, support, rows), judged, strangers) for rows in draws]
    first = [(support.paths[row], int(support.classes[row])) for row in draws[0]]
    answer, seconds = through_the_shop(options.bundle, first, [row for row in val if row[1] in classes])
    names = names_of(data)
    unseen = "that has seen none of them" if options.bundle != BASE else "**which has seen them in training**"
    lines = [
        f"Model `{bundle.id}`, {unseen}. Products: {', '.join(names[c] for c in classes)}. {len(judged.paths)} val "
        f"photos; {SHOTS} train photos a product, drawn {len(draws)} times.",
        "",
        "| what is known | accuracy over the ten | 95 % interval of the mean | worst and best draw |",
        "|---|---|---|---|",
        f"| the ten categories | {interval(closed)} |",
        f"| and {len(strangers)} photos of other products | {interval(opened)} |",
        "",
        f"Through `Shop.teach` and `Shop.classify` in an empty shop, first draw: {answer}. Teaching all ten and the "
        f"first answer took {seconds:.1f} s.",
    ]
    write_result("few_shot", "Ten categories from five photos each", lines)
    if float(np.mean(closed)) < options.floor:
        sys.exit(f"{np.mean(closed):.3f} over the ten is below the floor of {options.floor}.")


if __name__ == "__main__":
    main()
