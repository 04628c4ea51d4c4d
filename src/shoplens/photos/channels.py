"""The strongest and the weakest channel of each pixel; `max` along an axis of three takes ten times as long."""

from __future__ import annotations

import numpy as np

from shoplens.records import Pixels


def strongest(pixels: Pixels) -> Pixels:
    """Return the strongest channel, uint8 `[...]` of `[..., 3]`."""
    return np.maximum(np.maximum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])


def weakest(pixels: Pixels) -> Pixels:
    """Return the weakest channel, uint8 `[...]` of `[..., 3]`."""
    return np.minimum(np.minimum(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
