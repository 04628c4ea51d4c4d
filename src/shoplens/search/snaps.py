"""What simulated shoppers' photos of a shop's products look like to its embedder."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

VIEWS = 2
"""A busy photo is asked with twice: see `shoplens.embedding.query_box.query_boxes`."""


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Simulated shoppers' photos, each of the product of one photo of the shop.

    Attributes:
        rows: the photo that each was made of, intp `[n]`.
        views: of each what it is asked with, float32 `[n, 2, dim]`; twice the same where there is one view.
    """

    rows: npt.NDArray[np.intp]
    views: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def none(cls) -> Snaps:
        """Return no photos at all."""
        return cls(np.zeros(0, np.intp), np.zeros((0, VIEWS, 1), np.float32))
