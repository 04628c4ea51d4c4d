"""What has to stay on one side, from everything that ties photos together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Groups = npt.NDArray[np.int64]
"""Group numbers, shape `[n]`: photos of one number stay together; numbers run from 0 without gaps."""


def joined_groups(numbers: npt.NDArray[np.integer], names: Sequence[Sequence[str]]) -> Groups:
    """Return groups in which two photos are together if a number or a name ties them, directly or through others.

    Args:
        numbers: of near-duplicates, `[n]`.
        names: for each photo the names of what it shares with others: its product, its sender.
    """
    parents = list(range(len(numbers)))

    def root(item: int) -> int:
        while parents[item] != item:
            parents[item] = parents[parents[item]]
            item = parents[item]
        return item

    first: dict[int | str, int] = {}
    for photo, (number, shared) in enumerate(zip(np.asarray(numbers).tolist(), names, strict=True)):
        for tie in (number, *shared):
            a, b = root(first.setdefault(tie, photo)), root(photo)
            parents[max(a, b)] = min(a, b)
    roots = np.array([root(photo) for photo in range(len(parents))], dtype=np.int64)
    return np.unique(roots, return_inverse=True)[1].astype(np.int64)
