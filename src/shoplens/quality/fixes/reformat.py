"""Writes a photo in the format that its name promises, or that the channel takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from shoplens.quality.draft import Draft, WrittenFormat, format_of_suffix
from shoplens.records import Finding

_FORMATS: tuple[WrittenFormat, ...] = ("jpeg", "png")


class Reformat:
    """A JPEG named .png becomes a PNG, so that links to it stay; an animation becomes its first frame."""

    name = "reformat"
    codes = ("wrong_extension", "file_format", "photo_animated")
    order = 90
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo in the promised format, then as JPEG and as PNG under a fitting name."""
        promised = format_of_suffix(draft.suffix)
        kinds = [cast(WrittenFormat, promised)] if promised in ("jpeg", "png", "webp") else []
        for kind in dict.fromkeys((*kinds, *_FORMATS)):
            yield draft.with_pixels(draft.photo.pixels, kind)
