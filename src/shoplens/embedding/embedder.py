"""What turns photos into vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shoplens.records import Pixels, Vectors


class Embedder(Protocol):
    """Photos of any size in, unit vectors out.

    Attributes:
        id: name and content hash of what determines the vectors; stored vectors remember it.
        dim: length of a vector.
        min_side: the short side in pixels below which a photo need not be decoded larger; a reduced decode that
            keeps the short side at or above it changes the vectors only within rounding.
    """

    @property
    def id(self) -> str: ...

    @property
    def dim(self) -> int: ...

    @property
    def min_side(self) -> int: ...

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, each row of unit length; `[0, dim]` for no photos."""
        ...
