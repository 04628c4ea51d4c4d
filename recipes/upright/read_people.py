"""Draws the pictures of `people.py` and writes the gist of each, once."""

from __future__ import annotations

import hashlib

import numpy as np
from gists import keep, options
from people import picture
from training_photos import FOLDS, listed, read
from worn import outfits

from shoplens.quality.gist_reader import gist_reader

COUNTS = {"person": 1700, "mannequin": 700, "no body": 700, "spread": 300, "alone": 700}
GROUNDS = 150


def main() -> None:
    arguments = options(__doc__)
    reader, rng = gist_reader(), np.random.default_rng(7)
    worn, sets = outfits(arguments.data), listed(arguments.data)
    grounds = [read(path) for name in ("clothing", "grocery") for _, path in sets[name][:GROUNDS]]
    gists, kinds, folds = [], [], []
    for kind, count in COUNTS.items():
        for _ in range(round(count * arguments.share)):
            outfit = worn[rng.integers(len(worn))]
            ground = grounds[rng.integers(len(grounds))] if rng.random() < 0.4 else None
            gists.append(reader.read([reader.square(picture(kind, outfit, ground, rng))])[0])
            kinds.append(kind)
            folds.append(hashlib.sha256(outfit.name.encode()).digest()[0] % FOLDS)
    keep(arguments.work / "people.npz", gists, reader.bundle_id, {"kinds": kinds, "folds": folds})


if __name__ == "__main__":
    main()
