"""A photo in which the product's light parts are burnt out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_FULL = 253
"""A channel at or above this has reached the end of its scale, less what JPEG changes."""

_LEAST_CONTENT = 0.02


class OverExposed:
    """The share of what stands out from the backdrop in which a channel has reached the end of its scale.

    A white backdrop may be burnt out, and so is left aside; a photo in which next to nothing stands out is not judged.
    Red and yellow things lose their drawing in one channel long before they look white.

    The limit was set on photos of caltech101-products, of which it flags less than 1 %; none of clothing/train.
    A dark product on white passes at any exposure: nothing in it burns out.
    """

    code = "photo_over_exposed"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_share": 0.35})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where more than `max_share` of the product is burnt out."""
        share, most = context.once(self.code, lambda: burnt_share(context)), rule.limits["max_share"]
        if share is not None and share > most:
            yield rule.finding(
                f"The photo is over-exposed: {share:.0%} of what it shows has lost its shades, more than {most:.0%}.",
                Measure(round(share, 4), most, "share"),
            )


def burnt_share(context: PhotoContext) -> float | None:
    """Return the share, or None where next to nothing stands out."""
    content = context.content
    area = int(np.count_nonzero(content))
    if area < _LEAST_CONTENT * content.size:
        return None
    lightest = np.maximum(np.maximum(*cv2.split(context.work)[:2]), context.work[..., 2])
    return float(np.count_nonzero((lightest >= _FULL) & content)) / area
