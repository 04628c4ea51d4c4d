"""Several rankings as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

K = 60
"""Makes the first ranks of one list count less against a good rank in every list; the value of the source."""


def fuse_ranks(rankings: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Return the fused score of every name, 1 for one that is first everywhere, the best first.

    The sum of 1 / (60 + rank) over the rankings that hold it, divided by what a name that is first in all of them would
    have (Cormack, Clarke and Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning
    methods", 2009).

    Args:
        rankings: name to rank, from 1 on; equal ranks are allowed.
    """
    best = len(rankings) / (K + 1)
    scores: dict[str, float] = {}
    for ranking in rankings:
        for name, rank in ranking.items():
            scores[name] = scores.get(name, 0.0) + 1.0 / (K + rank) / best
    return dict(sorted(scores.items(), key=lambda pair: -pair[1]))
