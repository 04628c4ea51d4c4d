"""The same item in another light: exposure, contrast, white balance and saturation, each drawn at random."""

from __future__ import annotations

import numpy as np

WHITE = 0.965
"""What is at least so bright in all channels is the paper that an item was put on."""


def relight(pixels: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Return uint8 RGB `[h, w, 3]`; the white around the item stays white."""
    photo = np.maximum(pixels.astype(np.float32) / 255.0, 1e-4)
    lit = photo ** np.exp(strength * rng.uniform(-0.3, 0.3))
    lit = lit * (1 + strength * rng.uniform(-0.12, 0.12, 3)) * (1 + strength * rng.uniform(-0.15, 0.15))
    grey = lit.mean(axis=2, keepdims=True)
    lit = grey + (lit - grey) * (1 + strength * rng.uniform(-0.25, 0.25))
    paper = photo.min(axis=2, keepdims=True) > WHITE
    return np.asarray(np.clip(np.where(paper, photo, lit), 0, 1) * 255, np.uint8)
