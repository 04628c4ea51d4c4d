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

_TILES = 4
_DIRECTIONS = 4
_FEWEST = 24
"""Edge pixels of one direction that a tile needs before its median counts."""

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
    above the noise. Of 4 x 4 tiles the sharpest counts, so a soft backdrop is no fault; of four directions of edges the
    softest counts, so that a camera moved along one direction is seen. A photo without edges is not judged.

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
    fine = np.hypot(*(plane[rows, columns] for plane in context.gradient(_FINE)))
    ratio = np.square(fine / coarse[rows, columns])
    widths = np.sqrt(np.clip((_COARSE**2 - ratio * _FINE**2) / np.maximum(ratio - 1.0, 1e-3), 0.0, _WIDEST**2))
    angle = np.arctan2(down[rows, columns], across[rows, columns]) / np.pi * _DIRECTIONS
    direction = np.rint(angle).astype(np.int64) % _DIRECTIONS
    height, width = coarse.shape
    tile = (rows * _TILES // height) * _TILES + columns * _TILES // width
    sharpest = [_sharpest_tile(widths[direction == number], tile[direction == number]) for number in range(_DIRECTIONS)]
    judged = [softness for softness in sharpest if softness is not None]
    return max(judged) if judged else None


def _sharpest_tile(widths: Plane, tile: npt.NDArray[np.int64]) -> float | None:
    """Return the smallest median among tiles with enough edges; one such tile alone is too little evidence."""
    order = np.argsort(tile, kind="stable")
    parts = np.split(widths[order], np.flatnonzero(np.diff(tile[order])) + 1)
    medians = [float(np.median(part)) for part in parts if len(part) >= _FEWEST]
    return min(medians) if len(medians) >= 2 else None


def _ridges(across: Plane, down: Plane, gradient: Plane) -> npt.NDArray[np.bool_]:
    """Mark where the gradient is above texture and noise, and largest along its own direction."""
    # The median gradient of a photo is noise and texture, since edges fill a small part of it; a picture full of
    # texture has no flat ground, so half the strongest edge is always enough.
    floor = max(_WEAKEST, min(_NOISE_FACTOR * float(np.median(gradient)), 0.5 * float(gradient.max())))
    level = gradient >= cv2.dilate(gradient, np.ones((1, 3), np.uint8))
    upright = gradient >= cv2.dilate(gradient, np.ones((3, 1), np.uint8))
    crest = np.where(np.abs(across) >= np.abs(down), level, upright)
    marked = np.asarray(crest & (gradient >= floor), np.bool_)
    marked[:_MARGIN] = marked[-_MARGIN:] = False
    marked[:, :_MARGIN] = marked[:, -_MARGIN:] = False
    return marked
