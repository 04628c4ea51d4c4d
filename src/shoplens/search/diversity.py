"""Results that differ: the trade of relevance for variety."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoplens.records import Vectors


def diverse(scores: Sequence[float], vectors: Vectors, diversity: float, limit: int) -> list[int]:
    """Return which results to show, in order, by maximal marginal relevance.

    The next result is always the one with the largest `(1 - diversity) * score - diversity * likeness` to the most
    alike result before it (Carbonell and Goldstein, "The use of MMR, diversity-based reranking for reordering documents
    and producing summaries", 1998). The first is the one with the best score, and with a diversity of 0 all are in the
    order of their scores.

    Args:
        scores: of the candidates.
        vectors: their unit vectors, `[n, dim]`.
        diversity: 0 to 1.
        limit: how many at most.
    """
    relevance = np.asarray(scores, np.float64)
    alike = np.asarray(vectors @ vectors.T, np.float64)
    nearest = np.full(len(relevance), -np.inf)
    left = np.ones(len(relevance), np.bool_)
    chosen: list[int] = []
    while left.any() and len(chosen) < limit:
        merit = relevance if not chosen else (1 - diversity) * relevance - diversity * nearest
        best = int(np.where(left, merit, -np.inf).argmax())
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, alike[best])
    return chosen
