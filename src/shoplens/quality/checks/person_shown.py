"""A photo with a person or a mannequin in it, where a channel wants the product alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from shoplens.quality.gist_head import gist_head, head_threshold
from shoplens.quality.photo_context import PhotoContext
from shoplens.quality.rule import Rule, beside, exactly, rounded
from shoplens.records import Finding, Measure, Photo

_NEVER = 1.0


class PersonShown:
    """The probability of a body, by a small head on the base model's network; see `recipes/upright`.

    People and mannequins are not told apart. The head learned from real clothes on drawn bodies, since no training part
    shows a person. The threshold stands in the card beside the head: at most one in two hundred photos of training
    groups that were held out and show nobody reaches it. With `max_score` 1 the photo is not looked at.
    """

    code = "person_shown"
    scope: Literal["photo"] = "photo"

    @property
    def limits(self) -> Mapping[str, float]:
        """`max_score`: what is likelier than this is a finding."""
        return {"max_score": head_threshold("person")}

    def inspect(self, photo: Photo, context: PhotoContext, rule: Rule) -> Iterator[Finding]:
        """Yield a finding where a body is likelier than `max_score`."""
        most = rule.limits["max_score"]
        if most >= _NEVER:
            return
        score = context.once(self.code, lambda: _score(context))
        if score > most:
            yield rule.finding(
                f"A person or a mannequin is shown (score {beside(score, most, '.2f')}, "
                f"threshold {exactly(most, '.2f')}).",
                Measure(rounded(score, most, 4), most, "score"),
            )


def _score(context: PhotoContext) -> float:
    return float(np.exp(gist_head("person").log_probabilities(context.gist)[0, 1]))
