"""A photo of nothing: one flat colour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule
from shoplens.records import Finding, Measure, Photo

_LEVELS = 10
"""Largest difference from the main colour, in 8-bit Lab levels per channel: about 4 units of L*."""


class Blank:
    """The share of the picture within a just visible distance of its median colour.

    The limit of 99.8 % leaves a product as small as 1/22 of each side uncalled blank.
    """

    code = "photo_blank"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"max_flat_share": 0.998})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where more than `max_flat_share` of the picture has one colour."""
        share, most = context.once(self.code, lambda: _flat_share(context)), rule.limits["max_flat_share"]
        if share > most:
            yield rule.finding(
                f"The photo shows nothing: {share:.1%} of it has one colour, more than {most:.1%}.",
                Measure(round(share, 5), most, "share"),
            )


def _flat_share(context: PhotoContext) -> float:
    return float(context.near(context.median_lab(), _LEVELS).mean())
