"""Does ShopLens know what is worn with what, where kinds alone tell nothing?

Items of real outfits (`outfits-ccp`, the val part, which nothing was trained or chosen on). Fill in the blank: an
outfit without one of its items, and four items of its kind, of which one belongs there. Compatible or not: an outfit
against itself with one item exchanged for another of its kind. All items of one photo share its light, which tells
much; so each figure is taken again with every item in a light of its own: a moderate one (white balance and exposure
within 7 %, saturation within 12 %) and one twice as far off. Beside it: colours that are alike, the
embedding's likeness, and the harmony of the main colours.

    SHOPLENS_DATA=... python benchmarks/outfits.py
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from machine import shared_data, write_result
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).parents[1] / "recipes" / "compatibility"))
from outfit_questions import Question, questions, read_items
from relight import relight

from shoplens.embedding.color_embedder import ColorEmbedder
from shoplens.embedding.onnx_embedder import OnnxEmbedder
from shoplens.models.bundle import BASE, load_bundle
from shoplens.photos.color_names import lab
from shoplens.photos.decode import decode_file
from shoplens.photos.palette import palette
from shoplens.recommend.color_harmony import harmony
from shoplens.recommend.compatibility import Compatibility
from shoplens.records import Pixels

BLANK, COMPATIBLE, LIGHT = 0.38, 0.60, 0.05
"""The least share of blanks filled right, the least AUC, and the most that moderate lights of their own may cost."""

LIGHTS = (0.5, 1.0)
"""Strengths of `relight`."""

Fits = Callable[[int, list[int]], np.ndarray]
"""How well an item fits each of some others."""


def judged(fits: Fits, asked: list[Question]) -> tuple[float, float, list[bool]]:
    """Return blanks filled right, the area under the curve, and which blanks are right."""
    right, truth, said = [], [], []
    for question in asked:
        scores = [float(fits(choice, question.context).mean()) for choice in question.choices]
        right.append(int(np.argmax(scores)) == 0)
        truth += [1, 0]
        said += scores[:2]
    return float(np.mean(right)), float(roc_auc_score(truth, said)), right


def ways(photos: list[Pixels]) -> dict[str, Fits]:
    colors, looks = ColorEmbedder().embed(photos), OnnxEmbedder(load_bundle(BASE)).embed(photos)
    matching = Compatibility.learned().apply(colors)
    main = lab(np.array([[palette(photo)[0].rgb for photo in photos]], np.uint8))[0]

    def alike(vectors: np.ndarray) -> Fits:
        return lambda choice, context: vectors[context] @ vectors[choice]

    return {
        "**learned compatibility** (ships)": alike(matching),
        "colours alike": alike(colors),
        "embedding of the base model": alike(looks),
        "harmony of the main colours": lambda choice, context: harmony(main[choice], main[context]),
    }


def interval(right: list[bool], asked: list[Question]) -> str:
    """95 % interval by drawing outfits anew: the questions of one outfit are not independent."""
    first = [min([*question.context, question.choices[0]]) for question in asked]
    groups = [np.flatnonzero(np.array(first) == outfit) for outfit in sorted(set(first))]
    rng, values = np.random.default_rng(0), np.array(right, float)
    means = [
        values[np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])].mean()
        for _ in range(500)
    ]
    return f"{np.quantile(means, 0.025):.3f} to {np.quantile(means, 0.975):.3f}"


def main() -> None:
    rng = np.random.default_rng(17)
    items = read_items(shared_data() / "outfits-ccp", "val")
    asked = questions(items, np.arange(len(items.paths)))
    photos = [decode_file(path).pixels for path in items.paths]
    rows, learned = [], []
    lit = [ways([relight(photo, rng, strength) for photo in photos]) for strength in LIGHTS]
    for name, fits in ways(photos).items():
        share, area, right = judged(fits, asked)
        own = [judged(others[name], asked) for others in lit]
        apart = " | ".join(f"{share_own:.3f} | {area_own:.3f}" for share_own, area_own, _ in own)
        rows.append(f"| {name} | {share:.3f} | {interval(right, asked)} | {area:.3f} | {apart} |")
        learned = learned or [share, area, share - own[0][0]]
    lines = [
        f"{len(items.paths)} items of {len(np.unique(items.outfit))} outfits; {len(asked)} questions with four choices "
        "(chance, and what category pairs alone would reach, since all choices are of one kind: .25).",
        "",
        "| what decides | blanks filled | 95 % interval | AUC | own lights | AUC | lights twice as far | AUC |",
        "|---|---|---|---|---|---|---|---|",
        *rows,
    ]
    write_result("outfits", "What is worn with what", lines)
    if learned[0] < BLANK or learned[1] < COMPATIBLE or learned[2] > LIGHT:
        sys.exit(f"Less than claimed: {learned}.")


if __name__ == "__main__":
    main()
