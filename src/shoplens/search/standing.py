"""How the best of an answer stands to the rest of it: what a score is judged beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

CROWD = 10
"""How many listings after the best make the crowd."""

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """The scores of one answer in short.

    Attributes:
        best: the highest.
        second: the one after it; the best itself where there is no other.
        crowd: the mean of the next ten listings after the best.
    """

    best: float
    second: float
    crowd: float

    @classmethod
    def of(cls, scores: Sequence[float], usual: float) -> Self:
        """Return that of an answer.

        Args:
            scores: of its listings, the best first.
            usual: the crowd where fewer than three listings follow the best.
        """
        best, after = (scores[0] if scores else 0.0), scores[1 : CROWD + 1]
        crowd = sum(after) / len(after) if len(after) >= _FEWEST else usual
        return cls(best, after[0] if after else best, crowd)

    def behind(self, score: float) -> float:
        """Return by how much a score is below the best, 0 or more."""
        return max(0.0, self.best - score)

    def ahead(self, score: float) -> float:
        """Return by how much a score is above all others, 0 for any but the best."""
        return max(0.0, score - self.second)
