"""Writes the gist of every training photo, turned four ways, once; training the head takes seconds then."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from people import people_shown
from training_photos import training_photos, window

from shoplens.quality.gist_reader import TURNS, gist_reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--share", type=float, default=1.0, help="of the photos, for trials")
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
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
    np.savez(
        arguments.work / "turns.npz",
        gists=np.asarray(gists, np.float16),
        sources=np.array(sources),
        folds=np.array(folds),
        bundle=np.array(reader.bundle_id),
    )


if __name__ == "__main__":
    main()
