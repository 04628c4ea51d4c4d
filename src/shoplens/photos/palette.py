"""The colours of a product, named as shops name them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.errors import BadInput
from shoplens.photos.color_names import COLOR_NAMES, name_pixels
from shoplens.photos.geometry import check_pixels, resize
from shoplens.photos.subject import Mask, find_subject
from shoplens.records import Pixels

__all__ = ["COLOR_NAMES", "PaletteColor", "main_color", "palette"]

_SIDE: Final = 96
"""The longer side in pixels at which colours are counted."""

_HUES: Final = frozenset(COLOR_NAMES) - {"black", "white", "grey", "beige", "brown", "multicolor"}


@dataclass(frozen=True, slots=True)
class PaletteColor:
    """One colour of a picture: a key of `COLOR_NAMES`, the mean sRGB of its pixels, and its share, 0 to 1."""

    name: str
    rgb: tuple[int, int, int]
    share: float


def palette(pixels: Pixels, mask: Mask | None = None, n: int = 3) -> list[PaletteColor]:
    """Return up to `n` named colours, the largest share first.

    Every pixel is named by the nearest anchor in CIE Lab; pixels in the middle of the product count up to twice as
    much as those at its edge. Shares are of all the product's pixels, so they add up to at most 1.

    Args:
        pixels: the picture.
        mask: bool `[h, w]`, True on the product; None finds the product by `find_subject`.
        n: how many colours at most.

    Raises:
        BadInput: the mask does not have the picture's size, or `n` is below 1.
    """
    check_pixels(pixels)
    if n < 1:
        raise BadInput("A palette has at least one colour.", received=n, remedy="Give n >= 1.")
    if mask is None:
        mask = find_subject(pixels).mask
    elif mask.shape != pixels.shape[:2]:
        raise BadInput(
            "A mask must have the picture's size.",
            received=f"{mask.shape} for {pixels.shape}",
            remedy="Resize the mask.",
        )
    small, weights = _weighted(pixels, mask)
    names = name_pixels(small)
    sums = np.bincount(names, weights=weights, minlength=len(COLOR_NAMES))
    shares = sums / sums.sum()
    keys = list(COLOR_NAMES)
    found = []
    for index in np.argsort(-shares, kind="stable")[:n]:
        if shares[index] > 0:
            chosen = names == index
            red, green, blue = np.average(small[chosen], axis=0, weights=weights[chosen])
            found.append(PaletteColor(keys[index], (round(red), round(green), round(blue)), float(shares[index])))
    return found


def main_color(colors: Sequence[PaletteColor]) -> str:
    """Return the one name for a product: its first colour, or "multicolor" where three hues share it.

    Raises:
        BadInput: the palette is empty.
    """
    if not colors:
        raise BadInput("An empty palette has no main colour.", remedy="Give what palette() returned.")
    hues = [color for color in colors if color.name in _HUES and color.share >= 0.12]
    return "multicolor" if len(hues) >= 3 and colors[0].share < 0.5 else colors[0].name


def _weighted(pixels: Pixels, mask: Mask) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float64]]:
    """Return the product's pixels `[k, 3]` at a small size and their weights `[k]`."""
    small = resize(pixels, long=_SIDE) if max(pixels.shape[:2]) > _SIDE else pixels
    height, width = small.shape[:2]
    inside = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(np.bool_)
    # Edge pixels mix product and background; they are left out while enough remain.
    core = cv2.erode(inside.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
    if core.sum() >= 0.3 * inside.sum() and core.any():
        inside = core
    if not inside.any():
        inside = np.ones((height, width), np.bool_)
    ys, xs = np.nonzero(inside)
    half_height, half_width = max(np.ptp(ys) / 2, 1.0), max(np.ptp(xs) / 2, 1.0)
    middle_y, middle_x = (ys.min() + ys.max()) / 2, (xs.min() + xs.max()) / 2
    off = np.minimum(1.0, np.hypot((ys - middle_y) / half_height, (xs - middle_x) / half_width))
    return small[inside], 2.0 - off
