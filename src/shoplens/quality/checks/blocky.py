"""A photo that was compressed so far that the blocks of JPEG show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from shoplens.quality.photo_context import PhotoContext, Plane
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo

_BLOCK = 8
_EVERY = 2
"""One line of so many is looked at."""

_LEAST = 64
_QUIET = 0.5
"""Levels added to both sides of the ratio: in a picture without any grain, rounding makes steps of that size."""

_LARGEST = 8.0
"""A step is counted as at most this many levels, so that an edge of the picture weighs no more than a block's."""


class Blocky:
    """How much larger the steps between JPEG's blocks are than those between any other pixels.

    A step is what a pixel pair differs by more than its neighbours do: `|d[i]| - (|d[i-1]| + |d[i+1]|) / 2`,
    after Z. Wang, A. Bovik, B. Evans, "Blind measurement of blocking artifacts in images", ICIP 2000. The grid of
    eight pixels may begin anywhere (a cropped photo); its mean step is compared with the mean of the other seven
    grids. Where the decoder reduced a large photo nothing is seen, and nothing would be by a shopper.

    The limit was set on 150 photos of clothing/train: above all originals (1.75 at most), below nearly all that went
    through JPEG of quality 15 (98 % above 2.1).
    """

    code = "photo_blocky"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_step": 1.8})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the steps at the blocks' edges are `max_step` times the others."""
        step, most = context.once(self.code, lambda: block_step(context.fine)), rule.limits["max_step"]
        if step is not None and step > most:
            yield rule.finding(
                "The photo is compressed too far: the steps between blocks of 8 pixels are "
                f"{beside(step, most, '.1f')} times those elsewhere, more than {most:g}.",
                Measure(rounded(step, most, 2), most, "times"),
            )


def block_step(luma: Plane) -> float | None:
    """Return the ratio, the mean of both directions, or None for a photo below 64 pixels."""
    if min(luma.shape) < _LEAST:
        return None
    return (_along(luma[::_EVERY]) + _along(np.ascontiguousarray(luma[:, ::_EVERY].T))) / 2


def _along(luma: Plane) -> float:
    size = luma[:, 1:] - luma[:, :-1]
    np.minimum(np.abs(size, out=size), _LARGEST, out=size)
    beside = size[:, :-2] + size[:, 2:]
    beside *= 0.5
    np.subtract(size[:, 1:-1], beside, out=beside)
    step = np.maximum(beside, 0.0, out=beside).mean(axis=0)
    usable = step[: step.size // _BLOCK * _BLOCK].reshape(-1, _BLOCK).mean(axis=0) + _QUIET
    worst = int(usable.argmax())
    return float(usable[worst] / np.delete(usable, worst).mean())
