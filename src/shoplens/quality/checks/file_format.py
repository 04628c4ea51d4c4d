"""A file in a format that the channel does not take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class FileFormat:
    """A limit for each format: 1 where the channel takes it, 0 where not.

    BMP and TIFF are not read by ShopLens; what these limits do is told by `RulePlan.refuse`.
    """

    code = "file_format"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType(
        {"jpeg": 1.0, "png": 1.0, "webp": 1.0, "gif": 1.0, "bmp": 0.0, "tiff": 0.0}
    )

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the photo's format has the limit 0."""
        if not rule.limits[photo.facts.format]:
            taken = ", ".join(name for name, allowed in rule.limits.items() if allowed)
            yield rule.finding(f"The file is a {photo.facts.format}; {rule.pack} takes {taken}.")
