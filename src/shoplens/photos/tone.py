"""Transforms that change a picture's colours and noise: pure functions, uint8 RGB `[h, w, 3]`; the size stays."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from shoplens.errors import BadInput
from shoplens.photos.geometry import check_pixels
from shoplens.records import Pixels


def denoise(pixels: Pixels, strength: float = 3.0, method: Literal["bilateral", "nlm"] = "bilateral") -> Pixels:
    """Smooth noise and keep edges; the size stays.

    Args:
        pixels: the picture.
        strength: 0 (nothing) to 20. For "bilateral" neighbours that differ by more than about `10 * strength` levels
            are kept apart; for "nlm" it is the `h` of non-local means.
        method: "bilateral" is fast (5 x 5 neighbourhood); "nlm" (non-local means in Lab) is some 100 times slower
            and better on grain.

    Raises:
        BadInput: strength or method is out of range.
    """
    check_pixels(pixels)
    _check_range("strength", strength, 0.0, 20.0)
    if method not in ("bilateral", "nlm"):
        raise BadInput("There is no such denoising method.", received=method, remedy="Choose 'bilateral' or 'nlm'.")
    source = np.ascontiguousarray(pixels)
    if strength == 0:
        return source.copy()
    if method == "bilateral":
        return np.asarray(cv2.bilateralFilter(source, 5, 10.0 * strength, 2.0), np.uint8)
    return np.asarray(cv2.fastNlMeansDenoisingColored(source, None, strength, strength, 5, 15), np.uint8)


def sharpen(pixels: Pixels, amount: float = 0.6, sigma: float = 1.2) -> Pixels:
    """Unsharp mask: `pixels + amount * (pixels - Gaussian(pixels, sigma))`, clipped; the size stays.

    Raises:
        BadInput: amount is not in 0-5 or sigma not in 0.1-20.
    """
    check_pixels(pixels)
    _check_range("amount", amount, 0.0, 5.0)
    _check_range("sigma", sigma, 0.1, 20.0)
    blurred = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(np.ascontiguousarray(pixels), 1.0 + amount, blurred, -amount, 0.0), np.uint8)


def white_balance(
    pixels: Pixels, method: Literal["grey_world", "white_patch"] = "grey_world", limit: float = 1.6
) -> Pixels:
    """Take a colour cast away by one gain per channel; the size stays.

    "grey_world" makes the channels' means equal; "white_patch" makes their 99th percentiles equal. A red dress on red
    would turn grey, so no gain leaves `1 / limit` to `limit`.

    Raises:
        BadInput: the method is unknown or the limit is not in 1-10.
    """
    check_pixels(pixels)
    _check_range("limit", limit, 1.0, 10.0)
    if method == "grey_world":
        level = pixels.reshape(-1, 3).mean(axis=0)
        target = float(level.mean())
    elif method == "white_patch":
        level = np.percentile(pixels.reshape(-1, 3), 99.0, axis=0)
        target = float(level.max())
    else:
        raise BadInput(
            "There is no such white balance.", received=method, remedy="Choose 'grey_world' or 'white_patch'."
        )
    gain = np.clip(target / np.maximum(level, 1.0), 1.0 / limit, limit)
    table = np.clip(np.rint(np.arange(256)[:, None] * gain), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.stack([table[:, c][pixels[..., c]] for c in range(3)], axis=-1))


def autocontrast(pixels: Pixels, cut: float = 0.5) -> Pixels:
    """Stretch the luminance so that the darkest and brightest `cut` per cent become black and white; the size stays.

    All channels move by the same straight line, so hues stay. A picture of one luminance stays as it is.

    Raises:
        BadInput: `cut` is not in 0-20 per cent.
    """
    check_pixels(pixels)
    _check_range("cut", cut, 0.0, 20.0)
    luminance = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    low, high = (float(value) for value in np.percentile(luminance, [cut, 100.0 - cut]))
    if high - low < 1.0:
        return np.array(pixels, np.uint8, order="C")
    table = np.clip(np.rint((np.arange(256) - low) * (255.0 / (high - low))), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(table[pixels])


def expose(pixels: Pixels, stops: float) -> Pixels:
    """Let in more light (or less), as a longer exposure would have; the size stays.

    Every channel is multiplied by `2 ** stops` in linear light (IEC 61966-2-1), so that the ratio of the channels, and
    with it the hue, stays save where one reaches the end of its scale.

    Raises:
        BadInput: `stops` is not from -3 to 3.
    """
    check_pixels(pixels)
    _check_range("stops", stops, -3.0, 3.0)
    level = np.arange(256) / 255.0
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4) * 2.0**stops
    linear = np.clip(linear, 0.0, 1.0)
    back = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.ascontiguousarray(np.rint(back * 255.0).astype(np.uint8)[pixels])


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise BadInput(f"{name} is out of range.", received=value, remedy=f"Give a number from {low:g} to {high:g}.")
