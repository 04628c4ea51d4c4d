"""Where the product is, told from the background without learning: what differs from the picture's border."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.color_names import lab
from shoplens.photos.geometry import check_pixels, resize
from shoplens.photos.median import median
from shoplens.records import Box, Pixels

Mask = npt.NDArray[np.bool_]
"""True where something is: bool `[h, w]`."""

Plane = npt.NDArray[np.float32]
"""One number a pixel: float32 `[h, w]`."""

Planes = npt.NDArray[np.float32]
"""Lab, lightness weighed down, a plane for each channel: float32 `[3, h, w]`."""

_SIDE: Final = 160
"""The longer side in pixels at which a picture is looked at."""

_WHITE_LEVEL: Final = 250
"""JPEG moves pure white by a few levels; all three channels at or above this count as white."""

_NEAR: Final = 9.0
"""Distance in Lab below which a border pixel belongs to a uniform background (about four just noticeable steps)."""

_LIGHTNESS: Final = np.float32(0.7)
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
    return _subject(pixels, reduced(pixels))[0]


def reduced(pixels: Pixels) -> Pixels:
    """Return the picture as it is looked at, of 160 pixels at most: who asks several questions shrinks it once.

    What `find_subject` and `border_color` say of it is what they say of the whole, but for the size of the mask.
    """
    return resize(pixels, long=_SIDE) if max(pixels.shape[:2]) > _SIDE else np.ascontiguousarray(pixels)


def background(pixels: Pixels) -> Background:
    """Return the facts of the background, measured on the picture's border."""
    check_pixels(pixels)
    small = reduced(pixels)
    return _background(pixels, small, _distance_to_background(_colors(small))[1])


def subject_and_background(pixels: Pixels) -> tuple[Subject, Background]:
    """Return what `find_subject` and `background` do, which share most of their work."""
    check_pixels(pixels)
    small = reduced(pixels)
    subject, uniform_share = _subject(pixels, small)
    return subject, _background(pixels, small, uniform_share)


def _subject(pixels: Pixels, small: Pixels) -> tuple[Subject, float]:
    """Return the subject, and how much of the border is near the fitted background."""
    height, width = pixels.shape[:2]
    colors = _colors(small)
    distance, uniform_share, spread = _distance_to_background(colors)
    if uniform_share < _PLAIN_SHARE:
        distance, spread = _distance_to_patterns(colors)
    mask = _pieces(distance > _threshold(distance, spread))
    score = _score(mask, distance, uniform_share)
    if score < 0.3:
        return Subject(Box(0.0, 0.0, 1.0, 1.0), score, np.ones((height, width), np.bool_), 1.0), uniform_share
    full = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST).astype(np.bool_)
    return Subject(_box(mask), score, full, float(mask.mean())), uniform_share


def _background(pixels: Pixels, small: Pixels, uniform_share: float) -> Background:
    uniform = uniform_share >= _UNIFORM_SHARE
    return Background(border_color(small), uniform, uniform_share, white_share(pixels))


def border_color(pixels: Pixels) -> tuple[int, int, int]:
    """Return the median RGB of the border; see `Background`."""
    small = reduced(pixels)
    places = _border(*small.shape[:2])[0]
    red, green, blue = (int(value) for value in median(small.reshape(-1, 3).take(places, axis=0).T.astype(np.float32)))
    return red, green, blue


def white_share(pixels: Pixels) -> float:
    """Return how much of the picture's edge is white, 0 to 1; see `Background`."""
    # Of the full picture, as shrinking would mix a thin dark frame with the white beside it.
    outer = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return float((outer.min(axis=1) >= _WHITE_LEVEL).mean())


def _colors(small: Pixels) -> Planes:
    planes = np.ascontiguousarray(np.moveaxis(lab(small), -1, 0))
    planes[0] *= _LIGHTNESS
    return planes


def _distance_to_background(colors: Planes) -> tuple[Plane, float, float]:
    """Return each pixel's distance in Lab to the fitted background, the border's near share, and its near spread."""
    height, width = colors.shape[1:]
    places, points = _border(height, width)
    values = colors.reshape(3, -1).take(places, axis=1).astype(np.float64)
    fitted: npt.NDArray[np.floating] = np.zeros((3, 3))
    fitted[0] = median(values)
    off = _length(values - fitted[0][:, None])
    for reach in (2 * _NEAR, 1.5 * _NEAR, _NEAR):
        near = np.flatnonzero(off < reach)
        if len(near) < len(off) // 3:
            break
        # A little ridge keeps the slope at zero where one side alone shows background.
        inner = points.take(near, axis=1)
        slope_cost = np.diag([0.0, 1.0, 1.0]) * 0.01 * len(near)
        fitted = np.linalg.solve(inner @ inner.T + slope_cost, inner @ values.take(near, axis=1).T)
        off = _length(values - fitted.T @ points)
    close = off[off < _NEAR]
    spread = float(np.sqrt((close**2).mean())) if len(close) else _NEAR
    right, down = _ramps(height, width)
    level, across, along = fitted.astype(np.float32)[:, :, None, None]
    return _length(colors - (level + across * right + along * down)), len(close) / len(off), spread


def _distance_to_patterns(colors: Planes) -> tuple[Plane, float]:
    """Return each pixel's distance to the nearest of the border's few main colours, and their spread.

    For patterned cloth, or a bed and the floor beside it. A colour of less than an eighth of the border may be the
    product itself, which is cut by the edge, and is left out.
    """
    ring = colors.reshape(3, -1).take(_border(*colors.shape[1:])[0], axis=1)
    centers = _clusters(np.ascontiguousarray(ring[:, ::2]))
    off = _length(ring[:, None] - centers[:, :, None])
    shares = np.bincount(off.argmin(axis=0), minlength=centers.shape[1]) / ring.shape[1]
    kept = np.flatnonzero(shares >= 0.125)
    distance = np.min([_length(colors - centers[:, i, None, None]) for i in kept], axis=0)
    return distance, float(median(off[kept].min(axis=0)))


@lru_cache(maxsize=64)
def _ring(height: int, width: int) -> Mask:
    """Return the border of about 3 % of the shorter side."""
    thick = max(1, round(min(height, width) * 0.03))
    ring = np.ones((height, width), np.bool_)
    ring[thick : height - thick, thick : width - thick] = False
    return ring


@lru_cache(maxsize=64)
def _border(height: int, width: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return where the border's pixels are in a flat picture, `[n]`; and one, how far right, how far down, `[3, n]`."""
    places = np.flatnonzero(_ring(height, width))
    right, down = (np.broadcast_to(ramp, (height, width)).ravel()[places] for ramp in _ramps(height, width))
    return places, np.stack([np.ones(len(places)), right, down])


@lru_cache(maxsize=64)
def _ramps(height: int, width: int) -> tuple[Plane, Plane]:
    """Return how far right `[1, w]` and how far down `[h, 1]` a pixel lies, from -0.5 to 0.5."""
    right, down = (np.arange(n, dtype=np.float32) / np.float32(n) - np.float32(0.5) for n in (width, height))
    return right[None], down[:, None]


def _length(vectors: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the Euclidean length over the first axis, of three: whole planes are worked on at once."""
    squares = vectors * vectors
    return np.asarray(np.sqrt(squares[0] + squares[1] + squares[2]))


def _clusters(points: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return four centres `[3, 4]` of points `[3, n]` by k-means, begun along lightness: always the same answer."""
    order = points[0].argsort()
    centers = points[:, order[(np.arange(4) * 2 + 1) * points.shape[1] // 8]]
    rows = np.ascontiguousarray(points.T)
    for _ in range(6):
        nearest = _length(points[:, None] - centers[:, :, None]).argmin(axis=0)
        groups = [rows[nearest == i] for i in range(4)]
        centers = np.stack([g.mean(axis=0) if len(g) else centers[:, i] for i, g in enumerate(groups)], axis=1)
    return centers


def _threshold(distance: Plane, spread: float) -> float:
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
    count, labels, stats, centers = cv2.connectedComponentsWithStats(cleaned, ltype=cv2.CV_16U)
    if count < 2:
        return np.zeros((height, width), np.bool_)
    offset = (centers - [width / 2, height / 2]) / [width / 2, height / 2]
    weight = stats[:, cv2.CC_STAT_AREA] * np.exp(-((offset**2).sum(axis=1)))
    weight[0] = 0.0
    kept = (weight >= _PIECE_SHARE * weight.max()).take(labels)
    outlines, _ = cv2.findContours(kept.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros((height, width), np.uint8), outlines, -1, 1, cv2.FILLED)
    return np.asarray(filled, np.bool_)


def _score(mask: Mask, distance: Plane, uniform_share: float) -> float:
    """Return how sure the mask is: a calm border, a believable area, a product far from its background."""
    area = float(mask.mean())
    if not 0.004 <= area <= 0.97:
        return min(0.25, 0.25 * uniform_share)
    contrast = min(1.0, float(median(distance[mask])) / _FAR)
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
