"""Which colour a shop would say that a product has, told from its pixels."""

from __future__ import annotations

import numpy as np

from shoplens.photos.color_names import COLOR_NAMES, name_pixels

MULTICOLOR = list(COLOR_NAMES).index("multicolor")


def main_color(photo: np.ndarray, mask: np.ndarray) -> int:
    """Index into COLOR_NAMES: of the colour on three fifths of the product; -1 where it is hard to say."""
    counts = np.bincount(name_pixels(photo[mask > 200]).ravel(), minlength=len(COLOR_NAMES))
    share = counts.max() / max(counts.sum(), 1)
    if counts.sum() < 200:
        return -1
    return int(counts.argmax()) if share >= 0.6 else MULTICOLOR if share < 0.3 else -1
