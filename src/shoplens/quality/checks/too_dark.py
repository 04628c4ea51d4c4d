"""A photo in which even the light parts are dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo


class TooDark:
    """The lightness that only the lightest twentieth of the picture exceeds, or of what stands out from its backdrop.

    A black product in good light keeps light parts (backdrop, highlights, seams), so its 95th percentile of L* stays
    high; a lit product on black keeps its own. L* 40 is a sheet of middle-grey card (18 % reflectance, L* 50) one stop
    underexposed, and a little less: a photo in which nothing reaches it is dark as a whole.
    """

    code = "photo_too_dark"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"min_lightness": 40.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where both 95th percentiles of L* are below `min_lightness`."""
        lightest, least = context.lightness(95.0), rule.limits["min_lightness"]
        if lightest < least:
            lightest = max(lightest, context.content_lightness(95.0))
        if lightest < least:
            yield rule.finding(
                f"The photo is too dark: 95 % of it is darker than L* {beside(lightest, least, '.0f')}; "
                f"a well lit photo reaches {least:g}.",
                Measure(rounded(lightest, least, 2), least, "L*"),
            )
