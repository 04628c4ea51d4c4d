"""Products cut out of photos, and photos whose one product is known, from the arrays of recipes/base/prepare.py."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

LEAST_SIDE = 20
"""A cut-out smaller than this many pixels shows too little."""


@dataclass(eq=False)
class Cutout:
    """A product alone.

    Attributes:
        pixels: uint8 RGB `[h, w, 3]`.
        alpha: uint8 `[h, w]`, 255 on the product.
        source: the set that it comes from.
        worn: the outfit that it belongs to and its box there in pixels of the street photo, where it has one.
    """

    pixels: np.ndarray
    alpha: np.ndarray
    source: str = "drawn"
    worn: tuple[str, tuple[int, int, int, int]] | None = None


@dataclass(eq=False)
class KnownPhoto:
    """A whole photo and the box of its one product, in pixels: left, top, right, bottom."""

    pixels: np.ndarray
    box: tuple[int, int, int, int]
    source: str = "drawn"


def main_part(mask: np.ndarray) -> np.ndarray | None:
    """Return bool `[h, w]` of the parts that are at least an eighth of the largest, None where they are mere specks."""
    solid = (mask > 127).astype(np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    if count < 2:
        return None
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = 1 + np.flatnonzero(areas >= areas.max() / 8)
    if areas[kept - 1].sum() < 0.85 * areas.sum():
        return None
    return np.isin(parts, kept)


def believable(part: np.ndarray, *, compact: float) -> bool:
    """Whether a mask looks like one product: not cut by the picture's edge, no net of lines, no speck."""
    edge = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]]).mean()
    _, _, width, height = cv2.boundingRect(part.astype(np.uint8))
    return bool(
        edge < 0.06
        and min(width, height) >= LEAST_SIDE / 2
        and max(width, height) >= LEAST_SIDE
        and part.sum() >= compact * width * height
    )


def bounds(part: np.ndarray) -> tuple[int, int, int, int]:
    left, top, width, height = cv2.boundingRect(part.astype(np.uint8))
    return left, top, left + width, top + height


def cut_out(photo: np.ndarray, part: np.ndarray, *, shrink: bool) -> Cutout:
    """Return the product alone; `shrink` takes a pixel off its outline, where a soft mask shows the background."""
    alpha = part.astype(np.uint8) * 255
    if shrink:
        alpha = cv2.erode(alpha, np.ones((3, 3), np.uint8))
    left, top, right, bottom = bounds(part)
    return Cutout(photo[top:bottom, left:right].copy(), alpha[top:bottom, left:right].copy())


def content(photo: np.ndarray) -> tuple[int, int, int, int]:
    """Return the box of a letterboxed photo without the plain bars that made it square."""
    rows = np.flatnonzero(photo.std(axis=1).max(axis=1) > 0.5)
    columns = np.flatnonzero(photo.std(axis=0).max(axis=1) > 0.5)
    if not len(rows) or not len(columns):
        return 0, 0, photo.shape[1], photo.shape[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
