"""How much each part of the vectors should count in this shop: where only colours differ, colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors
from shoplens.search.snaps import Snaps

_TENTHS = 10
_MOST_PHOTOS = 4_000
_FEWEST, _FEW = 64, 16
"""Photos that have another of their product, in all and in each half of the products."""


Groups = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
Parts = Sequence[Vectors]
Apply = Callable[[Vectors], Parts]
Fit = Callable[[Mask], Apply]
Shares = Sequence[float]
Merits = npt.NDArray[np.float64]
"""Of each of `_mixtures` and each photo that is asked with, `[m, n]`."""


def learn_shares(vectors: Vectors, groups: Groups, fit: Fit, usual: Shares) -> Shares:
    """Return the shares of the parts, adding up to 1, under which photos of one product find each other best.

    Judged by the mean of 1 / rank of the nearest other photo of the product, among all photos, on products that the
    transformation did not learn from: two halves, each in turn. All shares in whole tenths are tried. Of those that are
    within one standard error of the best (Breiman et al., "Classification and Regression Trees", 1984, section 3.4.3)
    the nearest to the usual are taken.

    Args:
        vectors: what an embedder made, float32 `[n, dim]`.
        groups: the product that each photo shows, `[n]`.
        fit: learns from the products of the photos marked true, and returns what makes the parts of vectors, as unit
            vectors.
        usual: the shares without any learning, which are returned where fewer than 64 photos have another of their
            product, or hardly any in one half.
    """
    several = np.bincount(groups) > 1
    rng = np.random.default_rng(0)
    half = rng.permutation(len(several))[groups] % 2
    # Whole products, those of several photos first: of 4,000 photos out of very many, few would have another.
    order = rng.permutation(len(several)) + len(several) * ~several
    chosen = np.argsort(order[groups], kind="stable")[:_MOST_PHOTOS]
    asked = half[chosen][several[groups[chosen]]]
    if not 2 <= len(usual) <= _TENTHS or len(asked) < _FEWEST or min((asked == 0).sum(), (asked == 1).sum()) < _FEW:
        return usual
    merits = [_of_photos(fit(half != held)(vectors[chosen]), groups[chosen], half[chosen] == held) for held in (0, 1)]
    return _best(np.concatenate(merits, axis=1), usual)


def learn_snap_shares(vectors: Vectors, groups: Groups, apply: Apply, count: int, snaps: Snaps) -> Shares:
    """Return the shares of the parts, adding up to 1, under which shoppers' photos find their product best.

    Learned as in `learn_shares`, by simulated photos of products that the transformation may have learned from; the
    usual ones where there are fewer than 64. A part that usually has nothing is not asked: simulated photos, which know
    few lamps, make too much of counted colours.

    Args:
        vectors: what an embedder made, float32 `[n, dim]`.
        groups: the product that each photo shows, `[n]`.
        apply: makes the parts of vectors, as unit vectors.
        count: how many parts there are.
        snaps: simulated photos of some of the products.
    """
    usual = usual_of_snaps(count)
    asked = sum(share > 0 for share in usual)
    if len(snaps) < _FEWEST or not 2 <= asked <= _TENTHS:
        return usual
    ready, views = apply(vectors)[:asked], [apply(snaps.views[:, view])[:asked] for view in range(snaps.views.shape[1])]
    merits = _of_snaps(ready, views, groups[snaps.rows][:, None] == groups[None])
    return [*_best(merits, usual[:asked]), *usual[asked:]]


def usual_of_snaps(count: int) -> Shares:
    """Return what each of so many parts usually counts in shoppers' photos, the last of which is of counted colours.

    In other light and before other things these say less than among the photos of a catalogue. Beside a network of one
    part they have 0.3: .1 more or less found no more shoppers' photos of three drawn shops, and of the train part of
    Grocery, than are within the error of counting them. Beside a network that makes a part of the colours itself, and
    has learned what lamps do to them, they have nothing: without them more such photos were found, and of its other
    parts the first is of shape.
    """
    if count < 3:
        return [1.0] if count == 1 else [0.7, 0.3]
    return [0.6, *[0.4 / (count - 2)] * (count - 2), 0.0]


def _mixtures(count: int) -> list[Shares]:
    """Return all shares of so many parts in whole tenths, none of them 0."""
    cuts = combinations(range(1, _TENTHS), count - 1)
    return [[(b - a) / _TENTHS for a, b in pairwise((0, *cut, _TENTHS))] for cut in cuts]


def _best(merits: Merits, usual: Shares) -> Shares:
    """Return the shares nearest to `usual` of those within one standard error of the best."""
    behind = merits[merits.mean(axis=1).argmax()] - merits
    good = np.flatnonzero(behind.mean(axis=1) <= behind.std(axis=1) / np.sqrt(merits.shape[1]))
    mixtures = _mixtures(len(usual))
    return mixtures[min(good, key=lambda m: sum((a - b) ** 2 for a, b in zip(mixtures[m], usual, strict=True)))]


def _of_photos(parts: Parts, groups: Groups, held: Mask) -> Merits:
    """Return the merits for the photos of products that were not learned from."""
    asked = np.flatnonzero(held & (np.bincount(groups)[groups] > 1))
    near = [part[asked] @ part.T for part in parts]
    same = groups[asked][:, None] == groups[None]
    same[np.arange(len(asked)), asked] = False
    itself = np.arange(len(asked)), asked
    return np.stack([_merit(_mixed(near, shares), same, itself) for shares in _mixtures(len(parts))])


def _of_snaps(ready: Parts, views: Sequence[Parts], same: Mask) -> Merits:
    """Return the merits for snaps, the nearer of whose views counts."""
    near = [[asked @ part.T for asked, part in zip(view, ready, strict=True)] for view in views]
    mixtures = _mixtures(len(ready))
    return np.stack([_merit(np.max([_mixed(view, shares) for view in near], axis=0), same) for shares in mixtures])


def _mixed(near: Parts, shares: Shares) -> Vectors:
    mixed = near[0] * np.float32(shares[0])
    for likeness, share in zip(near[1:], shares[1:], strict=True):
        mixed += likeness * np.float32(share)
    return mixed


def _merit(
    likeness: npt.NDArray[np.float32], same: Mask, itself: tuple[Groups, Groups] | None = None
) -> npt.NDArray[np.float64]:
    """Return 1 / rank of the nearest photo of the same product, for the queries that have one."""
    if itself is not None:
        likeness[itself] = -np.inf
    nearest = np.where(same, likeness, -np.inf).max(axis=1)
    ranks = 1 + (likeness > nearest[:, None]).sum(axis=1)
    return np.asarray(1.0 / ranks[same.any(axis=1)])
