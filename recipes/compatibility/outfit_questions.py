"""The items of the Clothing Co-Parsing outfits, and questions about them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHOICES = 4
ROUNDS = 4
"""How often each item is asked for, each time among others."""


@dataclass(frozen=True)
class Items:
    paths: list[Path]
    outfit: np.ndarray
    label: np.ndarray


@dataclass(frozen=True)
class Question:
    """Rows: the outfit without one item; the one that belongs there, first, and others of its kind."""

    context: list[int]
    choices: list[int]


def read_items(folder: Path, split: str) -> Items:
    with (folder / "items.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    return Items(
        [folder / row["path"] for row in rows],
        np.array([int(row["outfit"]) for row in rows]),
        np.array([row["label"] for row in rows]),
    )


def questions(items: Items, rows: np.ndarray, seed: int = 0) -> list[Question]:
    """Leave out each item of each outfit of three or more; the wrong choices are of the same kind."""
    rng = np.random.default_rng(seed)
    asked = []
    for row in rows.tolist():
        context = [other for other in rows.tolist() if items.outfit[other] == items.outfit[row] and other != row]
        same_kind = rows[(items.label[rows] == items.label[row]) & (items.outfit[rows] != items.outfit[row])]
        if len(context) < 2 or len(same_kind) < CHOICES - 1:
            continue
        for _ in range(ROUNDS):
            wrong = rng.choice(same_kind, CHOICES - 1, replace=False)
            asked.append(Question(context, [row, *wrong.tolist()]))
    return asked


def fill_in_the_blank(vectors: np.ndarray, asked: list[Question]) -> float:
    """Return the share of questions whose right choice has the largest mean inner product with the context."""
    right = 0
    for question in asked:
        fits = (vectors[question.choices] @ vectors[question.context].T).mean(axis=1)
        right += int(fits.argmax() == 0)
    return right / len(asked)
