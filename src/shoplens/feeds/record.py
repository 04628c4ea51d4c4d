"""One row of a source as text, before anybody knows what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shoplens.feeds.feed import RowProblem


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one row by column; a column may hold several (a repeated XML element, a JSON list).

    Attributes:
        number: line or item as a person counts it.
        values: column to its values, as written.
        problems: what went wrong while reading the row.
        broken: the row cannot be trusted at all; `problems` says why.
    """

    number: int
    values: Mapping[str, tuple[str, ...]]
    problems: tuple[RowProblem, ...] = ()
    broken: bool = False

    def texts(self, column: str) -> tuple[str, ...]:
        """Return the non-blank values of `column`, stripped."""
        return tuple(text for value in self.values.get(column, ()) if (text := value.strip()))

    def text(self, column: str) -> str:
        """Return the first non-blank value of `column`, stripped, or ""."""
        return next(iter(self.texts(column)), "")
