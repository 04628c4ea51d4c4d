"""Several examples as one vector: like these, not like those."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.errors import BadInput
from shoplens.records import Vectors

UNLIKE = 0.5
"""How much the mean of what the answer should not be like is taken away; see `mix_examples`."""


def mix_examples(
    like: Vectors, weights: Sequence[float], unlike: Vectors | None = None, unlike_weights: Sequence[float] = ()
) -> Vectors:
    """Return the weighted mean of examples, less half the mean of the others, float32 `[1, dim]`.

    q = sum(w p) / sum(w) - 0.5 sum(v n) / sum(v), brought to the mean length of the p, so that one example is itself:
    the formula of Rocchio ("Relevance feedback in information retrieval", 1971), where the positive examples are the
    query. Its factor is Qdrant's for an average of examples (q = 2 mean(p) - mean(n)).

    Args:
        like: rows float32 `[n, dim]`, at least one; of unit length but those of shoppers' photos (see
            `ShopSpace.apply_snaps`).
        weights: of the rows, above 0.
        unlike: such rows, float32 `[m, dim]`.
        unlike_weights: of those rows, above 0.

    Raises:
        BadInput: nothing is left: the examples are opposites.
    """
    mixed = np.average(like.astype(np.float64), axis=0, weights=weights)
    if unlike is not None and len(unlike):
        mixed = mixed - UNLIKE * np.average(unlike.astype(np.float64), axis=0, weights=unlike_weights)
    length = float(np.linalg.norm(mixed))
    if length < 1e-6:
        raise BadInput("The examples cancel each other out.", remedy="Leave one of them out.")
    wanted = np.average(np.linalg.norm(like, axis=1), weights=weights)
    return np.asarray(mixed[None] * (wanted / length), np.float32)
