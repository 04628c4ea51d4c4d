"""A file with more bytes than the channel takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside
from shoplens.records import Finding, Measure, Photo


class FileTooLarge:
    """The file's length in bytes. The default is Google Merchant Center's 16 MB; above it nothing is decoded anyway."""

    code = "file_too_large"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_bytes": 16.0 * 1024 * 1024})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the file is longer than `max_bytes`."""
        size, most = photo.facts.size_bytes, rule.limits["max_bytes"]
        if size > most:
            yield rule.finding(
                f"The file has {beside(size / 1e6, most / 1e6, '.1f')} MB, more than the {most / 1e6:g} MB that "
                f"{rule.pack} takes.",
                Measure(size, most, "bytes"),
            )
