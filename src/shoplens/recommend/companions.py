"""What is met in one session with some listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplens.recommend.co_occurrence import CoOccurrence

VIEW_WORTH = 0.1
"""How much of a basket one session of views is worth as evidence of what is bought together: a guess."""


@dataclass(frozen=True, slots=True, eq=False)
class Companions:
    """The chance of each listing to share a session with others, from tables of what was met together.

    Attributes:
        tables: counts, each with what one of its sessions is worth.
        prior: sessions of average content with which those of a listing are diluted: a guess.
        evidence: sessions at which what shoppers did counts as much as what was there without them: a guess.
    """

    tables: tuple[tuple[CoOccurrence, float], ...]
    prior: float = 5.0
    evidence: float = 20.0

    def scores(self, listings: Sequence[int], weights: Sequence[float]) -> tuple[npt.NDArray[np.float32], float]:
        """Return the chances, 1 for the likeliest, and the trust that the number of sessions earns."""
        chances = np.zeros(len(self.tables[0][0].totals))
        evidence, whole = 0.0, float(sum(weights))
        for table, worth in self.tables:
            sessions: dict[int, float] = {}
            for listing, weight in zip(listings, weights, strict=True):
                if table.totals[listing]:
                    met = worth * float(table.totals[listing]) * weight / whole
                    sessions[listing] = sessions.get(listing, 0.0) + met
            if sessions:
                chances += table.chances(list(sessions), self.prior, list(sessions.values()))
                evidence += sum(sessions.values())
        most = chances.max(initial=0.0)
        scaled = chances / most if most else chances
        return scaled.astype(np.float32), evidence / (evidence + self.evidence)
