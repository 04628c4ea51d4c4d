"""Writes a photo in the format that its name promises, or that the channel takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from shoplens.errors import BadInput
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
        """Yield the photo in the promised format, then in its own, as JPEG and as PNG under a fitting name."""
        known = (format_of_suffix(draft.suffix), draft.photo.facts.format)
        kinds = [cast(WrittenFormat, kind) for kind in known if kind in ("jpeg", "png", "webp")]
        reason = None
        for kind in dict.fromkeys((*kinds, *_FORMATS)):
            try:
                attempt = draft.with_pixels(draft.photo.pixels, kind)
            except BadInput as error:
                reason = reason or error  # another format may hold more pixels, or fewer bytes
            else:
                yield attempt
        if reason is not None:
            raise reason
