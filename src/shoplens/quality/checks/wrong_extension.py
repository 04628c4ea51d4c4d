"""A file whose name promises another format than its bytes hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class WrongExtension:
    """Channels refuse a file whose extension does not match its format; the decoder has compared the two."""

    code = "wrong_extension"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where decoding noted the mismatch."""
        if "wrong_extension" in photo.facts.notes:
            yield rule.finding(f"The file's name does not end as a {photo.facts.format.upper()} file should.")
