"""What became of a batch of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """One refused event: its number in the batch or file, a stable code, and a sentence for people."""

    number: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Intake:
    """The answer to a batch.

    Attributes:
        accepted: events that are now on disk and were not before.
        repeated: events that were there already; sending them again did no harm.
        rejected: the refused ones with their reasons.
    """

    accepted: int = 0
    repeated: int = 0
    rejected: tuple[Rejection, ...] = ()

    def reasons(self) -> dict[str, int]:
        """Return how many were refused for each code, the most frequent first."""
        return dict(Counter(rejection.code for rejection in self.rejected).most_common())


def total(parts: Sequence[Intake]) -> Intake:
    """Return the sum of several answers."""
    return Intake(
        sum(part.accepted for part in parts),
        sum(part.repeated for part in parts),
        tuple(rejection for part in parts for rejection in part.rejected),
    )
