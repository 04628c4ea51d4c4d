"""Shorter vectors for the same looks, so that a large shop is compared as a whole in a few milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors

WHOLE = 5_000
"""Looks up to which nothing is shortened."""

LENGTH = 64
"""Numbers that are kept of each."""

_SAMPLE = 8_192


@dataclass(frozen=True, slots=True, eq=False)
class BriefLooks:
    """Looks by their parts along the directions in which the shop's looks differ most.

    Attributes:
        vectors: float32 `[m, k]`; their inner products come near those of the looks themselves.
        axes: float32 `[dim, k]`, orthonormal columns; None where nothing is shortened.
    """

    vectors: Vectors
    axes: npt.NDArray[np.float32] | None = None

    @classmethod
    def of(cls, looks: Vectors) -> Self:
        """Shorten unit vectors float32 `[m, dim]` where there are many of them."""
        if len(looks) <= WHOLE or looks.shape[1] <= LENGTH:
            return cls(looks)
        sample = looks[:: max(1, len(looks) // _SAMPLE)].astype(np.float64)
        # not centred, since inner products with the origin in its place are what is compared
        axes = np.linalg.eigh(sample.T @ sample)[1][:, ::-1][:, :LENGTH].astype(np.float32)
        return cls(np.ascontiguousarray(looks @ axes), np.ascontiguousarray(axes))

    def shorten(self, looks: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return looks `[dim]` or `[dim, n]` as they are compared, `[k]` or `[k, n]`."""
        return looks if self.axes is None else np.asarray(self.axes.T @ looks)
