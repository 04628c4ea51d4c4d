"""A moving picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Photo


class Animated:
    """Marketplaces take still pictures only; of an animation they show the first frame, or nothing."""

    code = "photo_animated"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the decoder saw more than one frame."""
        if "first_frame" in photo.facts.notes:
            yield rule.finding("The file is an animation; only its first frame was looked at.")
