"""A main photo with something behind the product."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Literal

from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo


class BackgroundNotUniform:
    """The share of the picture's border that follows one colour or one smooth fall of light; see `photos/subject.py`.

    A product may cross an edge, so a third of the border may differ.
    """

    code = "background_not_uniform"
    scope: Literal["photo"] = "photo"
    limits: Mapping[str, float] = MappingProxyType({"min_share": 0.65})

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where less than `min_share` of the border is calm."""
        share, least = context.background.uniform_share, rule.limits["min_share"]
        if share < least:
            yield rule.finding(
                f"The background is not uniform: only {beside(share, least, '.0%')} of the picture's border has one "
                f"colour, less than {exactly(least, '.0%')}.",
                Measure(rounded(share, least, 3), least, "share"),
            )
