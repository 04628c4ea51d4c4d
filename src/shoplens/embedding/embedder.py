"""What turns photos into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shoplens.records import Pixels, Vectors


class Embedder(Protocol):
    """Photos of any size in, unit vectors out."""

    @property
    def id(self) -> str:
        """Name and content hash of what determines the vectors; stored vectors remember it."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def parts(self) -> tuple[int, ...]:
        """Lengths of the parts that were made independently of each other, in order; most vectors have one."""
        ...

    @property
    def min_side(self) -> int:
        """The short side in pixels that suffices.

        A reduced decode that keeps the short side at or above it changes the vectors little.
        """
        ...

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, each row of unit length; `[0, dim]` for no photos."""
        ...
