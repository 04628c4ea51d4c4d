"""How a header gives its origin away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shoplens.feeds.column_key import column_key


@dataclass(frozen=True, slots=True)
class Signature:
    """The columns of one vendor, each as `column_key` writes it.

    Attributes:
        required: groups of names; of each group one must be there.
        strong: names that hardly anybody else uses.
        negative: names that this vendor never uses.
    """

    required: tuple[frozenset[str], ...]
    strong: frozenset[str]
    negative: frozenset[str] = frozenset()

    def confidence(self, columns: Iterable[str]) -> float:
        """Return 0 to 1: three strong names make it certain, each negative one takes 0.3 away."""
        names = {column_key(column) for column in columns}
        hits = len(self.strong & names)
        if not hits or not all(group & names for group in self.required):
            return 0.0
        return max(0.0, min(1.0, 0.25 + 0.25 * hits) - 0.3 * len(self.negative & names))
