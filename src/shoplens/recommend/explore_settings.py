"""How many of a shop's answers try something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shoplens.errors import BadInput, UnknownName
from shoplens.recommend.placement import PLACEMENTS

GUARDED = 0.1
"""Largest share of the answers that may explore before the logged choices prove a gain."""

_WHOLE = "complete-the-look"  # what is together consistent has no place to draw
DEFAULT_PLACEMENTS = ("for-you", "popular", "similar", "trending")


@dataclass(frozen=True, slots=True)
class ExploreSettings:
    """`[explore]` of a shop's `recommend.toml`; off by default.

    Attributes:
        share: part of the answers in which one place is drawn, 0 to 1.
        placements: where.
    """

    share: float = 0.0
    placements: tuple[str, ...] = DEFAULT_PLACEMENTS

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise BadInput("The share of answers that explore must be from 0 to 1.", received=self.share)
        for name in self.placements:
            if name not in PLACEMENTS or name == _WHOLE:
                raise UnknownName("placement that can explore", name, set(PLACEMENTS) - {_WHOLE})

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Self:
        """Return the settings of a TOML table.

        Raises:
            BadInput: a value has the wrong type or is out of range.
            UnknownName: a field or a placement that does not exist.
        """
        if not isinstance(table, Mapping) or set(table) - {"share", "placements"}:
            raise BadInput("[explore] has a share and placements, and nothing else.", received=table)
        share, placements = table.get("share", 0.0), table.get("placements", DEFAULT_PLACEMENTS)
        if isinstance(share, bool) or not isinstance(share, int | float):
            raise BadInput("The share of answers that explore is a number.", received=repr(share))
        if not isinstance(placements, list | tuple) or not all(isinstance(name, str) for name in placements):
            raise BadInput("The placements that explore are a list of names.", received=repr(placements))
        return cls(float(share), tuple(placements))


NO_EXPLORING = ExploreSettings()
"""Nothing is tried."""
