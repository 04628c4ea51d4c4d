"""Writes the gist of every training photo, turned four ways, once; training the head takes seconds then."""

from __future__ import annotations

import numpy as np
from gists import keep, options
from people import people_shown
from training_photos import training_photos, window

from shoplens.quality.gist_reader import TURNS, gist_reader


def main() -> None:
    arguments = options(__doc__)
    reader, data, share = gist_reader(), arguments.data, arguments.share
    gists, sources, folds = [], [], []
    for photos, seed in ((training_photos(data, share), 6), (people_shown(data, share), 66)):
        rng = np.random.default_rng(seed)
        for photo in photos:
            square = reader.square(window(photo.pixels, rng))
            # Turned after it is small: turning commutes with squeezing to a square.
            gists.append(reader.read([np.ascontiguousarray(np.rot90(square, turn)) for turn in range(TURNS)]))
            sources.append(photo.source)
            folds.append(photo.fold)
    keep(arguments.work / "turns.npz", gists, reader.bundle_id, {"sources": sources, "folds": folds})


if __name__ == "__main__":
    main()
