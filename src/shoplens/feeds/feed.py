"""What reads a merchant's catalogue, whatever it was written by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shoplens.records import Product


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with a row: `code` is stable, `message` is for people and holds the value received."""

    code: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One row as read: `product` is None where the row had to be rejected; problems may also be mere warnings.

    `number` is the line, item or file number as a person counts it (a CSV's header is line 1). Two rows may carry one
    number, where a line holds both an article and its first variant (Shopify).
    """

    number: int
    product: Product | None
    problems: tuple[RowProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a source, enough to tell its origin.

    Attributes:
        path: the file or folder.
        columns: the header of a table; the names that the first items of XML or JSON have; empty for a folder.
        sample: the first characters of a file, "" for a folder.
    """

    path: Path
    columns: tuple[str, ...]
    sample: str


class Feed(Protocol):
    """One origin of catalogues.

    Attributes:
        name: "google", "shopify", ...
    """

    @property
    def name(self) -> str:
        """The name of the plug-in."""
        ...

    def confidence(self, head: Head) -> float:
        """Return 0 (certainly not this origin) to 1 (certainly this one)."""
        ...

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return which field of `Product` is read from which column, for the preview."""
        ...

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield every row, good or bad, in the order of the file, in constant memory where the format allows it.

        Args:
            path: the file or folder.
            mapping: field of `Product` to column, overriding the feed's own.

        Raises:
            FeedError: the source as a whole cannot be read.
        """
        ...
