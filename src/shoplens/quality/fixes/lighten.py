"""Lets a little more light into a photo that is too dark."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from shoplens.photos.channels import strongest
from shoplens.photos.tone import expose
from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.records import Finding

_AIM = 48.0
"""L* of what is light in the photo, afterwards: a little above the check's limit of 40, no more than that."""

_MOST_STOPS = 1.5
"""Farther up, the noise of a dark photo and the steps of its 8 bits come up with it."""

_BURNT = 0.005
"""Share of pixels that may reach the end of their scale: they would lose their colour."""


class Lighten:
    """One exposure for the whole picture, in linear light: hues stay, save where a channel is full."""

    name = "lighten"
    codes = ("photo_too_dark",)
    order = 50
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo exposed by as much as it lacks, at most one and a half stops."""
        context, pixels = draft.context, draft.photo.pixels
        lightest = max(context.lightness(95.0), context.content_lightness(95.0))
        stops = math.log2(_luminance(_AIM) / max(_luminance(lightest), 1e-4))
        if stops > _MOST_STOPS:
            raise CannotFix(
                f"The photo lacks {stops:.1f} stops of light; more than {_MOST_STOPS} would show its noise."
            )
        for share in (1.0, 0.85):
            brighter = expose(pixels, stops * share)
            full = float((strongest(brighter) == 255).mean() - (strongest(pixels) == 255).mean())
            if full <= _BURNT:
                yield draft.with_pixels(brighter)
        if np.max(pixels) > 0 and full > _BURNT:
            raise CannotFix(f"Its light parts would burn out ({full:.1%} of the photo).")


def _luminance(lightness: float) -> float:
    """Return Y, 0 to 1, of an L* (CIE 15:2004, 8.2.1)."""
    scaled = (lightness + 16.0) / 116.0
    return scaled**3 if lightness > 8.0 else lightness / 903.3
