"""Several embedders as one: the weights of their similarities become the lengths of their parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from shoplens.embedding.embedder import Embedder
from shoplens.errors import BadInput
from shoplens.records import Pixels, Vectors


class BlendedEmbedder:
    """Concatenates unit vectors scaled by the square roots of their weights.

    The inner product of two blended vectors is then the weighted mean of the parts' similarities, so one index
    answers for all of them at once.

    Args:
        parts: pairs of embedder and weight; weights are positive and are brought to a sum of 1.

    Raises:
        BadInput: no part, or a weight that is not positive.
    """

    def __init__(self, parts: Sequence[tuple[Embedder, float]]) -> None:
        if not parts or any(weight <= 0 for _, weight in parts):
            raise BadInput(
                "A blend needs at least one embedder, each with a positive weight.", received=[w for _, w in parts]
            )
        total = sum(weight for _, weight in parts)
        self._parts = [(embedder, weight / total) for embedder, weight in parts]
        recipe = "+".join(f"{embedder.id}*{weight:.4f}" for embedder, weight in self._parts)
        self._id = f"blend-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    @property
    def id(self) -> str:
        """The name and the hash of the parts and weights."""
        return self._id

    @property
    def dim(self) -> int:
        """The sum of the parts' lengths."""
        return sum(embedder.dim for embedder, _ in self._parts)

    @property
    def parts(self) -> tuple[int, ...]:
        """The parts of the parts, in order."""
        return tuple(length for embedder, _ in self._parts for length in embedder.parts)

    @property
    def min_side(self) -> int:
        """The largest of the parts' needs."""
        return max(embedder.min_side for embedder, _ in self._parts)

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        """Return float32 `[n, dim]`, rows of unit length."""
        scaled = [embedder.embed(photos) * np.float32(np.sqrt(weight)) for embedder, weight in self._parts]
        return np.concatenate(scaled, axis=1)
