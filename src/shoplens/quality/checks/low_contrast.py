"""A photo that is grey all over, as through fog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, rounded
from shoplens.records import Finding, Measure, Photo


class LowContrast:
    """The range of L* between the darkest and the lightest hundredth.

    A photo that uses less than a fifth of the scale looks washed out on any screen; scikit-image's `is_low_contrast`
    draws the line at 5 % of it, which is invisible already. Coloured contrast counts too: a red product on a green
    cloth of the same lightness is seen well, so the widest of the ranges of L*, a* and b* is measured.
    """

    code = "photo_low_contrast"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"min_range": 20.0})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the widest range is below `min_range` units of Lab."""
        spread, least = context.lightness(99.0) - context.lightness(1.0), rule.limits["min_range"]
        if spread < least:
            spread = max(spread, context.chroma_range(1), context.chroma_range(2))
        if spread < least:
            yield rule.finding(
                f"The photo has little contrast: its tones span {beside(spread, least, '.0f')} of 100 units of Lab, "
                f"less than {least:g}.",
                Measure(rounded(spread, least, 2), least, "Lab"),
            )
