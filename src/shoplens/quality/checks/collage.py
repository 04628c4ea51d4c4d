"""Several pictures put together to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from shoplens.quality.overlay_detector import overlay_thresholds
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, rounded
from shoplens.records import Box, Finding, Measure, Photo


class Collage:
    """The probability that the photo is put together from several, by the network that sees overlays.

    The threshold was set as for those; see `checks/overlay.py`. The box is the whole picture.
    """

    code = "photo_collage"
    scope: Literal["photo"] = "photo"

    @property
    def limits(self) -> Mapping[str, float]:
        """`max_score`: probabilities above it are findings."""
        return {"max_score": overlay_thresholds()["collage"]}

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where the probability is above `max_score`."""
        score, most = context.overlays.collage, rule.limits["max_score"]
        if score > most:
            shown = rounded(score, most, 4)
            yield rule.finding(
                f"Several pictures are put together to one (score {shown}, threshold {most:g}).",
                Measure(shown, most, "score"),
                box=Box(0.0, 0.0, 1.0, 1.0),
            )
