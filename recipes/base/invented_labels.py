"""Held-out photos whose colour or pattern is known, since it was measured on a mask or drawn."""

from __future__ import annotations

import numpy as np
from inventions import a_cloth, patterned, recolored
from main_color import main_color
from photo_stream import Photos
from probe import shrink
from taxonomy import SOURCES


def invented(photos: Photos, head: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Squares uint8 [n, size, size, 3] and labels of a head: "color" or "pattern"."""
    rng = np.random.default_rng(11)
    fruit, grey = SOURCES.index("grocery"), SOURCES.index("fashion")
    held = np.flatnonzero(photos.held_out & photos.has_mask & ~np.isin(photos.source, (fruit, grey)))
    squares, labels = [], []
    for index in held:
        pixels, mask = np.asarray(photos.pixels[index]), np.asarray(photos.masks[index])
        if head == "pattern":
            other = photos.pixels[rng.integers(len(photos.source))][40:120, 40:120]
            made = [patterned(pixels, mask, a_cloth(rng, other), rng)]
        else:
            turned = recolored(pixels, mask, rng)
            made = [(pixels, int(photos.color[index])), (turned, main_color(turned, mask))]
        for picture, label in made:
            if label >= 0:
                squares.append(shrink(picture, size))
                labels.append(label)
    return np.stack(squares), np.array(labels)
