"""Small shifts and mirror images, for small pictures whose subject fills the frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from shoplens.models.augment import erase
from shoplens.records import Pixels


@dataclass(frozen=True, slots=True)
class Shift:
    """No pixel is computed anew, so that 28 x 28 pictures stay sharp.

    Attributes:
        pixels: largest shift either way; the edge is repeated into what becomes free.
        erase: probability that a rectangle is painted over.
    """

    pixels: int = 4
    erase: float = 0.0

    def apply(self, photo: Pixels, size: int, rng: np.random.Generator) -> Pixels:
        """Return a changed copy, uint8 RGB `[size, size, 3]`."""
        if photo.shape[0] != size:
            photo = np.asarray(cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
        width = self.pixels
        wide = cv2.copyMakeBorder(photo, width, width, width, width, cv2.BORDER_REPLICATE)
        top, left, mirror = rng.integers(0, (2 * width + 1, 2 * width + 1, 2)).tolist()
        moved = wide[top : top + size, left : left + size]
        if mirror:
            moved = moved[:, ::-1]
        if self.erase and rng.random() < self.erase:
            moved = erase(np.asarray(moved, np.uint8), rng)
        return np.ascontiguousarray(moved, np.uint8)
