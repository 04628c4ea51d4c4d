"""The strongest and the weakest channel of each pixel; `max` along an axis of three takes ten times as long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from shoplens.records import Pixels


def strongest(pixels: Pixels) -> Pixels:
    """Return the strongest channel, uint8 `[..., w]` of `[..., w, 3]`."""
    return _over_channels(cv2.max, pixels)


def weakest(pixels: Pixels) -> Pixels:
    """Return the weakest channel, uint8 `[..., w]` of `[..., w, 3]`."""
    return _over_channels(cv2.min, pixels)


def _over_channels(of: Callable[..., Any], pixels: Pixels) -> Pixels:
    if not pixels.size:  # which OpenCV splits into no channels
        return np.zeros(pixels.shape[:-1], np.uint8)
    red, green, blue = cv2.split(pixels.reshape(-1, *pixels.shape[-2:]))
    return np.asarray(of(of(red, green), blue), np.uint8).reshape(pixels.shape[:-1])
