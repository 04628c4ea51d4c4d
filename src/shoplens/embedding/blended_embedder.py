"""Several embedders as one: the weights of their similarities become the lengths of their parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from shoplens.embedding.embedder import Embedder
from shoplens.embedding.unit_rows import unit_rows
from shoplens.errors import BadInput
from shoplens.records import Pixels, Vectors

_SEEN = 1 / 3
"""Of the weight of colours that a network's own have, the rest being the counted ones'.

Without known products it decides how photos of a catalogue are compared. With half of a likeness for shape, shares of
an eighth to a half found as many other photos of three drawn shops' products, within one in 100, and more than counted
colours alone; a third each for shape, seen and counted colours tells strangers apart less well there (AUROC .927, so
.945) and finds less of wrong categories of Clothing's validation part (.75, so .82), but finds more of Luma's clothes,
which differ in colours (66.0 % first, so 59.2). It was chosen with all of these in view."""


class BlendedEmbedder:
    """Concatenates unit vectors scaled by the square roots of their weights.

    The inner product of two blended vectors is then the weighted mean of the parts' similarities, so one index
    answers for all of them at once.

    Args:
        parts: pairs of embedder and weights: one number, or one for each part of its vectors, which are then brought to
            unit length one by one. All are positive, and are brought to a sum of 1.

    Raises:
        BadInput: no embedder, a weight that is not positive, or not one for each part.
    """

    def __init__(self, parts: Sequence[tuple[Embedder, float | Sequence[float]]]) -> None:
        weighed = [(embedder, [own] if isinstance(own, float | int) else list(own)) for embedder, own in parts]
        total = sum(sum(own) for _, own in weighed)
        if not weighed or any(weight <= 0 for _, own in weighed for weight in own):
            raise BadInput(
                "A blend needs at least one embedder, each with a positive weight.",
                received=[own for _, own in weighed],
            )
        for embedder, own in weighed:
            if len(own) not in (1, len(embedder.parts)):
                raise BadInput(
                    "An embedder has one weight, or one for each part of its vectors.",
                    received=f"{len(own)} weights and {len(embedder.parts)} parts",
                )
        self._parts = [(embedder, [weight / total for weight in own]) for embedder, own in weighed]
        recipe = "+".join(
            f"{embedder.id}*{','.join(f'{weight:.4f}' for weight in own)}" for embedder, own in self._parts
        )
        self._id = f"blend-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"

    @classmethod
    def with_colors(cls, network: Embedder, colors: Embedder, weight: float) -> BlendedEmbedder:
        """Return a network's vectors and counted colours as one.

        The first part of a network that has several is of shape, kind and pattern; the others are of the colours that
        it sees, and share the weight of colours with the counted ones.

        Args:
            network: makes the first parts.
            colors: makes the last one.
            weight: of colours altogether, above 0 and below 1.
        """
        others = len(network.parts) - 1
        if not others:
            return cls([(network, 1.0 - weight), (colors, weight)])
        seen = weight * _SEEN
        return cls([(network, [1.0 - weight, *[seen / others] * others]), (colors, weight - seen)])

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
        return np.concatenate(
            [_weighed(embedder.embed(photos), embedder.parts, own) for embedder, own in self._parts], 1
        )


def _weighed(vectors: Vectors, lengths: Sequence[int], weights: Sequence[float]) -> Vectors:
    if len(weights) == 1:
        return vectors * np.float32(np.sqrt(weights[0]))
    parts = np.split(vectors, np.cumsum(lengths)[:-1], axis=1)
    return np.concatenate(
        [unit_rows(part) * np.float32(np.sqrt(own)) for part, own in zip(parts, weights, strict=True)], 1
    )
