"""Turns the pixels of a photo that stands upright by a note only."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.quality.draft import Draft
from shoplens.records import Finding


class Upright:
    """The decoder has turned the pixels already; written anew, they need no note."""

    name = "upright"
    codes = ("photo_exif_rotated",)
    order = 20
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo as it is seen."""
        yield draft.with_pixels(draft.photo.pixels)
