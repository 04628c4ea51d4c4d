"""Learns from a shop's own photos what its scores mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shoplens.records import Vectors
from shoplens.search.kind_votes import WEIGHT, kind_votes
from shoplens.search.match_odds import MatchOdds
from shoplens.search.shop_space import ShopSpace

CROWD = 10
"""How many listings after the best make the crowd."""

DEFAULT = MatchOdds((-3.61, 7.92, -7.21, -7.54), (-4.21, 2.73, 9.56), threshold=0.105, crowd=0.233)
"""What holds without learning: fitted by the same trials on two drawn shops of 820 photos that were told nothing of
whose photos they are."""

UNFITTED = MatchOdds((-6.84, 13.27, -10.06, -7.71), (-8.2, 10.24, 5.79), threshold=0.176, crowd=0.289)
"""The same for shops of fewer than 32 photos, whose space is not fitted: from 80 drawn shops of nine listings."""

_FEWEST_PAIRED = 64
_FEWEST_OF_A_KIND = 40
_MOST_ASKED = 800
_MOST_SEEN = 20_000
_BEST = 8
_NEAR = 40 * CROWD
_PRIOR = 0.1
_OFFSET_PRIOR = 20.0
_FALSE_ALARMS = 0.05

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PhotoOwners:
    """Whose photos they are, one entry a photo.

    Attributes:
        owners: the product that each photo shows.
        listings: of that product.
        categories: of that product, "" where it is unknown.
    """

    owners: Sequence[str]
    listings: Sequence[str]
    categories: Sequence[str]

    def take(self, rows: npt.NDArray[np.intp]) -> PhotoOwners:
        """Return the entries of these rows."""
        return PhotoOwners(*([column[row] for row in rows] for column in (self.owners, self.listings, self.categories)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One match of one trial: what was seen of it, and what is true."""

    score: float
    crowd: float
    behind: float
    agreement: float
    kind: str
    same_product: bool
    same_kind: bool | None
    best: bool
    known: bool


def learn_odds(vectors: Vectors, lengths: Sequence[int], shown: PhotoOwners, space: ShopSpace) -> MatchOdds:
    """Return the odds of a shop; the default where fewer than 64 photos have another of their product.

    Every trial asks with a photo of the shop, once with its product's other photos there and once with its whole
    listing taken out, so that what a shop looks like that does not have the product is known too. The space that
    answers is fitted on the other half of the listings. The regressions are drawn towards the default (a Gaussian
    prior), those of single categories towards that of all; a category needs 40 trials. The threshold leaves 95 in
    100 of the photos whose product is there above it.

    Args:
        vectors: what the embedder made, float32 `[n, dim]`.
        lengths: of the vectors' parts.
        shown: whose photos they are.
        space: fitted on all of them.
    """
    if not space.fitted:
        return UNFITTED
    rng = np.random.default_rng(0)
    rows = np.sort(rng.permutation(len(vectors))[:_MOST_SEEN])
    seen, vectors = shown.take(rows), vectors[rows]
    count = Counter(seen.owners)
    paired = np.array([count[owner] > 1 for owner in seen.owners], np.bool_)
    if paired.sum() < _FEWEST_PAIRED:
        return DEFAULT
    names = np.unique(np.array(seen.listings), return_inverse=True)[1]
    half = rng.permutation(names.max() + 1)[names] % 2
    owners = np.array(seen.owners)
    candidates: list[_Candidate] = []
    for held in (0, 1):
        asked = rng.permutation(np.flatnonzero(paired & (half == held)))[: _MOST_ASKED // 2]
        learned = half != held
        fitted = ShopSpace.fit(vectors[learned], lengths, owners[learned].tolist(), space.shares)
        ready = fitted.apply(vectors)
        for row in asked:
            candidates += _trials(seen, ready @ ready[row], int(row))
    return _fit(candidates)


def _trials(seen: PhotoOwners, likeness: npt.NDArray[np.float32], row: int) -> Iterator[_Candidate]:
    """Yield the best matches of a photo, first with its product in the shop, then without its listing."""
    near = np.argpartition(-likeness, min(_NEAR, len(likeness) - 1))[:_NEAR]
    order = near[np.argsort(-likeness[near])].tolist()
    own = seen.listings[row]
    for known in (True, False):
        photos = [other for other in order if other != row and (known or seen.listings[other] != own)]
        votes = kind_votes(seen.categories[other] for other in photos)
        best: dict[str, tuple[float, int]] = {}
        for other in photos:
            score = float(likeness[other]) + WEIGHT * votes.get(seen.categories[other], 0.0)
            if score > best.get(seen.owners[other], (-np.inf, 0))[0]:
                best[seen.owners[other]] = score, other
        ranked = sorted(best.values(), reverse=True)
        crowd = crowd_of([(seen.listings[other], score) for score, other in ranked], DEFAULT.crowd)
        for place, (score, other) in enumerate(ranked[:_BEST]):
            kind, category = seen.categories[row], seen.categories[other]
            yield _Candidate(
                score=score,
                crowd=crowd,
                behind=ranked[0][0] - score,
                agreement=votes.get(category, 0.0),
                kind=next(iter(votes), ""),
                same_product=seen.owners[other] == seen.owners[row],
                same_kind=kind == category if kind and category else None,
                best=place == 0,
                known=known,
            )


def crowd_of(ranked: Sequence[tuple[str, float]], usual: float) -> float:
    """Return the mean score of the ten listings after the best; `usual` where there are fewer than three.

    Args:
        ranked: listing and score, the best first; of a listing the first counts.
        usual: what is returned where nothing can be told.
    """
    best: dict[str, float] = {}
    for listing, score in ranked:
        best.setdefault(listing, score)
        if len(best) > CROWD:
            break
    after = list(best.values())[1:]
    return sum(after) / len(after) if len(after) >= 3 else usual


def _fit(candidates: Sequence[_Candidate]) -> MatchOdds:
    """Return the regressions over all candidates, those of both trials weighing the same."""
    seen = np.array([[1.0, c.score, c.crowd, c.behind] for c in candidates])
    truth = np.array([c.same_product for c in candidates], np.float64)
    product = _logistic_regression(seen, truth, np.array(DEFAULT.product), _PRIOR)
    odds = replace(DEFAULT, crowd=float(seen[:, 2].mean()))
    if product[1] > 0 >= product[3]:  # else a higher score would mean less, and the default stays
        odds = replace(odds, product=tuple(product.tolist()))
    told = [c for c in candidates if c.same_kind is not None]
    if told:
        inputs = np.array([[1.0, c.score, c.agreement] for c in told])
        alike = np.array([float(bool(c.same_kind)) for c in told])
        kind = _logistic_regression(inputs, alike, np.array(odds.kind), _PRIOR)
        if kind[1] > 0:
            odds = replace(odds, kind=tuple(kind.tolist()))
    odds = replace(odds, offsets=_offsets(candidates, odds))
    best = [odds.same_product(c.score, c.crowd, 0.0, c.kind) for c in candidates if c.best and c.known]
    return replace(odds, threshold=float(np.quantile(best, _FALSE_ALARMS)))


def _offsets(candidates: Sequence[_Candidate], odds: MatchOdds) -> dict[str, float]:
    """Return what the bias changes for photos that are taken for a kind, where enough of them were asked with."""
    by_kind: dict[str, list[_Candidate]] = {}
    for candidate in candidates:
        by_kind.setdefault(candidate.kind, []).append(candidate)
    found = {}
    for kind, group in by_kind.items():
        if kind and sum(c.best and c.known for c in group) >= _FEWEST_OF_A_KIND:
            base = np.array([_logit(odds.same_product(c.score, c.crowd, c.behind)) for c in group])
            truth = np.array([float(c.same_product) for c in group])
            shift = _logistic_regression(np.ones((len(group), 1)), truth, np.zeros(1), _OFFSET_PRIOR, base)
            found[kind] = float(shift[0])
    return found


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


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
