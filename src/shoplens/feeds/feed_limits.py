"""How much of a source is read at most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeedLimits:
    """Caps against files that would fill the memory.

    Attributes:
        max_bytes: a larger file is refused as a whole.
        max_row_chars: a longer row or item is rejected, and the next one read.
    """

    max_bytes: int = 4 << 30
    max_row_chars: int = 1 << 20
