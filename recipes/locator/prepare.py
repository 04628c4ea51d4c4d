"""Collect cut-outs, backgrounds and photos with a known product once, from the arrays of recipes/base/prepare.py.

    python recipes/locator/prepare.py --data DATA --work work-base --out work-locator

Writes train.pkl and watched.pkl: what is trained on, and what is watched meanwhile. Five minutes.
"""

from __future__ import annotations

import argparse
import pickle
from pathlib import Path

from material import training_material


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path("work-base"), help="where the arrays of the base recipe are")
    parser.add_argument("--out", type=Path, default=Path("work-locator"))
    parser.add_argument("--listings", type=int, default=160, help="drawn listings")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, held_out in (("watched", True), ("train", False)):
        material = training_material(options.work, options.data, held_out=held_out, listings=options.listings)
        with (options.out / f"{name}.pkl").open("wb") as file:
            pickle.dump(material, file)
        print(name, len(material.cutouts), "cut-outs,", len(material.backgrounds), "backgrounds,",
              len(material.clutter), "photos of shelves,", len(material.known), "known photos,",
              len(material.outfits()), "outfits", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
