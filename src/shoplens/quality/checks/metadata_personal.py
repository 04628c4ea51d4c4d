"""A photo that tells by whom, or with whose camera, it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class MetadataPersonal:
    """A name or a serial number in EXIF ties the picture to one person; see `photos/exif.py` for the fields."""

    code = "metadata_personal"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the decoder saw such fields."""
        if "personal" in photo.facts.notes:
            yield rule.finding("The file names a person, a computer or a camera's serial number.")
