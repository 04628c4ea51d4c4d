"""Are the products of a photo found: each in a box, in scenes and photos that no training has seen?

Scenes are made by the code that also makes those of the training, from other material: cut-outs of
clothing/validation, grocery-store/val and outfits-ccp's val part, drawn products of another seed, over pieces of
validation photos and drawn rooms. *Composites* hold one to four products, *outfits* are items put back where they were
worn, *drawn* are photos of a drawn product as a shopper takes it, whose box the drawing knows. *Photos* are 36 of
clothing/validation and 38 of grocery-store/val in which a hand holds a product, whose boxes were drawn by hand
(locator_truth.csv) before any figure was known.

Each true box is paired with at most one answer. "Mean IoU" counts a product without a partner as 0; "found" is the
share of products with an IoU above .5, "right" the share of answers that are such partners, "first" the share of
pictures whose first answer is.

Then what it is for: a photo taken in a shop must find the catalogue picture of its product among 81, with the whole
photo, and with the first product that each method finds. "As a search does": what differs from the ground on plain
ones, else the first product.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from machine import shared_data, write_result

RECIPES = Path(__file__).parent.parent / "recipes"
sys.path[:0] = [str(RECIPES / "base"), str(RECIPES / "locator")]

from judge import figures, pairs  # noqa: E402
from material import Material  # noqa: E402
from photo_search import grocery  # noqa: E402
from prepare import decode as prepared  # noqa: E402
from scenes import Scene, SceneMaker  # noqa: E402

from shoplens.embedding.blended_embedder import BlendedEmbedder  # noqa: E402
from shoplens.embedding.color_embedder import ColorEmbedder  # noqa: E402
from shoplens.embedding.onnx_embedder import OnnxEmbedder  # noqa: E402
from shoplens.embedding.query_box import query_boxes  # noqa: E402
from shoplens.embedding.subject_embedder import SubjectEmbedder, with_margin  # noqa: E402
from shoplens.models.bundle import BASE, load_bundle  # noqa: E402
from shoplens.models.locator import Locator, find_objects  # noqa: E402
from shoplens.models.runtime import OnnxModel  # noqa: E402
from shoplens.photos.decode import decode_file  # noqa: E402
from shoplens.photos.subject import find_subject  # noqa: E402
from shoplens.photos.transform import crop  # noqa: E402
from shoplens.records import WHOLE, Box, FoundObject, Pixels  # noqa: E402
from shoplens.settings import Settings  # noqa: E402

SIDE = 320
LOCATOR, AS_SEARCH = "locator", "as a search does"
WITHOUT = "without learning (`find_subject`)"
Finder = Callable[[Pixels], list[FoundObject]]


def held_out(data: Path, most: int) -> Material:
    """What scenes are made of, from validation parts alone: at most so many photos of each set."""
    material = Material()
    material.read_outfits(data, "val")
    for source, name, wanted in (
        ("clothing", "clothing/manifest.csv", lambda row: row["split"] == "validation"),
        ("grocery", "grocery-store/manifest.csv", lambda row: row["split"] == "val"),
        ("outfits", "outfits-ccp/items.csv", lambda row: row["split"] == "val"),
    ):
        with (data / name).open(newline="", encoding="utf-8") as file:
            paths = [f"{name.split('/')[0]}/{row['path']}" for row in csv.DictReader(file) if wanted(row)]
        for path in sorted(paths, key=lambda path: hashlib.sha256(path.encode()).hexdigest())[:most]:
            material.add(source, *prepared((source, str(data / path))), path)
    material.draw(203, 24, range(5, 6))
    return material


def photos(data: Path) -> list[Scene]:
    """The photos with boxes drawn by hand."""
    with (Path(__file__).parent / "locator_truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    scenes = []
    for row in rows:
        box = np.array([[float(row[key]) for key in ("x0", "y0", "x1", "y1")]], np.float32)
        scenes.append(Scene(decode_file(data / row["path"]).pixels, box, np.zeros((0, 4), np.float32), "photo"))
    return scenes


def sets(data: Path, scenes: int, most: int) -> dict[str, list[Scene]]:
    material = held_out(data, most)
    drawn = Material(known=material.known[-48:])
    maker, shots = SceneMaker(material, SIDE, 4242), SceneMaker(drawn, SIDE, 4243)
    real = photos(data)
    return {
        "composites": [maker.make("composite") for _ in range(scenes)],
        "outfits": [maker.make("outfit") for _ in range(scenes // 2)],
        "drawn": [shots.make("known") for _ in range(scenes // 2)],
        "photos: clothing": real[:36],
        "photos: grocery": real[36:],
        "photos: both": real,
    }


def without_learning(pixels: Pixels) -> list[FoundObject]:
    subject = find_subject(pixels)
    return [FoundObject(subject.box, subject.score)]


def pieces(pixels: Pixels) -> list[FoundObject]:
    """Each connected piece of what differs from the border is a product."""
    subject = find_subject(pixels)
    return _parts(subject.mask.astype(np.uint8), subject.score)


@dataclass
class Attention:
    """What the base model's attention looks at, cut at half of its largest value; each connected piece is a product."""

    model: OnnxModel

    def __call__(self, pixels: Pixels) -> list[FoundObject]:
        side = self.model.input_size
        square = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
        map_ = self.model.run(square[None], ["attention"])["attention"][0, ..., 0]
        large = cv2.resize(map_, (side, side), interpolation=cv2.INTER_CUBIC)
        return _parts((large > 0.5 * large.max()).astype(np.uint8), float(large.max()))


def _parts(mask: np.ndarray, score: float) -> list[FoundObject]:
    height, width = mask.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    found = []
    for left, top, wide, high, area in stats[1:count]:
        if area > 0.01 * mask.size:
            box = Box(left / width, top / height, min(1.0, (left + wide) / width), min(1.0, (top + high) / height))
            found.append(FoundObject(box, score))
    return sorted(found, key=lambda one: -one.box.area) or [FoundObject(WHOLE, 0.0)]


def judged(scenes: Sequence[Scene], finder: Finder) -> dict[str, float]:
    found = [finder(scene.pixels) for scene in scenes]
    first = [
        max(pairs([Box(*map(float, np.clip(b, 0, 1))) for b in scene.boxes], [row[0].box]), default=1.0) > 0.5
        for scene, row in zip(scenes, found, strict=True)
    ]
    return figures(scenes, found) | {"first": float(np.mean(first))}


def retrieval(data: Path, finders: dict[str, Finder]) -> dict[str, tuple[float, float]]:
    """Share of grocery photos whose catalogue picture comes first, and among the first five."""
    task = grocery(data)
    weight = Settings().color_weight
    network = BlendedEmbedder.with_colors(OnnxEmbedder(load_bundle(BASE)), ColorEmbedder(), weight)
    names = list(task.gallery)
    gallery = SubjectEmbedder(network).embed([decode_file(task.root / name).pixels for name in names])
    queries = [decode_file(path).pixels for path, _ in task.queries]
    scores = {}
    boxes = {label: [_looked_at(finder(pixels)[0].box) for pixels in queries] for label, finder in finders.items()}
    boxes[AS_SEARCH] = [query_boxes(pixels)[0] for pixels in queries]
    for label, seen in boxes.items():
        parts = [pixels if box is None else crop(pixels, box) for pixels, box in zip(queries, seen, strict=True)]
        order = np.argsort(-(network.embed(parts) @ gallery.T), axis=1, kind="stable")[:, :5]
        answers = [[names[i] for i in row] for row in order]
        first, five = task.score(answers.__getitem__, (1, 5))
        scores[label] = first, five
    return scores


def _looked_at(box: Box) -> Box | None:
    return None if box == WHOLE else with_margin(box)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=400, help="composites; half as many of the other scenes")
    parser.add_argument("--most", type=int, default=10_000, help="photos of each set that the scenes are made of")
    options = parser.parse_args()
    data = shared_data()
    finders: dict[str, Finder] = {
        "whole photo": lambda pixels: [FoundObject(WHOLE, 0.0)],
        WITHOUT: without_learning,
        "without learning, each piece": pieces,
        "base model's attention": Attention(OnnxModel(load_bundle(BASE))),
        "locator, network alone": Locator().find,
        LOCATOR: find_objects,
    }
    lines, scores = [], {}
    for title, scenes in sets(data, options.scenes, options.most).items():
        count = sum(len(scene.boxes) for scene in scenes)
        lines += [f"## {title[0].upper()}{title[1:]}: {len(scenes)} pictures, {count} products", ""]
        lines += ["| method | mean IoU | found | right | first |", "|---|---|---|---|---|"]
        for label, finder in finders.items():
            row = scores[title, label] = judged(scenes, finder)
            cells = " | ".join(f"{row[key]:.3f}" for key in ("mean_iou", "found", "right", "first"))
            lines.append(f"| {label} | {cells} |")
        lines.append("")
    found = retrieval(data, finders)
    lines += ["## Grocery: photo taken in a shop to the catalogue picture, 81 products", ""]
    lines += ["| part of the photo that is looked at | first | among the first 5 |", "|---|---|---|"]
    lines += [f"| {label} | {first:.3f} | {five:.3f} |" for label, (first, five) in found.items()]
    write_result("locator", "Finding products in photos", [*(__doc__ or "").strip().splitlines(), "", *lines])
    for title in ("composites", "photos: both"):
        row = scores[title, LOCATOR]
        assert row["mean_iou"] >= 0.70, f"{title}: mean IoU {row['mean_iou']:.3f}, promised 0.70"
        assert row["found"] >= 0.85, f"{title}: found {row['found']:.3f}, promised 0.85"
    held = scores["photos: grocery", LOCATOR]["found"]
    plain = max(scores["photos: grocery", label]["found"] for label in (WITHOUT, "whole photo"))
    assert held >= 2 * plain, f"in hands {held:.3f} are found, promised twice as many as without learning ({plain:.3f})"


if __name__ == "__main__":
    main()
