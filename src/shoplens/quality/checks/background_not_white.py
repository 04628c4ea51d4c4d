"""A main photo whose background is not white."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from shoplens.photos.channels import weakest
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Box, Finding, Measure, Photo, Pixels

_RING = 0.03
"""Width of the border that is looked at, as a share of the shorter side."""


class BackgroundNotWhite:
    """The share of the picture's outer border that is far from white.

    A pixel is far from white where its darkest channel is below `white` (of 255). A product may touch an edge, so up
    to a quarter of the border, one whole side of a square, may be coloured. The evidence box is the worst side.
    """

    code = "background_not_white"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"white": 240.0, "max_share": 0.25})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where more than `max_share` of the border is darker than `white`."""
        white, most = rule.limits["white"], rule.limits["max_share"]
        share, box = context.once(f"{self.code} {white}", lambda: _colored_border(context.work, white))
        if share > most:
            yield rule.finding(
                f"The background is not white: {beside(share, most, '.0%')} of the picture's border is darker than "
                f"{white:g} of 255, more than {exactly(most, '.0%')}.",
                Measure(rounded(share, most, 4), most, "share"),
                box=box,
            )


def _colored_border(pixels: Pixels, white: float) -> tuple[float, Box]:
    height, width = pixels.shape[:2]
    ring = max(1, round(_RING * min(height, width)))
    sides = {
        "top": pixels[:ring],
        "bottom": pixels[-ring:],
        "left": pixels[ring:-ring, :ring],
        "right": pixels[ring:-ring, -ring:],
    }
    colored = {name: weakest(side) < white for name, side in sides.items() if side.size}
    share = sum(int(mask.sum()) for mask in colored.values()) / sum(mask.size for mask in colored.values())
    worst = max(colored, key=lambda name: float(np.mean(colored[name])))
    x, y = ring / width, ring / height
    boxes = {
        "top": (0.0, 0.0, 1.0, y),
        "bottom": (0.0, 1.0 - y, 1.0, 1.0),
        "left": (0.0, 0.0, x, 1.0),
        "right": (1.0 - x, 0.0, 1.0, 1.0),
    }
    return share, Box(*boxes[worst])
