"""A photo with fewer pixels than the channel asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo


class TooSmall:
    """Compares the original's sides, in pixels after the EXIF rotation, with the pack's minima; 0 asks for nothing."""

    code = "photo_too_small"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType(
        {"min_width": 0.0, "min_height": 0.0, "min_short_side": 0.0, "min_long_side": 0.0}
    )

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield one finding for the side that falls furthest short."""
        width, height = photo.facts.width, photo.facts.height
        sides = {
            "min_width": ("width", width),
            "min_height": ("height", height),
            "min_short_side": ("shorter side", min(width, height)),
            "min_long_side": ("longer side", max(width, height)),
        }
        short = [name for name in sides if sides[name][1] < rule.limits[name]]
        if not short:
            return
        worst = min(short, key=lambda name: sides[name][1] / rule.limits[name])
        side, measured = sides[worst]
        least = rule.limits[worst]
        yield rule.finding(
            f"The photo is {width} x {height} px; its {side} of {measured} px "
            f"is below the {least:g} px asked for by {rule.pack}.",
            Measure(measured, least, "px"),
        )
