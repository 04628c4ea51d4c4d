"""What is worn and used together, by its colours: learned from real outfits."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

import numpy as np
import numpy.typing as npt

from shoplens.embedding.unit_rows import unit_rows
from shoplens.records import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Compatibility:
    """A linear map from colour vectors to vectors whose inner product says how well two products go together.

    The asymmetry of types that fashion models learn (Vasileva et al., "Learning Type-Aware Embeddings for Fashion
    Compatibility", 2018) brought nothing on 702 outfits, nor did shape beside colour; `recipes/compatibility` has the
    method. It only ranks products of a kind: which kinds go together, the category pairs say.

    Attributes:
        kernel: float32 `[d, dim]`, for the `d` numbers of `ColorEmbedder`.
        bias: float32 `[dim]`.
    """

    kernel: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    @classmethod
    @cache
    def learned(cls) -> Self:
        """Return the map that ships."""
        data = files("shoplens.recommend").joinpath("defaults/compatibility.npz").read_bytes()
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["kernel"].astype(np.float32), arrays["bias"].astype(np.float32))

    def apply(self, vectors: Vectors) -> Vectors:
        """Return unit vectors float32 `[n, dim]`.

        Args:
            vectors: float32 `[n, m]` whose last `d` numbers are of `ColorEmbedder`, times any factor above 0: so are
                the vectors of every blend that ends with it.
        """
        colors = unit_rows(vectors[:, -len(self.kernel) :])
        return unit_rows(colors @ self.kernel + self.bias)
