"""A photo that lies on its side or stands on its head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from shoplens.quality.gist_head import head_threshold
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.quality.turn import Turn
from shoplens.records import Finding, Measure, Photo

_HOW = {1: "by a quarter to the left", 2: "by a half", 3: "by a quarter to the right"}


class Rotated:
    """The probability that a photo is turned, by a small head on the base model's network; see `quality/turn.py`.

    Products that look alike from all sides are not sure, and so no finding. The threshold stands in the card beside the
    head: at most one in two hundred upright photos of training groups that were held out reaches it.
    """

    code = "photo_rotated"
    scope: Literal["photo"] = "photo"

    @property
    def limits(self) -> Mapping[str, float]:
        """`max_sure`: what is surer than this is a finding."""
        return {"max_sure": head_threshold("turn")}

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where it is surer than `max_sure` that the photo is turned."""
        turn, most = Turn.of(context), rule.limits["max_sure"]
        if turn.quarters and turn.sure > most:
            yield rule.finding(
                f"The photo is turned {_HOW[turn.quarters]} (sure by {beside(turn.sure, most, '.1%')}, "
                f"threshold {exactly(most, '.1%')}).",
                Measure(rounded(turn.sure, most, 4), most, "probability"),
            )
