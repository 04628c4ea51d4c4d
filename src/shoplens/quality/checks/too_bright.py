"""A photo in which even the dark parts are nearly white."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo


class TooBright:
    """The lightness below which only the darkest hundredth of the picture lies.

    A white product on white keeps shadows and seams that are darker than L* 85 (8-bit grey 212); where not even one
    pixel in a hundred is, the light parts have lost their drawing.
    """

    code = "photo_too_bright"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_lightness": 85.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the 1st percentile of L* is above `max_lightness`."""
        darkest, most = context.lightness(1.0), rule.limits["max_lightness"]
        if darkest > most:
            yield rule.finding(
                f"The photo is over-exposed: 99 % of it is lighter than L* {beside(darkest, most, '.0f')}; "
                f"a well lit photo has parts below {most:g}.",
                Measure(rounded(darkest, most, 2), most, "L*"),
            )
