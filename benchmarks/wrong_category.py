"""Are products filed under a wrong category found, and what real errors are there?

Of the 3,068 photos of clothing/train, each a product of its own, 5 % get another of the ten labels at random, and the
ranking of `judge_categories` is asked for them: average precision, mean of five draws. The base model has learned from
these photos with their right labels, which flatters; so the same is asked of clothing/validation, which it has never
seen, but which has nine times fewer photos to learn a shop's categories from. Beside it cleanlab's ranking by
self-confidence of the same probabilities. The check `category_contradicted` itself names few and should be right: told
are its findings and how many were flipped.

Then nothing is flipped, and the most suspicious are listed for somebody to look at, in clothing/train and in the demo
shop of microsoft-traders. What was seen stands in `wrong_category_verdicts.csv`; those who look again append to it.

How the parts of a vector share its length was chosen with these figures in view (`_SEEN` in
`embedding/blended_embedder.py`): on clothing/validation equal shares gave .75 to .77, those that are used .82 to .84.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from duplicates import base_embedder
from machine import shared_data, write_result
from sklearn.metrics import average_precision_score

from shoplens.photos.decode import decode_file
from shoplens.quality.catalog_view import CatalogView, Item
from shoplens.quality.category_judge import judge_categories
from shoplens.quality.checks.category_contradicted import CategoryContradicted
from shoplens.quality.rule import Rule
from shoplens.records import Vectors

SHARE, DRAWS, FLOOR = 0.05, 5, 0.75
LISTED = 25
VERDICTS = Path(__file__).parent / "wrong_category_verdicts.csv"


@dataclass(frozen=True)
class Labelled:
    """Photos with the product that each shows and the label that it is filed under."""

    paths: tuple[str, ...]
    products: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Vectors

    def view(self, labels: Sequence[str]) -> CatalogView:
        """Return a catalogue in which they are filed under these labels."""
        photos: dict[str, list[str]] = {}
        filed = dict(zip(self.products, labels, strict=True))
        for path, product in zip(self.paths, self.products, strict=True):
            photos.setdefault(product, []).append(path)
        items = [Item(name, name, name, filed[name], tuple(shown)) for name, shown in photos.items()]
        return CatalogView(items, {}, self.paths, self.vectors.astype(np.float16))


def read(data: Path, rows: Sequence[tuple[str, str, str]]) -> Labelled:
    embedder = base_embedder()
    vectors = []
    for start in range(0, len(rows), 64):
        photos = [
            decode_file(data / path, min_side=embedder.min_side).pixels for path, _, _ in rows[start : start + 64]
        ]
        vectors.append(embedder.embed(photos))
    paths, products, labels = zip(*rows, strict=True)
    return Labelled(paths, products, labels, np.concatenate(vectors))


def clothing(data: Path, split: str, most: int) -> Labelled:
    with (data / "clothing" / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    rows = [rows[int(place)] for place in np.random.default_rng(0).permutation(len(rows))[:most]]
    return read(data, [(f"clothing/{row['path']}", row["path"], row["category"]) for row in rows])


def traders(data: Path) -> Labelled:
    with (data / "microsoft-traders" / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    return read(data, [(f"microsoft-traders/{row['path']}", row["product"], row["label"]) for row in rows])


def flipped(labels: Sequence[str], draw: int) -> tuple[list[str], npt.NDArray[np.bool_]]:
    rng = np.random.default_rng(draw)
    names = sorted(set(labels))
    wrong = np.zeros(len(labels), np.bool_)
    wrong[rng.permutation(len(labels))[: round(SHARE * len(labels))]] = True
    return [
        str(rng.choice([name for name in names if name != label])) if bad else label
        for label, bad in zip(labels, wrong, strict=True)
    ], wrong


def asked(photos: Labelled) -> tuple[list[float], list[float], int, int]:
    """Return average precision of ours and of self-confidence by draw; findings of the check, and those flipped."""
    ours, plain, told, right = [], [], 0, 0
    check = CategoryContradicted()
    for draw in range(DRAWS):
        labels, wrong = flipped(photos.labels, draw)
        view = photos.view(labels)
        bad = {product for product, is_bad in zip(photos.products, wrong, strict=True) if is_bad}
        judged = judge_categories(view)
        truth = [one.listing in bad for one in judged]
        ours.append(float(average_precision_score(truth, [-np.log(max(one.own / one.sure, 1e-9)) for one in judged])))
        plain.append(float(average_precision_score(truth, [-one.own for one in judged])))
        found = list(check.inspect(view, Rule(check.code, "warning", check.limits)))
        told += len(found)
        right += sum(finding.product_id in bad for finding in found)
    return ours, plain, told, right


def suspected(photos: Labelled) -> list[str]:
    """Return rows of the most suspicious, with what somebody saw in them."""
    seen = {}
    with VERDICTS.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            seen[row["product"]] = row
    lines, counts = ["| product | filed under | looks like | own | verdict |", "|---|---|---|---|---|"], Counter[str]()
    for one in judge_categories(photos.view(photos.labels))[:LISTED]:
        verdict = seen.get(one.listing, {"verdict": "not looked at", "seen": ""})
        counts[verdict["verdict"]] += 1
        said = f"{verdict['verdict']}: {verdict['seen']}".rstrip(": ")
        lines.append(f"| {one.listing} | {one.filed} | {one.other} ({one.sure:.2f}) | {one.own:.4f} | {said} |")
    return [", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()) + ".", "", *lines, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=10_000, help="photos of clothing/train at most")
    options = parser.parse_args()
    data = shared_data()
    sets = {
        "clothing/train": clothing(data, "train", options.photos),
        "clothing/validation": clothing(data, "validation", options.photos),
    }
    lines = [
        f"{SHARE:.0%} of the labels flipped, {DRAWS} draws.",
        "",
        "| photos | average precision | by self-confidence (cleanlab) | findings of the check | of these flipped |",
        "|---|---|---|---|---|",
    ]
    reached = {}
    for name, photos in sets.items():
        ours, plain, told, right = asked(photos)
        reached[name] = float(np.mean(ours))
        lines.append(
            f"| {name}, {len(photos.paths):,} | {np.mean(ours):.3f} ({min(ours):.2f} to {max(ours):.2f}) "
            f"| {np.mean(plain):.3f} | {told / DRAWS:.1f} | {right / max(1, told):.1%} |"
        )
    lines += [
        "",
        f"## The {LISTED} most suspicious of clothing/train, as it is",
        "",
        *suspected(sets["clothing/train"]),
    ]
    lines += [f"## The {LISTED} most suspicious products of microsoft-traders", "", *suspected(traders(data))]
    assert reached["clothing/train"] >= FLOOR, reached
    write_result("wrong_category", "Products under a wrong category", lines[:-1])


if __name__ == "__main__":
    main()
