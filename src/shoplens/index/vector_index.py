"""What finds the nearest vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors


class VectorIndex(Protocol):
    """Unit vectors under string keys; similarity is the inner product."""

    def __len__(self) -> int: ...

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Store float32 or float16 `[n, dim]`; a known key is replaced.

        Raises:
            BadInput: the shapes do not fit, or a vector is not finite.
        """
        ...

    def remove(self, keys: Sequence[str]) -> int:
        """Forget the keys and return how many were known."""
        ...

    def search(
        self, queries: Vectors, k: int, *, among: npt.NDArray[np.bool_] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for each query up to `k` pairs `(key, similarity)`, the best first, ties in the order of adding.

        `among` is a mask over the rows in the order of `keys()`; only rows marked true can be found.
        """
        ...

    def keys(self) -> list[str]:
        """Return the keys in row order."""
        ...

    def vectors(self, keys: Sequence[str]) -> Vectors:
        """Return the stored vectors, float32 `[n, dim]`.

        Raises:
            NotFound: a key is not in the index.
        """
        ...
