"""What scores mean: how probable it is that a match is the very product of the photo, or one of its kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from shoplens.records import Relation

_LIKELY = 0.5
"""By version 2 of the base model: four drawn shops (seeds 51 to 54, with nine photos a product and with one) were asked
by a shopper's photo of each of 333 articles. With the article there, exact was said of 82 and 80 in 100, and was right
for 99 and 98 in 100 of its statements; with it taken out, a sister was called exact for 14 and 17 in 100. Of all
statements, half of the articles missing, 85 and 82 in 100 are right. A cut of .8 makes that 90, and calls 50 and 38 in
100 of what is there exact; one that each shop learns from its trials for nine right in ten makes it 88 and 86, and
calls 58 and 47 in 100 so."""


@dataclass(frozen=True, slots=True)
class MatchOdds:
    """Logistic regressions of what was seen; both probabilities rise with the score.

    A score alone says little: where everything in a shop looks like the photo, a high one is no surprise. So what
    counts beside it is the crowd, the mean score of the next ten listings (the cohort of speaker recognition;
    Auckenthaler, Carey and Lloyd-Thomas, "Score normalization for text-independent speaker verification systems",
    2000), and how clearly the best match leads.

    Attributes:
        product: of the very product: bias, weight of the score (above 0), of the crowd, of how far the match is behind
            the best one (not above 0: one photo shows one product) and of how far it is ahead of all (not below 0).
        kind: of its category: bias, weight of the score (above 0), weight of the agreement.
        threshold: probability of the very product below which nothing in the shop is taken for it.
        crowd: the usual one, where an answer has too few listings to tell.
        offsets: what is added to the bias of `product` for photos of a kind, by category path.
    """

    product: tuple[float, float, float, float, float]
    kind: tuple[float, float, float]
    threshold: float
    crowd: float
    offsets: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made, read from JSON."""
        lists: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in known.items()
        }
        return cls(**lists)

    def same_product(
        self, score: float, crowd: float, behind: float = 0.0, ahead: float = 0.0, kind: str = ""
    ) -> float:
        """Return the probability that a match is the very product.

        Args:
            score: of the match.
            crowd: of the answer.
            behind: how much lower than the best score of the answer.
            ahead: how much higher than every other score of the answer.
            kind: the likeliest category of the query photo, "" where that is not known.
        """
        bias, weight, other, gap, lead = self.product
        shift = self.offsets.get(kind, 0.0)
        return _logistic(bias + shift + weight * score + other * crowd + gap * behind + lead * ahead)

    def same_kind(self, score: float, agreement: float) -> float:
        """Return the probability that a match is of the query's category.

        Args:
            score: of the match.
            agreement: how much speaks for the match's category, 0 to 1, see `blend_kinds`.
        """
        bias, weight, other = self.kind
        return _logistic(bias + weight * score + other * agreement)


@dataclass(frozen=True, slots=True)
class ShopOdds:
    """What scores mean in one shop.

    Attributes:
        photo: where the product of the query stands on a plain light ground, as in the photos of a catalogue.
        snap: where it stands in a room, a street or among other things, as in most photos of shoppers.
    """

    photo: MatchOdds
    snap: MatchOdds

    @classmethod
    def of(cls, known: Mapping[str, Any]) -> Self:
        """Return what `dataclasses.asdict` made, read from JSON."""
        return cls(MatchOdds.of(known["photo"]), MatchOdds.of(known["snap"]))


def relation_of(same_product: float, same_kind: float) -> Relation:
    """Return what the likelier side of each probability says."""
    if same_product >= _LIKELY:
        return "exact"
    return "similar" if same_kind >= _LIKELY else "related"


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, x))))
