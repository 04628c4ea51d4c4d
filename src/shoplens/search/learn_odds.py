"""Learns from a shop's own photos what its scores mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors
from shoplens.search.kind_means import KindMeans
from shoplens.search.match_odds import MatchOdds, ShopOdds
from shoplens.search.match_trials import Candidate, PhotoOwners, match_trials
from shoplens.search.shop_space import ShopSpace
from shoplens.search.snaps import Snaps

_PHOTO = MatchOdds((-7.82, 11.03, -5.02, -26.01, 4.17), (-5.36, 4.93, 10.14), threshold=0.276, crowd=0.332)
_SNAP = MatchOdds((-5.92, 7.19, -3.19, -14.36, 6.95), (-5.36, 4.63, 9.37), threshold=0.175, crowd=0.39)
DEFAULT = ShopOdds(_PHOTO, _SNAP)
"""What holds without learning, fitted by the same trials on three drawn shops (seeds 101 to 103) of 50 to 209 products
with one photo each: on 635 other photos of these products, and on 684 simulated snaps; the regressions of the kind
without the trials that take the whole category out, which came later: a shop that learns nothing is rash there."""

UNFITTED = ShopOdds(
    MatchOdds((-16.78, 25.32, -18.76, -25.1, 0.34), (-15.36, 9.42, 23.67), threshold=0.892, crowd=0.16),
    MatchOdds((-7.99, 10.24, 0.0, -3.59, 3.38), (-8.77, 5.71, 15.13), threshold=0.446, crowd=0.106),
)
"""The same for shops of fewer than 32 photos, whose space is not fitted: from 80 drawn shops of nine listings
(seeds 301 to 380), asked by their other photos and a simulated snap each."""

FEWEST_SNAPS = 32
_FEWEST_PAIRED = 64
_FEWEST_OF_A_KIND = 40
_FEWEST_FOUND = 20
_MOST_ASKED = 400
_PRIOR = 0.1
_OFFSET_PRIOR = 20.0
_FALSE_ALARMS = 0.05

Floats = npt.NDArray[np.float64]


def learn_odds(
    vectors: Vectors, lengths: Sequence[int], shown: PhotoOwners, space: ShopSpace, snaps: Snaps
) -> ShopOdds:
    """Return the odds of a shop; the default where fewer than 64 photos have another of their product, or 32 a snap.

    Every trial asks with a photo of the shop while its product's other photos are there, or with a simulated shopper's
    photo of a product; once so, once with the whole listing taken out, so that what a shop looks like that does not
    have the product is known too, and once with the whole category taken out, from which the probability of the kind
    learns what a shop looks like that sells no such thing. The space that answers is fitted on the other half of the
    listings. The regressions are drawn towards the default (a Gaussian prior), those of single categories towards that
    of all; a category needs 40 trials. The threshold leaves 95 in 100 of those that find their product above it.

    Args:
        vectors: what the embedder made, float32 `[n, dim]`.
        lengths: of the vectors' parts.
        shown: whose photos they are.
        space: fitted on all of them.
        snaps: simulated shoppers' photos, as the embedder made their vectors.
    """
    if not space.fitted:
        return UNFITTED
    rng = np.random.default_rng(0)
    count = Counter(shown.owners)
    paired = np.array([count[owner] > 1 for owner in shown.owners], np.bool_)
    names = np.unique(np.array(shown.listings), return_inverse=True)[1]
    half = rng.permutation(names.max() + 1)[names] % 2
    owners = np.array(shown.owners)
    paired &= paired.sum() >= _FEWEST_PAIRED
    photos: list[Candidate] = []
    snapped: list[Candidate] = []
    for held in (0, 1):
        learned = half != held
        fitted = ShopSpace.fit(vectors[learned], lengths, owners[learned].tolist(), space.shares)
        fitted = ShopSpace(fitted.parts, space.shares, space.snap_shares, fitted=fitted.fitted)
        ready = fitted.apply(vectors)
        rows = np.flatnonzero(learned)
        kinds = KindMeans.fit(ready[rows, : lengths[0]], [shown.categories[row] for row in rows.tolist()])
        for row in rng.permutation(np.flatnonzero(paired & ~learned))[: _MOST_ASKED // 2].tolist():
            photos += match_trials(shown, ready, ready[[row]], row, DEFAULT.photo.crowd, kinds, itself=False)
        for row, views in zip(snaps.rows.tolist(), snaps.views, strict=True):
            if not learned[row] and len(snaps) >= FEWEST_SNAPS:
                asked = fitted.apply_snaps(views)
                snapped += match_trials(shown, ready, asked, row, DEFAULT.snap.crowd, kinds, itself=True)
    return ShopOdds(_fit(photos, DEFAULT.photo), _fit(snapped, DEFAULT.snap))


def _fit(everything: Sequence[Candidate], default: MatchOdds) -> MatchOdds:
    """Return the regressions over the candidates of all trials, each weighing the same.

    What the shop looks like that has nothing of the kind says what a kind is, not which product.
    """
    candidates = [c for c in everything if c.kind_known]
    if not candidates:
        return default
    seen = _seen(candidates)
    truth = np.array([c.same_product for c in candidates], np.float64)
    product = _logistic_regression(seen, truth, np.array(default.product), _PRIOR)
    odds = replace(default, crowd=float(seen[:, 2].mean()))
    if product[1] > 0 >= product[3]:  # else a higher score would mean less, and the default stays
        odds = replace(odds, product=(*product[:4].tolist(), max(0.0, float(product[4]))))
    told = [c for c in everything if c.same_kind is not None]
    if told:
        inputs = np.array([[1.0, c.score, c.agreement] for c in told])
        alike = np.array([float(bool(c.same_kind)) for c in told])
        kind = _logistic_regression(inputs, alike, np.array(odds.kind), _PRIOR)
        if kind[1] > 0:
            odds = replace(odds, kind=tuple(kind.tolist()))
    odds = replace(odds, offsets=_offsets(candidates, odds))
    return replace(odds, threshold=_threshold(candidates, odds))


def _threshold(candidates: Sequence[Candidate], odds: MatchOdds) -> float:
    """Return what 95 in 100 of those that find their product reach; the default's where too few find it to tell."""
    first = [c for c in candidates if c.best and c.known and c.same_product]
    if len(first) < _FEWEST_FOUND:
        return odds.threshold
    return float(np.quantile([odds.same_product(c.score, c.crowd, 0.0, c.ahead, c.kind) for c in first], _FALSE_ALARMS))


def _offsets(candidates: Sequence[Candidate], odds: MatchOdds) -> dict[str, float]:
    """Return what the bias changes for photos that are taken for a kind, where enough of them were asked with."""
    by_kind: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        by_kind.setdefault(candidate.kind, []).append(candidate)
    found = {}
    for kind, group in by_kind.items():
        if kind and sum(c.best and c.known for c in group) >= _FEWEST_OF_A_KIND:
            base = _seen(group) @ np.array(odds.product)
            truth = np.array([float(c.same_product) for c in group])
            shift = _logistic_regression(np.ones((len(group), 1)), truth, np.zeros(1), _OFFSET_PRIOR, base)
            found[kind] = float(shift[0])
    return found


def _seen(candidates: Sequence[Candidate]) -> Floats:
    """Return what the weights of `MatchOdds.product` go with, `[n, 5]`."""
    return np.array([[1.0, c.score, c.crowd, c.behind, c.ahead] for c in candidates])


def _logistic_regression(
    inputs: Floats, truth: Floats, prior: Floats, strength: float, base: Floats | float = 0.0
) -> Floats:
    """Return weights by Newton's method (iteratively reweighted least squares), drawn towards `prior`.

    Args:
        inputs: `[n, d]`.
        truth: 0 or 1, `[n]`.
        prior: the middle of the Gaussian prior, `[d]`.
        strength: the inverse of its variance.
        base: logits that are there already, `[n]`.
    """
    weights = prior.astype(np.float64)
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(base + inputs @ weights, -30, 30)))
        slope = inputs.T @ (chance - truth) + strength * (weights - prior)
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + strength * np.eye(len(prior))
        step = np.linalg.solve(curve, slope)
        size = float(np.abs(step).max())
        weights = weights - step * min(1.0, 5.0 / max(size, 1e-12))
        if size < 1e-6:
            break
    return weights
