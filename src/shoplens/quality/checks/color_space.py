"""A photo whose colours will be shown wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class ColorSpace:
    """Shops and marketplaces take every file for sRGB; CMYK and other RGB profiles come out dull or shifted."""

    code = "photo_color_space"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the file is CMYK or carries a profile other than sRGB."""
        if "cmyk_converted" in photo.facts.notes:
            yield rule.finding("The file is meant for print (CMYK); screens show its colours wrongly.")
        elif "not_srgb" in photo.facts.notes:
            yield rule.finding("The file carries a colour profile other than sRGB; many programs ignore it.")
