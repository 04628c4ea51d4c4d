"""A photo with a veil of one colour over everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_STEP = 3
"""One pixel of so many each way is enough to tell."""

_LIGHT = 90.0
"""Percentile of L* from which on a part counts as light: paper, walls and highlights, which have the light's colour."""

_DIMMEST = 115
"""8-bit L* (45 of 100) below which nothing counts as light."""

_LEAST_COLORED = 20.0
"""Percentile of the chroma that must lean the same way: where there is grey, it is grey."""

_FEWEST = 100


class ColorCast:
    """The chroma of the photo's light parts.

    Paper, walls, a white backdrop and highlights have the colour of the light (E. Land, "The retinex theory of
    color vision", Scientific American 237, 1977). Of the lightest tenth of what is not dark, the median
    of a* and b* is taken; and the rest must lean the same way, so of the chroma in that direction the 20th percentile
    counts where it is smaller. A bright backdrop of a strong colour measures the same and is no fault, so only a strong
    cast is told from one, and it is a hint.

    The limit was set on 120 photos of clothing/train and 120 of caltech101-products, of which it flags less than 1 %.
    """

    code = "photo_color_cast"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_chroma": 35.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where that chroma is above `max_chroma`."""
        chroma, most = context.once(self.code, lambda: light_chroma(context)), rule.limits["max_chroma"]
        if chroma is not None and chroma > most:
            yield rule.finding(
                f"The photo has a colour cast: what should be white has chroma {chroma:.0f}, more than {most:g}.",
                Measure(round(chroma, 2), most, "units of Lab"),
            )


def light_chroma(context: PhotoContext) -> float | None:
    """Return the smaller of both chromas, or None in a photo that is dark."""
    lab = context.lab[::_STEP, ::_STEP].reshape(-1, 3)
    told = lab[lab[:, 0] >= _DIMMEST].astype(np.float32)
    if len(told) < _FEWEST:
        return None
    colors = told[:, 1:] - 128.0
    light = np.median(colors[told[:, 0] >= np.percentile(told[:, 0], _LIGHT)], axis=0)
    length = float(np.hypot(*light))
    if length == 0:
        return 0.0
    return min(length, float(np.percentile(colors @ (light / length), _LEAST_COLORED)))
