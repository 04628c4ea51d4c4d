"""A grainy photo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo

_KERNEL = np.array([1, -2, 1], np.float32)
_TILE = 16
_DARKEST, _LIGHTEST = 15.0, 240.0
"""Mean luma of a tile outside of which noise is cut off at black or white and cannot be measured."""

_CALM = 25.0
"""Percentile of the tiles' noise that counts: tiles with texture are above it."""

_FEWEST = 12


class Noisy:
    """The standard deviation of the pixel noise in levels of 255, on the calmest tiles that are not clipped.

    J. Immerkaer, "Fast noise variance estimation", Computer Vision and Image Understanding 64 (1996): a difference of
    two Laplacians, blind to edges and slopes, whose mean magnitude is `6 sigma sqrt(2 / pi)`. A photo with too few
    tiles in middle tones is not judged.

    The limit was set on originals and spoiled copies of 150 photos of clothing/train: above all originals (99 % below
    4.5), below all those with noise of 10 levels (98 % above 6.2).
    """

    code = "photo_noisy"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_noise": 5.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the noise is above `max_noise`."""
        noise, most = context.once(self.code, lambda: noise_level(context)), rule.limits["max_noise"]
        if noise is not None and noise > most:
            yield rule.finding(
                f"The photo is grainy: even calm parts vary by {beside(noise, most, '.1f')} of 255 from pixel to "
                f"pixel, more than {most:g}.",
                Measure(rounded(noise, most, 2), most, "levels"),
            )


def noise_level(context: PhotoContext) -> float | None:
    """Return the noise in levels of 255, or None where too few tiles can be measured."""
    luma = context.fine
    rows, columns = luma.shape[0] // _TILE, luma.shape[1] // _TILE
    if rows * columns < _FEWEST:
        return None
    luma = luma[: rows * _TILE, : columns * _TILE]
    difference = np.abs(cv2.sepFilter2D(luma, cv2.CV_32F, _KERNEL, _KERNEL))
    mean = cv2.resize(luma, (columns, rows), interpolation=cv2.INTER_AREA)
    rough = cv2.resize(difference, (columns, rows), interpolation=cv2.INTER_AREA)
    told = rough[(mean > _DARKEST) & (mean < _LIGHTEST)]
    if told.size < _FEWEST:
        return None
    return float(np.percentile(told, _CALM)) * float(np.sqrt(np.pi / 2)) / 6.0
