"""A photo with a veil of one colour over everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.photos.channels import strongest, weakest
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo, Pixels

_LIGHTEST = 99.7
"""Percentile of each channel that stands for white: of all pixels a few specks of another colour may be lighter."""

_DARKEST = 50
"""Strongest channel up to which a pixel is too dark to have a colour that can be told."""

_GREYEST = 5.0
"""Percentile of the pixels' saturation that stands for grey."""

_ALLOWANCE = 3.0
"""Greys are a third as much saturated as white may be, as some coloured things come out grey under any light."""

_FEWEST = 50
_OFFSET = 4.0
"""Added to the strongest channel, so that dark pixels, which are all noise, do not count as strongly coloured."""

_STEP = 2
"""One pixel of so many each way, of the small copy, is enough to tell greys."""


class ColorCast:
    """How much of one channel is missing where a photo should be white, and where it should be grey.

    The strongest values of the three channels, each taken by itself, have the colour of the light, as some highlight,
    paper or wall sends back all of it (the white patch of E. Land, "The retinex theory of color vision", Scientific
    American 237, 1977). Its saturation, 1 less the weakest over the strongest channel, is the number. In a close-up of
    a coloured thing nothing is white, but something is nearly grey under white light and nothing is under coloured:
    the saturation of the twentieth of the pixels that is least saturated, threefold, counts where it is smaller.

    Measure and limit were chosen on 190 photos of clothing/train, 240 of caltech101-products and 200 drawn ones, and
    on the same with gains of the channels down to 0.85, 0.7 and 0.55: the limit flags 4.7 %, 0.8 % and none of the
    originals (the first are phone photos, many by lamplight), and 66 %, 78 % and 92 % at 0.7. Coloured things before a
    coloured wall measure the same, so it is a hint.
    """

    code = "photo_color_cast"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_saturation": 0.25})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where that saturation is above `max_saturation`."""
        missing, most = context.once(self.code, lambda: cast(context)), rule.limits["max_saturation"]
        if missing is not None and missing > most:
            yield rule.finding(
                f"The photo has a colour cast: what should be white lacks {beside(missing, most, '.0%')} of one "
                f"colour, more than {exactly(most, '.0%')}.",
                Measure(rounded(missing, most, 4), most, "saturation"),
            )


def cast(context: PhotoContext) -> float | None:
    """Return the saturation, 0 to 1, or None in a photo that is dark."""
    white = np.array([[[_percentile(context.small, channel) for channel in range(3)]]], np.uint8)
    sample = np.ascontiguousarray(context.small[::_STEP, ::_STEP])
    most, saturation = _saturation(sample)
    told = saturation[most > _DARKEST]
    if told.size < _FEWEST:
        return None
    return min(float(_saturation(white)[1][0, 0]), _ALLOWANCE * float(np.percentile(told, _GREYEST)))


def _percentile(pixels: Pixels, channel: int) -> int:
    counts = np.cumsum(cv2.calcHist([pixels], [channel], None, [256], [0, 256]))
    return int(np.searchsorted(counts, counts[-1] * _LIGHTEST / 100.0))


def _saturation(pixels: Pixels) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """Return the strongest channel of each pixel, and 1 less the weakest over it."""
    most, least = strongest(pixels), weakest(pixels)
    return most, np.asarray((most - least) / (most + np.float32(_OFFSET)), np.float32)
