"""A small photo that was enlarged: many pixels, and no detail of their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from shoplens.quality.photo_context import PhotoContext, Plane
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo

_LOW, _MIDDLE, _HIGH = (0.015, 0.04), (0.05, 0.12), (0.28, 0.46)
"""Bands in cycles per pixel. Enlarged twice, a photo keeps nothing above 0.25."""

_NATURAL = 11.0
"""Power of the low band over the middle one's in a photo with detail: the square of their frequencies' ratio."""

_EVERY = 4
"""One line of so many is looked at."""

_LEAST = 128
_GRAIN = 0.02
"""Power per frequency, relative to a step edge's of one level, below which there is only rounding."""


class Upscaled:
    """How far the finest detail lies below the coarser, in decibels of power along rows and columns.

    The power of a photo falls with about the square of the frequency (D. Field, "Relations between the statistics of
    natural images and the response properties of cortical cells", JOSA A 4, 1987): from the middle band to the high one
    by some 14 dB. What was enlarged has no power in the high band but what interpolation and compression left there.
    An unsharp photo looks alike; it has too many pixels for what it shows, too.

    The limit was set on photos of clothing/train and caltech101-products, of which 99.5 % fall by less than 19.4 dB and
    half of those enlarged twice by more than 24 dB, and on the demonstration shop, whose smooth drawn photos fall by up
    to 22.3 dB.
    """

    code = "photo_upscaled"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_fall": 22.5})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the fall is more than `max_fall`."""
        fall, most = context.once(self.code, lambda: spectrum_fall(context.fine)), rule.limits["max_fall"]
        if fall is not None and fall > most:
            yield rule.finding(
                f"The photo seems enlarged: its finest detail lies {beside(fall, most, '.0f')} dB below the coarser, "
                f"more than {most:g} dB.",
                Measure(rounded(fall, most, 2), most, "dB"),
            )


def spectrum_fall(luma: Plane) -> float | None:
    """Return the fall in dB, of the direction that fell less; None for a photo that is small or without any detail."""
    if min(luma.shape) < _LEAST:
        return None
    ways = (luma[::_EVERY], np.ascontiguousarray(luma[:, ::_EVERY].T))
    falls = [fall for fall in map(_fall, ways) if fall is not None]
    return min(falls, default=None)


def _fall(lines: Plane) -> float | None:
    rows = lines - lines.mean(axis=1, keepdims=True)
    rows *= np.hanning(rows.shape[1]).astype(np.float32)
    waves = np.fft.rfft(rows, axis=1)
    power = (np.square(waves.real) + np.square(waves.imag)).mean(axis=0)
    frequency = np.fft.rfftfreq(rows.shape[1])
    low, middle, high = (_band(power, frequency, *band) for band in (_LOW, _MIDDLE, _HIGH))
    middle = max(middle, low / _NATURAL)
    floor = _GRAIN * rows.shape[1]
    if middle <= 10 * floor:
        return None
    return float(10 * np.log10(middle / (high + floor)))


def _band(power: npt.NDArray[np.floating], frequency: npt.NDArray[np.floating], low: float, top: float) -> float:
    return float(power[(frequency >= low) & (frequency < top)].mean())
