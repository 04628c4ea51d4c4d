"""A photo so long or so tall that a shop's square tile shows a sliver of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo


class ExtremeAspect:
    """The longer side over the shorter.

    Of a 3:1 photo, padded to a square tile, the product can fill no more than a third; CleanVision uses 1 / 0.35 = 2.9.
    """

    code = "photo_extreme_aspect"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_ratio": 3.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the ratio exceeds `max_ratio`."""
        width, height = photo.facts.width, photo.facts.height
        ratio, most = max(width, height) / min(width, height), rule.limits["max_ratio"]
        if ratio > most:
            yield rule.finding(
                f"The photo's longer side is {beside(ratio, most, '.1f')} times its shorter side "
                f"({width} x {height} px); at most {most:g} times shows well.",
                Measure(rounded(ratio, most, 3), most, "ratio"),
            )
