"""What finds the nearest vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors

Mask = npt.NDArray[np.bool_]


class VectorIndex(Protocol):
    """Unit vectors under string keys; similarity is the inner product.

    Any number of threads may search while one adds or removes. What `add` and `remove` have returned from holds for
    every search that begins later.
    """

    def __len__(self) -> int: ...

    def __contains__(self, key: object) -> bool: ...

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Store float32 or float16 `[n, dim]`; a known key is replaced, and counts as added now.

        Raises:
            BadInput: the shapes do not fit, or a vector is not finite.
        """
        ...

    def remove(self, keys: Sequence[str]) -> int:
        """Forget the keys and return how many were known."""
        ...

    def search(self, queries: Vectors, k: int, *, among: Mask | None = None) -> list[list[tuple[str, float]]]:
        """Return for each query up to `k` pairs `(key, similarity)`, the best first.

        Args:
            queries: float32 `[q, dim]`.
            k: at least 1.
            among: made by `mask`; only what it marks can be found.

        Raises:
            BadInput: a shape does not fit, a query is not finite, or `k` is below 1.
        """
        ...

    def mask(self, keys: Iterable[str]) -> Mask:
        """Return a mask of these keys for `search`; unknown ones are passed over.

        It holds as long as the index: what is added after it is not in it, what is removed is not found through it.
        """
        ...

    def keys(self) -> list[str]:
        """Return the keys in the order of adding."""
        ...

    def vectors(self, keys: Sequence[str]) -> Vectors:
        """Return the stored vectors, float32 `[n, dim]`.

        Raises:
            NotFound: a key is not in the index.
        """
        ...

    def writer(self) -> Callable[[BinaryIO], None]:
        """Return what writes the index, as it is at this moment, to a file.

        Writing takes a while: others may search, add and remove meanwhile.
        """
        ...

    def read(self, file: BinaryIO) -> None:
        """Take what a writer wrote, in place of everything here; the bytes are trusted, so check them before.

        Raises:
            BadInput: an index of another kind or version wrote it.
        """
        ...
