"""How much each part of the vectors should count in this shop: where only colours differ, colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors

_STEPS = np.linspace(0.2, 0.8, 13)
_MOST_PHOTOS = 6_000
_FEWEST_PAIRED = 64

Groups = npt.NDArray[np.intp]
Parts = list[Vectors]
Fit = Callable[[npt.NDArray[np.bool_]], Parts]


def learn_share(groups: Groups, fit: Fit, usual: float) -> float:
    """Return the share of the first of two parts under which photos of one product find each other best.

    Judged by the mean of 1 / rank of the nearest other photo of the product, among all photos, on products that the
    transformation did not learn from: two halves, each in turn. Of the shares that are within one standard error of
    the best (Breiman et al., "Classification and Regression Trees", 1984, section 3.4.3) the one nearest to `usual` is
    taken; `usual` itself where fewer than 64 photos have another of their product.

    Args:
        groups: the product that each photo shows, `[n]`.
        fit: learns from the products of the photos marked true, and returns both parts of all photos as unit vectors.
        usual: the share without any learning.
    """
    paired = np.bincount(groups)[groups] > 1
    if paired.sum() < _FEWEST_PAIRED:
        return usual
    rng = np.random.default_rng(0)
    half = rng.permutation(groups.max() + 1)[groups] % 2
    chosen = rng.permutation(len(groups))[:_MOST_PHOTOS]
    merits: list[npt.NDArray[np.float64]] = []
    for held in (0, 1):
        parts = [part[chosen] for part in fit(half != held)]
        asked = np.flatnonzero((half[chosen] == held) & paired[chosen])
        first, second = (part[asked] @ part.T for part in parts)
        same = groups[chosen][asked][:, None] == groups[chosen][None]
        same[np.arange(len(asked)), asked] = False
        merits.append(np.stack([_merit(share * first + (1 - share) * second, same, asked) for share in _STEPS]))
    merit = np.concatenate(merits, axis=1)
    behind = merit[merit.mean(axis=1).argmax()] - merit
    good = np.flatnonzero(behind.mean(axis=1) <= behind.std(axis=1) / np.sqrt(merit.shape[1]))
    return float(_STEPS[good[np.argmin(np.abs(_STEPS[good] - usual))]])


def _merit(likeness: npt.NDArray[np.float32], same: npt.NDArray[np.bool_], asked: Groups) -> npt.NDArray[np.float64]:
    """Return 1 / rank of the nearest photo of the same product, for the queries that have one."""
    likeness[np.arange(len(asked)), asked] = -np.inf
    nearest = np.where(same, likeness, -np.inf).max(axis=1)
    ranks = 1 + (likeness > nearest[:, None]).sum(axis=1)
    return np.asarray(1.0 / ranks[same.any(axis=1)])
