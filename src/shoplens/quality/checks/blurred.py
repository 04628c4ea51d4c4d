"""A photo in which nothing is sharp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext, Plane
from shoplens.quality.rule import Rule, beside, rounded
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

Places = npt.NDArray[np.intp]

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
                f"The photo is blurred: even its sharpest edges are {beside(width, most, '.1f')} px soft, "
                f"more than {most:g} px.",
                Measure(rounded(width, most, 3), most, "px"),
            )


def edge_width(context: PhotoContext) -> float | None:
    """Return the softness of the photo in pixels of `context.work`, or None where it has too few edges to tell."""
    across, down = context.gradient(_COARSE)
    coarse = np.asarray(cv2.magnitude(across, down), np.float32)
    places = _ridges(across, down, coarse)
    if not places.size:
        return None
    strength = coarse.ravel()[places]
    ratio = np.square(_slope(context.smooth(_FINE), places) / strength)
    variance = np.clip((_COARSE**2 - ratio * _FINE**2) / np.maximum(ratio - 1.0, 1e-3), 0.0, _WIDEST**2)
    # The slope of a blurred step is its height over its width; the constant factor between them plays no part.
    step = strength * np.sqrt(variance + _COARSE**2)
    angle = np.degrees(np.arctan2(down.ravel()[places], across.ravel()[places]))
    rows, columns = np.divmod(places, coarse.shape[1])
    tile = (rows * _TILES // coarse.shape[0]) * _TILES + columns * _TILES // coarse.shape[1]
    strong = np.flatnonzero(step >= _COMPARABLE * np.percentile(step, 90))
    order = strong[np.lexsort((variance[strong], tile[strong]))]
    return _softest_fan(np.sqrt(variance[order]), angle[order], tile[order])


def _softest_fan(widths: Plane, angle: Plane, tile: Places) -> float | None:
    """Return the largest of the fans' second smallest medians of tiles; `widths` ascend within each tile."""
    middles = (180.0 / _FANS * np.arange(_FANS, dtype=np.float32))[:, None]
    apart = np.abs(angle % np.float32(180.0) - middles)
    inside = np.flatnonzero((apart <= _HALF_FAN) | (apart >= 180.0 - _HALF_FAN))
    fan, edge = np.divmod(inside.astype(np.int32), np.int32(len(angle)))  # of 64 bits it takes five times as long
    counts = np.bincount(fan * _TILES**2 + tile[edge], minlength=_FANS * _TILES**2)
    told = counts >= _FEWEST
    softness = np.full(counts.size, np.inf, np.float32)
    softness[told] = widths[edge[(np.cumsum(counts) - counts + counts // 2)[told]]]
    second = np.partition(softness.reshape(_FANS, -1), 1, axis=1)[:, 1]
    return float(second[np.isfinite(second)].max()) if np.isfinite(second).any() else None


def _slope(smooth: Plane, places: Places) -> Plane:
    """Return the length of the gradient at some places inside the picture, in levels per pixel."""
    flat, below = smooth.ravel(), smooth.shape[1]
    across, down = flat[places + 1] - flat[places - 1], flat[places + below] - flat[places - below]
    return np.asarray(0.5 * np.hypot(across, down), np.float32)


def _ridges(across: Plane, down: Plane, gradient: Plane) -> Places:
    """Return the flat places where the gradient is above texture and noise, and largest along its own direction."""
    # The median gradient of a photo is noise and texture, since edges fill a small part of it; a picture full of
    # texture has no flat ground, so half the strongest edge is always enough.
    floor = max(
        _WEAKEST, min(_NOISE_FACTOR * float(np.median(gradient[::_SPARSE, ::_SPARSE])), 0.5 * float(gradient.max()))
    )
    marked = gradient >= floor
    marked[:_MARGIN] = marked[-_MARGIN:] = False
    marked[:, :_MARGIN] = marked[:, -_MARGIN:] = False
    places, flat = np.flatnonzero(marked), gradient.ravel()
    level = np.abs(across.ravel()[places]) >= np.abs(down.ravel()[places])
    beside = np.where(level, 1, gradient.shape[1])
    return places[flat[places] >= np.maximum(flat[places - beside], flat[places + beside])]
