"""A photo with more pixels than the channel takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside
from shoplens.records import Finding, Measure, Photo


class TooManyPixels:
    """The original's longer side, and its pixels. The default, 64 megapixels, is Google Merchant Center's."""

    code = "too_many_pixels"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_long_side": 20_000.0, "max_pixels": 64e6})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where a limit is exceeded, the side's before the area's."""
        width, height = photo.facts.width, photo.facts.height
        side, area = max(width, height), width * height
        if side > rule.limits["max_long_side"]:
            most = rule.limits["max_long_side"]
            yield rule.finding(
                f"The photo is {width} x {height} px; {rule.pack} takes at most {most:g} px a side.",
                Measure(side, most, "px"),
            )
        elif area > rule.limits["max_pixels"]:
            most = rule.limits["max_pixels"]
            yield rule.finding(
                f"The photo has {beside(area / 1e6, most / 1e6, '.0f')} megapixels; {rule.pack} takes at most "
                f"{most / 1e6:g}.",
                Measure(area, most, "pixels"),
            )
