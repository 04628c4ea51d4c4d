"""Gives every screen the colours that the photo's own profile means."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.quality.draft import Draft
from shoplens.records import Finding


class ToSrgb:
    """Converts by the embedded ICC profile to sRGB; CMYK without one as every decoder does it.

    The numbers change so that the colours do not: without their profile a wide-gamut photo's numbers look dull.
    """

    name = "to_srgb"
    codes = ("photo_color_space",)
    order = 30
    sees_product = False
    automatic = True

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo as the draft has it: in sRGB."""
        yield draft.with_pixels(draft.photo.pixels)
