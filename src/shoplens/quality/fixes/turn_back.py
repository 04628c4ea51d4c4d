"""Turns a photo that lies on its side or stands on its head."""

from __future__ import annotations

from collections.abc import Iterator

from shoplens.quality.draft import Draft
from shoplens.quality.fix import CannotFix
from shoplens.quality.turn import Turn
from shoplens.records import Finding


class TurnBack:
    """Moves pixels, and changes none. A model only believes that the photo is turned, so somebody has to ask for it."""

    name = "turn_back"
    codes = ("photo_rotated",)
    order = 25
    sees_product = False
    automatic = False

    def attempts(self, draft: Draft, finding: Finding) -> Iterator[Draft]:
        """Yield the photo turned back."""
        turn = Turn.of(draft.context)
        if not turn.quarters:
            raise CannotFix("It is not known which way the photo is turned.")
        yield draft.with_pixels(turn.upright(draft.photo.pixels))
