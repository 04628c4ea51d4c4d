"""Where the product is, told from the background without learning: what differs from the picture's border."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.color_names import lab
from shoplens.photos.geometry import check_pixels, resize
from shoplens.records import Box, Pixels

Mask = npt.NDArray[np.bool_]
"""True where something is: bool `[h, w]`."""

_SIDE: Final = 160
"""The longer side in pixels at which a picture is looked at."""

_WHITE_LEVEL: Final = 250
"""JPEG moves pure white by a few levels; all three channels at or above this count as white."""

_NEAR: Final = 9.0
"""Distance in Lab below which a border pixel belongs to a uniform background (about four just noticeable steps)."""

_WEIGHTS: Final = np.array([0.7, 1.0, 1.0], np.float32)
"""Lightness counts less than colour: folds and shadows of one cloth differ in lightness."""

_FAR: Final = 40.0
_PLAIN_SHARE: Final = 0.6
_UNIFORM_SHARE: Final = 0.7
_PIECE_SHARE: Final = 0.12
_CLOSE: Final = 0.02
"""Gaps up to twice this share of the longer side are closed."""


@dataclass(frozen=True, slots=True)
class Background:
    """What surrounds the product.

    Attributes:
        color: median RGB of the border.
        uniform: most of the border follows one colour or one smooth gradient.
        uniform_share: share of the border that does, 0 to 1.
        white_share: share of the outermost pixels with every channel at 250 or above, 0 to 1.
    """

    color: tuple[int, int, int]
    uniform: bool
    uniform_share: float
    white_share: float

    @property
    def white(self) -> bool:
        """Whether a shopper would call it a white background: nine tenths of the border are white."""
        return self.white_share >= 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """The product in a photo.

    Attributes:
        box: around the mask; the whole picture where nothing stands out.
        score: 0 to 1, how sure; below 0.3 the box is the whole picture, for want of a better one.
        mask: bool `[h, w]` of the photo's size, True on the product.
        share: area of the mask, 0 to 1.
    """

    box: Box
    score: float
    mask: Mask
    share: float


def find_subject(pixels: Pixels) -> Subject:
    """Return the largest central thing that differs from the border.

    The background is a plane in Lab (one colour, or a smooth fall of light) fitted to the border without its
    outliers, or on a busy border its few main colours; the score is then at most 0.4. What is far from it is cleaned
    by morphology at 160 pixels, and the connected piece that is largest and nearest to the middle is kept, with any
    others of at least 12 % of its weight. Where that is not believable, the whole picture comes back, unsure.
    """
    check_pixels(pixels)
    height, width = pixels.shape[:2]
    small = _small(pixels)
    colors = lab(small) * _WEIGHTS
    distance, uniform_share, spread = _distance_to_background(colors)
    if uniform_share < _PLAIN_SHARE:
        distance, spread = _distance_to_patterns(colors)
    mask = _pieces(distance > _threshold(distance, spread))
    score = _score(mask, distance, uniform_share)
    if score < 0.3:
        return Subject(Box(0.0, 0.0, 1.0, 1.0), score, np.ones((height, width), np.bool_), 1.0)
    full = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(np.bool_)
    return Subject(_box(mask), score, full, float(mask.mean()))


def foreground_mask(pixels: Pixels) -> Mask:
    """Return bool `[h, w]`, True on the product; all True where none stands out."""
    return find_subject(pixels).mask


def background_mask(pixels: Pixels) -> Mask:
    """Return bool `[h, w]`, True around the product; all False where none stands out."""
    return ~find_subject(pixels).mask


def background(pixels: Pixels) -> Background:
    """Return the facts of the background, measured on the picture's border."""
    check_pixels(pixels)
    small = _small(pixels)
    _, uniform_share, _ = _distance_to_background(lab(small) * _WEIGHTS)
    ring = small[_ring(small.shape[0], small.shape[1])]
    red, green, blue = (int(value) for value in np.median(ring, axis=0))
    # Of the full picture, as shrinking would mix a thin dark frame with the white beside it.
    outer = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    white_share = float((outer.min(axis=1) >= _WHITE_LEVEL).mean())
    return Background((red, green, blue), uniform_share >= _UNIFORM_SHARE, uniform_share, white_share)


def _small(pixels: Pixels) -> Pixels:
    return resize(pixels, long=_SIDE) if max(pixels.shape[:2]) > _SIDE else np.ascontiguousarray(pixels)


@lru_cache(maxsize=64)
def _ring(height: int, width: int) -> Mask:
    """Return the border of about 3 % of the shorter side."""
    thick = max(1, round(min(height, width) * 0.03))
    ring = np.ones((height, width), np.bool_)
    ring[thick : height - thick, thick : width - thick] = False
    return ring


def _distance_to_background(colors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], float, float]:
    """Return each pixel's distance in Lab to the fitted background, the border's near share, and its near spread."""
    ring, ramps = _ring(*colors.shape[:2]), _ramps(*colors.shape[:2])
    points, values = ramps[ring].astype(np.float64), colors[ring].astype(np.float64)
    plane = np.zeros((3, 3))
    plane[0] = np.median(values, axis=0)
    off = np.linalg.norm(values - plane[0], axis=1)
    for reach in (2 * _NEAR, 1.5 * _NEAR, _NEAR):
        near = off < reach
        if near.sum() < len(values) // 3:
            break
        # A little ridge keeps the slope at zero where one side alone shows background.
        inner = points[near]
        slope_cost = np.diag([0.0, 1.0, 1.0]) * 0.01 * len(inner)
        plane = np.linalg.solve(inner.T @ inner + slope_cost, inner.T @ values[near])
        off = np.linalg.norm(values - points @ plane, axis=1)
    near = off < _NEAR
    spread = float(np.sqrt((off[near] ** 2).mean())) if near.any() else _NEAR
    return _length(colors - ramps @ plane.astype(np.float32)), float(near.mean()), spread


def _distance_to_patterns(colors: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], float]:
    """Return each pixel's distance to the nearest of the border's few main colours, and their spread.

    For patterned cloth, or a bed and the floor beside it. A colour of less than an eighth of the border may be the
    product itself, which is cut by the edge, and is left out.
    """
    ring = colors[_ring(colors.shape[0], colors.shape[1])]
    centers = _clusters(ring[::2])
    off = _length(ring[:, None] - centers)
    nearest = off.argmin(axis=1)
    kept = [i for i in range(len(centers)) if (nearest == i).mean() >= 0.125]
    distance = np.stack([_length(colors - center) for center in centers[kept]]).min(axis=0)
    return distance, float(np.median(off[:, kept].min(axis=1)))


@lru_cache(maxsize=64)
def _ramps(height: int, width: int) -> npt.NDArray[np.float32]:
    """Return `[h, w, 3]`: one, and how far right and how far down each pixel lies, from -0.5 to 0.5."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.stack([np.ones_like(xs), xs / width - 0.5, ys / height - 0.5], axis=-1)


def _length(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the Euclidean length over the last axis, several times faster than `np.linalg.norm`."""
    return np.asarray(np.sqrt(np.einsum("...k,...k->...", vectors, vectors)), np.float32)


def _clusters(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return four centres by k-means, begun along lightness so that the answer is always the same."""
    order = points[:, 0].argsort()
    centers = points[order[(np.arange(4) * 2 + 1) * len(points) // 8]]
    for _ in range(6):
        nearest = _length(points[:, None] - centers).argmin(axis=1)
        centers = np.stack(
            [points[nearest == i].mean(axis=0) if (nearest == i).any() else centers[i] for i in range(4)]
        )
    return centers


def _threshold(distance: npt.NDArray[np.float32], spread: float) -> float:
    """Return the distance that parts product from background: Otsu's, kept between the noise and `_FAR` / 2."""
    levels = np.clip(distance * (255.0 / _FAR), 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(np.clip(otsu * _FAR / 255.0 * 0.5, max(3.0, 3.0 * spread), _FAR / 2))


def _pieces(far: Mask) -> Mask:
    """Return the central connected pieces, without specks and holes."""
    height, width = far.shape
    # The median removes specks and keeps lines of two pixels, such as straps and legs of chairs.
    cleaned = cv2.medianBlur(far.astype(np.uint8), 3)
    reach = max(1, round(_CLOSE * max(height, width)))
    # The frame of zeros keeps the closing from joining the product to the picture's edge.
    framed = cv2.copyMakeBorder(cleaned, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    cleaned = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, disc)[reach : reach + height, reach : reach + width]
    count, labels, stats, centers = cv2.connectedComponentsWithStats(cleaned)
    if count < 2:
        return np.zeros((height, width), np.bool_)
    offset = (centers - [width / 2, height / 2]) / [width / 2, height / 2]
    weight = stats[:, cv2.CC_STAT_AREA] * np.exp(-((offset**2).sum(axis=1)))
    weight[0] = 0.0
    kept = np.isin(labels, np.flatnonzero(weight >= _PIECE_SHARE * weight.max())) & (labels > 0)
    outlines, _ = cv2.findContours(kept.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros((height, width), np.uint8), outlines, -1, 1, cv2.FILLED)
    return np.asarray(filled, np.bool_)


def _score(mask: Mask, distance: npt.NDArray[np.float32], uniform_share: float) -> float:
    """Return how sure the mask is: a calm border, a believable area, a product far from its background."""
    area = float(mask.mean())
    if not 0.004 <= area <= 0.97:
        return min(0.25, 0.25 * uniform_share)
    contrast = min(1.0, float(np.median(distance[mask])) / _FAR)
    if uniform_share < _PLAIN_SHARE:
        # On a shelf, a price tag at the side stands out more than the product.
        ys, xs = np.nonzero(mask)
        height, width = mask.shape
        offset = (2 * ys.mean() / height - 1) ** 2 + (2 * xs.mean() / width - 1) ** 2
        return 0.4 * contrast * float(np.exp(-2.0 * offset))
    calm = (uniform_share - _PLAIN_SHARE) / (1 - _PLAIN_SHARE)
    return 0.3 + 0.7 * calm * (0.4 + 0.6 * contrast)


def _box(mask: Mask) -> Box:
    height, width = mask.shape
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return Box(
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )
