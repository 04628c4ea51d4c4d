"""How much each part of the vectors should count in this shop: where only colours differ, colours."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors
from shoplens.search.snaps import Snaps

_STEPS = np.linspace(0.2, 0.8, 13)
_MOST_PHOTOS = 6_000
_FEWEST = 64
_USUAL_OF_SNAPS = 0.7

Groups = npt.NDArray[np.intp]
Parts = list[Vectors]
Apply = Callable[[Vectors], Parts]
Fit = Callable[[npt.NDArray[np.bool_]], Apply]
Merits = npt.NDArray[np.float64]


def learn_share(vectors: Vectors, groups: Groups, fit: Fit, usual: float) -> float:
    """Return the share of the first of two parts under which photos of one product find each other best.

    Judged by the mean of 1 / rank of the nearest other photo of the product, among all photos, on products that the
    transformation did not learn from: two halves, each in turn. Of the shares that are within one standard error of
    the best (Breiman et al., "Classification and Regression Trees", 1984, section 3.4.3) the one nearest to `usual` is
    taken; `usual` itself where fewer than 64 photos have another of their product.

    Args:
        vectors: what an embedder made, float32 `[n, dim]`.
        groups: the product that each photo shows, `[n]`.
        fit: learns from the products of the photos marked true, and returns what makes both parts of vectors, as unit
            vectors.
        usual: the share without any learning.
    """
    if (np.bincount(groups)[groups] > 1).sum() < _FEWEST:
        return usual
    rng = np.random.default_rng(0)
    half = rng.permutation(groups.max() + 1)[groups] % 2
    chosen = rng.permutation(len(groups))[:_MOST_PHOTOS]
    merits = [_of_photos(vectors, groups, fit(half != held), chosen, half == held) for held in (0, 1)]
    return _best(np.concatenate(merits, axis=1), usual)


def learn_snap_share(vectors: Vectors, groups: Groups, apply: Apply, usual: float, snaps: Snaps) -> float:
    """Return the share of the first of two parts under which shoppers' photos find their product best.

    Judged by the same merit as in `learn_share`, by simulated photos of products that the transformation may have
    learned from, and drawn towards .7: with it, .1 more or less found no more
    shoppers' photos of three drawn shops, and no more photos of the train part of Grocery, than are within the error of
    counting them. In other light and before other things colours say less than among the photos of a catalogue.

    Args:
        vectors: what an embedder made, float32 `[n, dim]`.
        groups: the product that each photo shows, `[n]`.
        apply: makes both parts of vectors, as unit vectors.
        usual: what is returned where there are fewer than 64 snaps.
        snaps: simulated photos of some of the products.
    """
    if len(snaps) < _FEWEST:
        return usual
    return _best(_of_snaps(vectors, groups, apply, snaps), _USUAL_OF_SNAPS)


def _best(merit: Merits, usual: float) -> float:
    """Return the share nearest to `usual` of those within one standard error of the best; merits are `[steps, n]`."""
    behind = merit[merit.mean(axis=1).argmax()] - merit
    good = np.flatnonzero(behind.mean(axis=1) <= behind.std(axis=1) / np.sqrt(merit.shape[1]))
    return float(_STEPS[good[np.argmin(np.abs(_STEPS[good] - usual))]])


def _of_photos(vectors: Vectors, groups: Groups, apply: Apply, chosen: Groups, held: npt.NDArray[np.bool_]) -> Merits:
    """Return the merit of each share for each photo of a product that was not learned from, `[steps, asked]`."""
    parts = apply(vectors[chosen])
    asked = np.flatnonzero(held[chosen] & (np.bincount(groups)[groups] > 1)[chosen])
    first, second = (part[asked] @ part.T for part in parts)
    same = groups[chosen][asked][:, None] == groups[chosen][None]
    same[np.arange(len(asked)), asked] = False
    itself = asked, np.arange(len(asked))
    return np.stack([_merit(share * first + (1 - share) * second, same, itself) for share in _STEPS])


def _of_snaps(vectors: Vectors, groups: Groups, apply: Apply, snaps: Snaps) -> Merits:
    """Return the merit of each share for each snap, the nearer of whose views counts, `[steps, snaps]`."""
    ready, same = apply(vectors), groups[snaps.rows][:, None] == groups[None]
    views = [apply(snaps.views[:, view]) for view in range(snaps.views.shape[1])]
    near = [[asked @ part.T for asked, part in zip(view, ready, strict=True)] for view in views]
    blends = (np.max([share * first + (1 - share) * second for first, second in near], axis=0) for share in _STEPS)
    return np.stack([_merit(blend, same) for blend in blends])


def _merit(
    likeness: npt.NDArray[np.float32], same: npt.NDArray[np.bool_], itself: tuple[Groups, Groups] | None = None
) -> npt.NDArray[np.float64]:
    """Return 1 / rank of the nearest photo of the same product, for the queries that have one."""
    if itself is not None:
        likeness[itself[1], itself[0]] = -np.inf
    nearest = np.where(same, likeness, -np.inf).max(axis=1)
    ranks = 1 + (likeness > nearest[:, None]).sum(axis=1)
    return np.asarray(1.0 / ranks[same.any(axis=1)])
