"""What both readers of gists share: their options, and the file that the training of the heads reads."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np


def options(description: str | None) -> argparse.Namespace:
    """Return `data`, `work`, which is made, and `share`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--share", type=float, default=1.0, help="of the pictures, for trials")
    found = parser.parse_args()
    found.work.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    return found


def keep(file: Path, gists: Sequence[np.ndarray], bundle_id: str, columns: Mapping[str, Sequence[object]]) -> None:
    """Write gists, what is known of each, and the model that they are of."""
    known = {name: np.array(values) for name, values in columns.items()}
    np.savez(file, gists=np.asarray(gists, np.float16), bundle=np.array(bundle_id), **known)
