"""A photo in which nothing is sharp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext, Plane
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_FINE, _COARSE = 1.0, 2.0
"""Scales in pixels at which gradients are compared; the finer already averages pixel noise."""

_WEAKEST = 3.0
"""Gradient in levels per pixel, at the coarse scale, below which an edge is texture, compression or noise."""

_NOISE_FACTOR = 6.0
"""An edge must rise this many times above the picture's own noise."""

_SPARSE = 3
"""One pixel of so many each way is enough for a median."""

_COMPARABLE = 0.4
"""Share of the height of the picture's strong edges (their 90th percentile) that an edge needs to have a say: folds,
shading and a faint backdrop are soft by nature."""

_TILES = 8
_FEWEST = 8
"""Edge pixels of one fan that a tile needs before their median counts."""

_FANS = 16
_HALF_FAN = 45.0
"""Degrees on either side of a fan's middle. A camera that moves softens every edge across its way, and those within
45 degrees of that still by more than half of it."""

_WIDEST = 6.0
"""The width reported where an edge does not lose strength between the two scales: wider cannot be told apart."""

_MARGIN = 4
"""Pixels at the picture's rim that are left out, since the Gaussians see its reflection there."""


class Blurred:
    """The width of the sharpest edges, as the standard deviation in pixels of the blur that made them.

    Re-blur method (Zhuo and Sim, "Defocus map estimation from a single image", Pattern Recognition 44, 2011): the
    gradient of a step edge blurred by `s`, seen at the scales 1 and 2, has the ratio
    `R = sqrt((s^2 + 4) / (s^2 + 1))`, whatever the edge's height, so `s^2 = (4 - R^2) / (R^2 - 1)`. Unlike the variance
    of the Laplacian it does not depend on how much texture a product has. It is taken on ridges of the gradient, well
    above the noise, where the edge is about as high as the picture's strong edges.

    Of 8 x 8 tiles the second sharpest counts: two sharp places are a subject in focus, whatever lies before or behind
    it, and one may be a speck. This is asked of every fan of 90 degrees of directions and the softest fan counts, since
    a moved camera leaves the edges along its way sharp. A fan without strong edges in two tiles is not asked, and a
    photo without any is not judged.

    The limit is in pixels of the picture reduced to 512. An edge of 1.5 px takes 3.8 px to rise from 10 % to 90 %,
    where a sharp photo takes less than 2.
    """

    code = "photo_blurred"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_width": 1.5})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the sharpest edges of some direction are wider than `max_width`."""
        width, most = context.once(self.code, lambda: edge_width(context)), rule.limits["max_width"]
        if width is not None and width > most:
            yield rule.finding(
                f"The photo is blurred: even its sharpest edges are {width:.1f} px soft, more than {most:g} px.",
                Measure(round(width, 3), most, "px"),
            )


def edge_width(context: PhotoContext) -> float | None:
    """Return the softness of the photo in pixels of `context.work`, or None where it has too few edges to tell."""
    across, down = context.gradient(_COARSE)
    coarse = np.asarray(cv2.magnitude(across, down), np.float32)
    rows, columns = np.nonzero(_ridges(across, down, coarse))
    if not rows.size:
        return None
    strength = coarse[rows, columns]
    ratio = np.square(np.hypot(*(plane[rows, columns] for plane in context.gradient(_FINE))) / strength)
    variance = np.clip((_COARSE**2 - ratio * _FINE**2) / np.maximum(ratio - 1.0, 1e-3), 0.0, _WIDEST**2)
    # The slope of a blurred step is its height over its width; the constant factor between them plays no part.
    step = strength * np.sqrt(variance + _COARSE**2)
    angle = np.degrees(np.arctan2(down[rows, columns], across[rows, columns]))
    tile = (rows * _TILES // coarse.shape[0]) * _TILES + columns * _TILES // coarse.shape[1]
    strong = np.flatnonzero(step >= _COMPARABLE * np.percentile(step, 90))
    order = strong[np.lexsort((variance[strong], tile[strong]))]
    widths, angle, tile = np.sqrt(variance[order]), angle[order], tile[order]
    fans = [_in_fan(angle, 180.0 * number / _FANS) for number in range(_FANS)]
    asked = [_second_sharpest(widths[fan], tile[fan]) for fan in fans]
    return max((softness for softness in asked if softness is not None), default=None)


def _in_fan(angle: Plane, middle: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs((angle - middle + 90.0) % 180.0 - 90.0) <= _HALF_FAN, np.bool_)


def _second_sharpest(widths: Plane, tile: npt.NDArray[np.int64]) -> float | None:
    """Return the second smallest median among tiles with enough edges; `widths` ascend within each tile."""
    counts = np.bincount(tile, minlength=_TILES**2)
    middles = (np.cumsum(counts) - counts + counts // 2)[counts >= _FEWEST]
    return float(np.partition(widths[middles], 1)[1]) if middles.size >= 2 else None


def _ridges(across: Plane, down: Plane, gradient: Plane) -> npt.NDArray[np.bool_]:
    """Mark where the gradient is above texture and noise, and largest along its own direction."""
    # The median gradient of a photo is noise and texture, since edges fill a small part of it; a picture full of
    # texture has no flat ground, so half the strongest edge is always enough.
    floor = max(
        _WEAKEST, min(_NOISE_FACTOR * float(np.median(gradient[::_SPARSE, ::_SPARSE])), 0.5 * float(gradient.max()))
    )
    level = gradient >= cv2.dilate(gradient, np.ones((1, 3), np.uint8))
    upright = gradient >= cv2.dilate(gradient, np.ones((3, 1), np.uint8))
    crest = np.where(np.abs(across) >= np.abs(down), level, upright)
    marked = np.asarray(crest & (gradient >= floor), np.bool_)
    marked[:_MARGIN] = marked[-_MARGIN:] = False
    marked[:, :_MARGIN] = marked[:, -_MARGIN:] = False
    return marked
