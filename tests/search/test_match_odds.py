"""What scores mean: monotone, calibrated on shops whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens.search.kind_votes import WEIGHT, kind_votes
from shoplens.search.learn_odds import DEFAULT, UNFITTED, PhotoOwners, crowd_of, learn_odds
from shoplens.search.match_odds import MatchOdds, relation_of
from shoplens.search.shop_space import ShopSpace

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
    return learn_odds(vectors, [24], shown, ShopSpace.fit(vectors, [24], shown.owners))


@settings(deadline=None)
@given(SCORES, SCORES, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_less_probable(one: float, two: float, crowd: float, agreement: float) -> None:
    low, high = sorted((one, two))
    for odds in (DEFAULT, UNFITTED):
        assert 0 <= odds.same_product(low, crowd) <= odds.same_product(high, crowd) <= 1
        assert 0 <= odds.same_kind(low, agreement) <= odds.same_kind(high, agreement) <= 1
        assert odds.same_product(high, crowd) <= odds.same_product(high, crowd / 2)


@pytest.mark.parametrize("noise", [0.2, 0.5, 0.8])
def test_learned_probabilities_are_right_as_often_as_they_say(noise: float) -> None:
    everything, all_shown = shop(160, noise, photos=5)
    kept = np.arange(len(everything)) % 5 < 4
    vectors, shown = everything[kept], all_shown.take(np.flatnonzero(kept))
    odds, space = learned(vectors, shown), ShopSpace.fit(vectors, [24], shown.owners)
    # The fifth photo of each product asks, once of the whole shop, once of the shop without that product.
    likeness = space.apply(everything[~kept]) @ space.apply(vectors).T
    owners, said, right = np.array(shown.owners), [], []
    for product, row in enumerate(likeness):
        for there in (True, False):
            order = np.argsort(-np.where((owners == f"p{product}") & (not there), -np.inf, row))[:200]
            votes = kind_votes(shown.categories[place] for place in order)
            best = max(order[:20], key=lambda place: row[place] + WEIGHT * votes.get(shown.categories[place], 0.0))
            crowd = crowd_of([(shown.listings[place], float(row[place])) for place in order], odds.crowd)
            score = float(row[best]) + WEIGHT * votes.get(shown.categories[best], 0.0)
            said.append(odds.same_product(score, crowd, kind=next(iter(votes), "")))
            right.append(owners[best] == f"p{product}")
    sure = np.array(said) > 0.5
    assert abs(np.mean(said) - np.mean(right)) < 0.08
    assert np.mean(np.array(right)[sure]) > np.mean(np.array(right)[~sure]) + 0.3


def test_the_threshold_is_high_where_products_lie_far_apart() -> None:
    apart, alike = learned(*shop(120, 0.2)), learned(*shop(120, 1.2))
    assert apart.threshold > 0.5
    assert alike.threshold < 0.2, "most of what is there would be taken for a stranger"


def test_a_shop_that_names_no_product_s_photos_keeps_the_default() -> None:
    vectors, _ = shop(90, 0.3, photos=1)
    shown = PhotoOwners([f"p{n}" for n in range(90)], [f"p{n}" for n in range(90)], [""] * 90)
    assert learned(vectors, shown) == DEFAULT
    few = PhotoOwners(shown.owners[:20], shown.listings[:20], shown.categories[:20])
    assert learned(vectors[:20], few) == UNFITTED


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


def test_the_crowd_is_the_mean_of_the_next_ten_listings() -> None:
    ranked = [("a", 0.9), ("a", 0.8), *((f"l{n}", 0.5 - n / 100) for n in range(20))]
    assert crowd_of(ranked, 0.0) == pytest.approx(np.mean([0.5 - n / 100 for n in range(10)]))
    assert crowd_of(ranked[:4], 0.123) == 0.123


def test_votes_count_the_nearest_and_those_without_a_category_abstain() -> None:
    assert kind_votes(["a", "", "b", "a"]) == {"a": pytest.approx(2 / 3), "b": pytest.approx(1 / 3)}
    assert kind_votes(["", ""]) == {}
    assert kind_votes(["a"] * 15 + ["b"] * 50) == {"a": 1.0}


@pytest.mark.parametrize(
    ("product", "kind", "relation"), [(0.5, 0.1, "exact"), (0.49, 0.5, "similar"), (0.2, 0.4, "related")]
)
def test_relations(product: float, kind: float, relation: str) -> None:
    assert relation_of(product, kind) == relation
