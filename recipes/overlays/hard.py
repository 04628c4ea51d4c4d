"""List the training photos that a network comes closest to taking for overlaid; training then shows them more often.

    python recipes/overlays/hard.py --work work-overlays --network src/shoplens/quality/overlays

Few photos decide how low a threshold can be, and among all others they would seldom be seen.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from backgrounds import HARD_ONES, Backgrounds
from overlays import KINDS

from shoplens.quality.overlay_detector import OverlayDetector

SHARE = 0.08
"""Of all photos."""


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work-overlays"))
    parser.add_argument("--network", type=Path, default=Path("src/shoplens/quality/overlays"))
    return parser.parse_args()


def main() -> None:
    options = parse()
    cv2.setNumThreads(1)
    detector = OverlayDetector((options.network / "overlays.onnx").read_bytes())
    limits = json.loads((options.network / "card.json").read_text())["thresholds"]
    photos = Backgrounds(options.work, held_out=False)
    close = []
    for number in photos.numbers:
        seen = detector.look(photos.photo(int(number)))
        scores = {kind: seen.kinds[kind].score for kind in KINDS} | {"collage": seen.collage}
        close.append(max(_logit(scores[kind]) - _logit(limit) for kind, limit in limits.items()))
    hardest = photos.numbers[np.argsort(close)[::-1][: round(SHARE * len(close))]]
    (options.work / HARD_ONES).write_text(json.dumps(hardest.tolist()))
    print(f"{len(hardest)} of {len(close)} photos, {sum(one > 0 for one in close)} of them reach a threshold")


def _logit(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(share / (1 - share)))


if __name__ == "__main__":
    main()
