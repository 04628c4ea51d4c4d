"""Two photos of which one is a copy of the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

CopyKind = Literal["saved_anew", "flipped", "cropped", "recolored"]
"""How a copy differs: by size and compression alone, mirrored, a part of the other, or in other colours."""

KINDS: Final[tuple[CopyKind, ...]] = get_args(CopyKind)

MAX_GAP = 12.0
"""Largest difference, in levels of 255, at the most different of 16 x 16 places of two copies that were saved anew or
flipped. Copies of 160 real photos of the training parts stay below 11; of 6,000 pairs of photos that look alike, colour
variants of one garment among them, 99.9 % lie above 49."""


@dataclass(frozen=True, slots=True)
class CopyPair:
    """What two photos have in common.

    Attributes:
        left: row of the one.
        right: row of the other.
        kind: how they differ.
        measured: for "saved_anew" and "flipped" the largest difference of a place, in levels; for the other kinds the
            correlation of what is in the same place, 0 to 1.
    """

    left: int
    right: int
    kind: CopyKind
    measured: float
