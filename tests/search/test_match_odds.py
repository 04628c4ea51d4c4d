"""What scores mean: monotone, calibrated on shops whose truth is known."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.search.kind_means import KindMeans, blend_kinds
from shoplens.search.kind_votes import WEIGHT, kind_votes
from shoplens.search.learn_odds import DEFAULT, UNFITTED, learn_odds
from shoplens.search.match_odds import MatchOdds, ShopOdds, relation_of
from shoplens.search.match_trials import PhotoOwners, match_trials
from shoplens.search.shop_space import ShopSpace
from shoplens.search.snaps import Snaps
from shoplens.search.standing import Standing

SCORES = st.floats(-1, 1.05)


def shop(products: int, noise: float, *, photos: int = 3, seed: int = 0) -> tuple[np.ndarray, PhotoOwners]:
    """Photos are their product's point plus noise; the points of four products of a kind lie near each other."""
    rng = np.random.default_rng(seed)
    kinds = rng.standard_normal((products // 4 + 1, 24))
    points = np.array([kinds[n // 4] + 0.7 * rng.standard_normal(24) for n in range(products)])
    vectors = np.repeat(points, photos, axis=0) + noise * rng.standard_normal((products * photos, 24))
    owners = [f"p{n // photos}" for n in range(products * photos)]
    categories = [f"kind {n // photos // 4}" for n in range(products * photos)]
    return unit(vectors), PhotoOwners(owners, owners, categories)


def unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def learned(vectors: np.ndarray, shown: PhotoOwners) -> MatchOdds:
    return learn_odds(vectors, [24], shown, ShopSpace.fit(vectors, [24], shown.owners), Snaps.none()).photo


def take(shown: PhotoOwners, rows: Iterable[int]) -> PhotoOwners:
    kept = list(rows)
    return PhotoOwners(*([column[row] for row in kept] for column in (shown.owners, shown.listings, shown.categories)))


@settings(deadline=None)
@given(SCORES, SCORES, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_less_probable(one: float, two: float, crowd: float, agreement: float) -> None:
    low, high = sorted((one, two))
    for odds in (DEFAULT.photo, DEFAULT.snap, UNFITTED.photo, UNFITTED.snap):
        assert 0 <= odds.same_product(low, crowd) <= odds.same_product(high, crowd) <= 1
        assert 0 <= odds.same_kind(low, agreement) <= odds.same_kind(high, agreement) <= 1
        assert odds.same_product(high, crowd) <= odds.same_product(high, crowd / 2)
        assert odds.same_product(high, crowd) <= odds.same_product(high, crowd, ahead=0.1)


@pytest.mark.parametrize("noise", [0.2, 0.5, 0.8])
def test_learned_probabilities_are_right_as_often_as_they_say(noise: float) -> None:
    everything, all_shown = shop(160, noise, photos=5)
    kept = np.arange(len(everything)) % 5 < 4
    vectors, shown = everything[kept], take(all_shown, np.flatnonzero(kept).tolist())
    odds, space = learned(vectors, shown), ShopSpace.fit(vectors, [24], shown.owners)
    # The fifth photo of each product asks, once of the whole shop, once of the shop without that product.
    likeness = space.apply(everything[~kept]) @ space.apply(vectors).T
    owners, said, right = np.array(shown.owners), [], []
    for product, row in enumerate(likeness):
        for there in (True, False):
            order = np.argsort(-np.where((owners == f"p{product}") & (not there), -np.inf, row))[:200]
            votes = kind_votes(shown.categories[place] for place in order)
            best = max(order[:20], key=lambda place: row[place] + WEIGHT * votes.get(shown.categories[place], 0.0))
            of_listing: dict[str, float] = {}
            for place in order:
                near = float(row[place]) + WEIGHT * votes.get(shown.categories[place], 0.0)
                of_listing[shown.listings[place]] = max(near, of_listing.get(shown.listings[place], -1.0))
            standing = Standing.of(sorted(of_listing.values(), reverse=True), odds.crowd)
            ahead = standing.ahead(standing.best)
            said.append(odds.same_product(standing.best, standing.crowd, 0.0, ahead, next(iter(votes), "")))
            right.append(owners[best] == f"p{product}")
    sure = np.array(said) > 0.5
    assert abs(np.mean(said) - np.mean(right)) < 0.08
    assert np.mean(np.array(right)[sure]) > np.mean(np.array(right)[~sure]) + 0.3


def test_a_photo_of_a_kind_that_the_shop_lacks_is_taken_for_none() -> None:
    everything, all_shown = shop(160, 0.3, photos=5)
    sold = np.array([int(kind.split()[1]) >= 8 for kind in all_shown.categories])
    fifth = np.arange(len(everything)) % 5 == 4
    vectors, shown = everything[sold & ~fifth], take(all_shown, np.flatnonzero(sold & ~fifth).tolist())
    space = ShopSpace.fit(vectors, [24], shown.owners)
    odds, ready = learned(vectors, shown), space.apply(vectors)
    means = KindMeans.fit(ready, shown.categories)

    def taken_for_a_kind(rows: np.ndarray) -> float:
        told = []
        for query in space.apply(everything[rows]):
            likeness = ready @ query
            order = np.argsort(-likeness).tolist()
            votes = blend_kinds(kind_votes(shown.categories[row] for row in order), means.chances(query[None]))
            agreement = votes[shown.categories[order[0]]]
            told.append(odds.same_kind(float(likeness[order[0]]) + WEIGHT * agreement, agreement) >= 0.5)
        return float(np.mean(told))

    assert taken_for_a_kind(fifth & sold) > 0.9
    assert taken_for_a_kind(fifth & ~sold) < 0.2


def test_trials_ask_with_the_product_without_it_and_without_its_kind() -> None:
    vectors, shown = shop(12, 0.1)
    means = KindMeans.fit(vectors, shown.categories)
    tried = list(match_trials(shown, vectors, vectors[[0]], 0, 0.0, means, itself=False))
    there, lacking, strange = (
        [c for c in tried if (c.known, c.kind_known) == state]
        for state in ((True, True), (False, True), (False, False))
    )
    assert there[0].same_product
    assert not any(c.same_product for c in (*lacking, *strange))
    assert lacking[0].same_kind
    assert strange
    assert not any(c.same_kind for c in strange)
    assert all(c.kind != "kind 0" for c in strange), "what is not sold has no part in the votes"
    assert sum(c.best for c in tried) == 3
    nameless = PhotoOwners(shown.owners, shown.listings, [""] * len(shown.owners))
    assert all(c.kind_known for c in match_trials(nameless, vectors, vectors[[0]], 0, 0.0, KindMeans(), itself=False))


def test_the_threshold_is_high_where_products_lie_far_apart() -> None:
    apart, alike = learned(*shop(120, 0.2)), learned(*shop(120, 1.2))
    assert apart.threshold > 0.5
    assert alike.threshold < 0.2, "most of what is there would be taken for a stranger"


def test_a_shop_that_names_no_product_s_photos_keeps_the_default() -> None:
    vectors, _ = shop(90, 0.3, photos=1)
    shown = PhotoOwners([f"p{n}" for n in range(90)], [f"p{n}" for n in range(90)], [""] * 90)
    assert learned(vectors, shown) == DEFAULT.photo
    few = PhotoOwners(shown.owners[:20], shown.listings[:20], shown.categories[:20])
    assert learned(vectors[:20], few) == UNFITTED.photo


@pytest.mark.parametrize("noise", [0.4, 1.0])
def test_odds_of_snaps_are_learned_where_every_product_has_one_photo(noise: float) -> None:
    rng = np.random.default_rng(3)
    points = rng.standard_normal((240, 24))
    names = [f"p{n}" for n in range(240)]
    shown = PhotoOwners(names, names, [""] * 240)
    taken = unit(points + noise * rng.standard_normal((240, 24)))  # as shoppers see them
    snaps = Snaps(np.arange(0, 240, 2), np.stack([taken[::2], taken[::2]], axis=1))
    vectors = unit(points)
    space = ShopSpace.fit(vectors, [24], names)
    odds = learn_odds(vectors, [24], shown, space, snaps)
    assert odds.photo == DEFAULT.photo, "of photos nothing can be learned"
    ready, others = space.apply(vectors), space.apply_snaps(taken[1::2])  # of products whose snaps it has not seen
    told = {True: [], False: []}
    for there, said in told.items():
        for number, row in enumerate(others @ ready.T):
            scores = np.sort(row if there else np.delete(row, 2 * number + 1))[::-1].tolist()
            standing = Standing.of(scores, odds.snap.crowd)
            found = row.argmax() == 2 * number + 1
            chance = odds.snap.same_product(standing.best, standing.crowd, 0.0, standing.ahead(standing.best))
            if found or not there:
                said.append(chance)
    assert np.mean(np.array(told[True]) < odds.snap.threshold) < 0.12, "5 in 100 are promised"
    assert np.mean(told[True]) > np.mean(told[False]) + 0.3


def test_a_kind_of_twins_gets_a_lower_bias() -> None:
    # In one half of the shop every product has a twin whose photos look the same: a high score means less there.
    rng = np.random.default_rng(5)
    points = rng.standard_normal((160, 24))
    points[81::2][:40] = points[80::2][:40]
    vectors = unit(np.repeat(points, 3, axis=0) + 0.3 * rng.standard_normal((480, 24)))
    owners = [f"p{n // 3}" for n in range(480)]
    odds = learned(vectors, PhotoOwners(owners, owners, ["single"] * 240 + ["twin"] * 240))
    assert odds.offsets["twin"] < odds.offsets["single"]
    assert odds.same_product(0.6, 0.3, kind="twin") < odds.same_product(0.6, 0.3, kind="single")


def test_an_answer_is_judged_by_its_best_by_the_next_and_by_the_mean_of_ten() -> None:
    scores = [0.9, 0.6, *(0.5 - n / 100 for n in range(20))]
    standing = Standing.of(scores, 0.0)
    assert standing.crowd == pytest.approx(np.mean(scores[1:11]))
    assert (standing.behind(0.9), standing.behind(0.6)) == (0.0, pytest.approx(0.3))
    assert (standing.ahead(0.9), standing.ahead(0.6), standing.ahead(0.5)) == (pytest.approx(0.3), 0.0, 0.0)
    assert Standing.of(scores[:3], 0.123).crowd == 0.123
    assert Standing.of([], 0.123) == Standing(0.0, 0.0, 0.123)


def test_odds_survive_json() -> None:
    assert ShopOdds.of(json.loads(json.dumps(asdict(DEFAULT)))) == DEFAULT


def test_votes_count_the_nearest_and_those_without_a_category_abstain() -> None:
    assert kind_votes(["a", "", "b", "a"]) == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)}
    assert kind_votes(["", ""]) == {}
    assert kind_votes(["a"] * 15 + ["b"] * 50) == {"a": 1.0}


@pytest.mark.parametrize(
    ("product", "kind", "relation"), [(0.5, 0.1, "exact"), (0.49, 0.5, "similar"), (0.2, 0.4, "related")]
)
def test_relations(product: float, kind: float, relation: str) -> None:
    assert relation_of(product, kind) == relation
