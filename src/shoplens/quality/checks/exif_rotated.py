"""A photo that stands upright by a note in EXIF only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class ExifRotated:
    """Browsers turn such a photo; programs that ignore EXIF, as many channels' do, show it turned or mirrored."""

    code = "photo_exif_rotated"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the decoder turned the photo by such a note."""
        if "exif_rotated" in photo.facts.notes:
            yield rule.finding("The photo is upright by a note in EXIF only; without it, it is turned or mirrored.")
