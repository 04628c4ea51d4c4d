"""What was learned from shoppers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from shoplens.errors import UnknownName

Rung = Literal["visual", "session", "collaborative"]
"""How much of the shoppers an answer uses: nothing, what is met in one session, or what whole histories share."""

RUNGS: tuple[Rung, ...] = ("visual", "session", "collaborative")
"""From the first day on, to much data."""

Evidence = Literal["bought", "viewed"]
"""What is counted: what is bought together, or what is looked at together."""


def as_rung(name: str) -> Rung:
    """Return the rung of that name.

    Raises:
        UnknownName: there is none.
    """
    for rung in RUNGS:
        if rung == name:
            return rung
    raise UnknownName("rung", name, RUNGS)


class Learned(Protocol):
    """What shoppers did, as scores of all listings beside some of them."""

    def scores(self, listings: Sequence[int], weights: Sequence[float]) -> tuple[npt.NDArray[np.float32], float]:
        """Return float32 `[listings]`, 1 for the likeliest and 0 for the unlikely ones, and how far to trust them.

        Args:
            listings: codes of listings, at least one.
            weights: as many, above 0.
        """
        ...
