"""Lets a guarded share of answers try something, so that a shop learns what its shoppers click."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from shoplens.recommend.choice_features import SIZE, ChoiceFeatures
from shoplens.recommend.explore_settings import ExploreSettings
from shoplens.recommend.linear_thompson import LinearThompson
from shoplens.recommend.off_policy import LoggedChoices
from shoplens.recommend.request import Request
from shoplens.recommend.shop_view import ShopView
from shoplens.records import ImpressionLog, Match, Reason

KEPT_PLACES = 2
"""Places from the first on that never explore."""

POOL = 9
"""Products behind the answer's end that may come to the place that explores."""


@dataclass(frozen=True, slots=True)
class Explored:
    """What was drawn.

    Attributes:
        matches: the answer with it.
        place: from 0, where it was drawn.
        propensity: the chance that it had.
        context: what `logged_choices` reads back.
    """

    matches: tuple[Match, ...]
    place: int
    propensity: float
    context: dict[str, Any]


class Explorer:
    """Draws one place of an answer among what is recommended there and what comes behind the answer's end.

    The place is never one of the first two, and only products of the same class (in stock, not buried) come to it: the
    shop's rules and filters have let all of them in.

    Args:
        view: the shop.
        settings: how much is tried.
        policy: what was learned; None for nothing yet.
    """

    def __init__(self, view: ShopView, settings: ExploreSettings, policy: LinearThompson | None = None) -> None:
        self.settings = settings
        self._features = ChoiceFeatures(view)
        self._policy = policy or LinearThompson.unlearned(SIZE)

    def wants(self, placement: str, rng: np.random.Generator) -> bool:
        """Return whether this answer explores."""
        return placement in self.settings.placements and rng.random() < self.settings.share

    def explore(
        self,
        request: Request,
        matches: Sequence[Match],
        classes: Sequence[int],
        free: range,
        rng: np.random.Generator,
    ) -> Explored | None:
        """Draw a place; None where there is nothing to draw.

        Args:
            request: the question.
            matches: the answer, and up to `POOL` products more.
            classes: as many; products of different classes never take each other's place.
            free: the places that may be drawn; it ends with the answer.
            rng: the source of chance.
        """
        limit = free.stop
        shown, behind = list(matches[:limit]), range(limit, min(len(matches), limit + POOL))
        places = range(max(KEPT_PLACES, free.start), len(shown))
        rivals = {at: [other for other in behind if classes[other] == classes[at]] for at in places}
        open_places = [at for at in places if rivals[at]]
        if not open_places:
            return None
        place = int(rng.choice(open_places))
        pool = [shown[place], *(matches[other] for other in rivals[place])]
        features = self._features.describe(request, pool)
        chances = self._policy.propensities(features, rng)
        chosen = int(rng.choice(len(pool), p=chances / chances.sum()))
        if chosen:
            match = pool[chosen]
            shown[place] = replace(match, reasons=(*match.reasons, Reason("explored")))
        context = {"place": place, "chosen": chosen, "features": features.tolist()}
        return Explored(tuple(shown), place, float(chances[chosen]), context)


def logged_choices(log: ImpressionLog) -> LoggedChoices:
    """Return the choices of answers that explored, in order of time."""
    features, chosen, propensities, clicked = [], [], [], []
    for answer in np.argsort(log.times, kind="stable").tolist():
        context = log.contexts[answer]
        if "features" not in context or "chosen" not in context:
            continue
        described = np.array(context["features"], dtype=np.float64)
        rows = np.flatnonzero((log.answers == answer) & (log.positions == context["place"]))
        if described.ndim != 2 or described.shape[1] != SIZE or not len(rows):
            continue  # written by a version that described products otherwise
        features.append(described)
        chosen.append(int(context["chosen"]))
        propensities.append(float(log.propensities[rows[0]]))
        clicked.append(bool(log.clicked[rows[0]]))
    return LoggedChoices(
        tuple(features),
        np.array(chosen, dtype=np.int64),
        np.array(propensities, dtype=np.float64),
        np.array(clicked, dtype=bool),
    )
