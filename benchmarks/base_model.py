"""The base model's embedding alone, on two shops that it has not seen.

No colour embedder beside it, no subject finder, nothing learned from the shop: a photo goes in whole, 256 numbers come
out. Luma: every photo is the query in turn, all others are the gallery; right is another photo of the same product and
colour. Grocery: a photo taken in a shop must find the catalogue picture of its product among 81. Beside it, in the same
run: the colour embedder and raw pixels of 32 x 32. "One colour": without the photos that show their product in another
colour than each of its other photos, see photo_search.py.

"Tuned": what `shoplens train photos.csv --from base --set near_duplicates=false` makes of it, with the products and
colours of one half of Luma as classes, asked about the other half, each half in turn; beside it, the model as it was,
asked the same.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
from machine import shared_data, write_result
from photo_search import Ranking, Task, by_vectors, grocery, halves, luma, other_color, raw_pixels

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.models.bundle import BASE, Bundle, load_bundle
from shoplens.models.settings import Settings
from shoplens.models.train import train

FLOORS = {"luma": (0.72, 0.92), "grocery": (0.40, 0.70)}


def tuned(task: Task, bundle: Bundle, known: int) -> Bundle:
    """Train on from a bundle, with what the photos of one half of the products show as classes."""
    half = halves(task)
    shown = {name: min(shows) for name, shows in task.gallery.items() if shows and half[min(shows)] == known}
    often = Counter(shown.values())
    home = Path(tempfile.mkdtemp())
    with (home / "photos.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label"])
        writer.writerows([task.root / name, label] for name, label in shown.items() if often[label] > 1)
    settings = Settings.for_preset("good", transfer=str(bundle.path), near_duplicates=False)
    return train(home / "photos.csv", settings, name="tuned", home=home).bundle


def of_half(task: Task, ranking: Ranking, side: int, ks: tuple[int, ...]) -> list[float]:
    """How many of the products of one half are found among all photos."""
    half = halves(task)
    others = {path.name for path, shows in task.queries if not shows or half[min(shows)] != side}
    return task.score(ranking, ks, others)


def tuned_lines(task: Task, bundle: Bundle) -> list[str]:
    """How much is found of each half, by the model as it is and by the one that learned from the other half."""
    before = by_vectors(task, OnnxEmbedder(bundle).embed)
    found = []
    for known in (0, 1):
        after = by_vectors(task, OnnxEmbedder(tuned(task, bundle, known)).embed)
        found.append([of_half(task, ranking, 1 - known, (1, 10)) for ranking in (before, after)])
    (first, tenth), (then_first, then_tenth) = np.mean(found, axis=0).tolist()
    return [
        f"| luma, mean of halves | base model | {first:.3f} | {tenth:.3f} | |",
        f"| luma, mean of halves | tuned on the other half | {then_first:.3f} | {then_tenth:.3f} | |",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, default=BASE)
    parser.add_argument("--print-only", action="store_true", help="write no result and check no floor")
    arguments = parser.parse_args()
    bundle = load_bundle(arguments.bundle)
    data = shared_data()
    lines = [*(__doc__ or "").strip().splitlines(), "", f"Bundle `{bundle.id}`, input {bundle.input_size} px.", ""]
    lines += ["| shop | method | first | among the first 10 (Luma), 5 (grocery) | floor |", "|---|---|---|---|---|"]
    found = {}
    for name, task, ks in (("luma", luma(data), (1, 10)), ("grocery", grocery(data), (1, 5))):
        for label, embed in (
            ("base model", OnnxEmbedder(bundle).embed),
            ("colour embedder", ColorEmbedder().embed),
            ("raw pixels, 32 x 32", raw_pixels),
        ):
            ranking = by_vectors(task, embed)
            found[name, label] = task.score(ranking, ks)
            floor = "{:.2f} / {:.2f}".format(*FLOORS[name]) if label == "base model" else ""
            lines.append("| {} | {} | {:.3f} | {:.3f} | {} |".format(name, label, *found[name, label], floor))
            if name == "luma":
                alike = task.score(ranking, ks, other_color())
                lines.append("| luma, one colour | {} | {:.3f} | {:.3f} | |".format(label, *alike))
        if name == "luma":
            lines += tuned_lines(task, bundle)
    print("\n".join(lines))
    if not arguments.print_only:
        write_result("base_model", "The base model's embedding alone", lines)
        for name, floors in FLOORS.items():
            for got, floor in zip(found[name, "base model"], floors, strict=True):
                assert got >= floor, f"{name}: {got:.3f}, promised {floor}"


if __name__ == "__main__":
    main()
