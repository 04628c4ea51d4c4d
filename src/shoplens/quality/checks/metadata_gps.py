"""A photo that tells where it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class MetadataGps:
    """GPS coordinates in EXIF publish a home or a stockroom with the picture."""

    code = "metadata_gps"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the decoder saw GPS fields."""
        if "gps" in photo.facts.notes:
            yield rule.finding("The file holds the GPS position of the place where it was taken.")
