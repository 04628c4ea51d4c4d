"""What explores keeps the rules, logs exact propensities, learns what is clicked, and is judged truly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shoplens.errors import BadInput, UnknownName
from shoplens.recommend.choice_features import SIZE
from shoplens.recommend.explore_settings import ExploreSettings
from shoplens.recommend.explorer import POOL, logged_choices
from shoplens.recommend.linear_thompson import FLOOR, LinearThompson
from shoplens.recommend.off_policy import LoggedChoices, compare, evaluate
from shoplens.recommend.placements import Placements
from shoplens.recommend.request import Request, signals
from shoplens.recommend.rule import Rule
from shoplens.recommend.rule_book import RuleBook
from shoplens.records import ImpressionLog
from tests.recommend.checkerboard import product_id, shop

ASK = Request(viewed=signals([product_id("shoe", 1, 0)]), limit=6)


def test_off_by_default_and_never_without_chance() -> None:
    plain = Placements(shop(), RuleBook(), {})
    always = Placements(shop(), RuleBook(explore=ExploreSettings(1.0)), {})
    expected = plain.answer("for-you", ASK)
    assert plain.answer("for-you", ASK, np.random.default_rng(0)) == expected
    assert always.answer("for-you", ASK) == expected
    assert always.answer("goes-with", replace(ASK, seeds=("shoe-1-0",)), np.random.default_rng(0)).explored == ()


def test_one_place_changes_and_the_first_two_never() -> None:
    view = shop()
    rules = (Rule("pin", products=("lamp-0-0", "lamp-1-0")), Rule("block", category="Fashion > Tops"))
    placements = Placements(view, RuleBook(rules, explore=ExploreSettings(1.0)), {})
    plain = [m.product.listing for m in placements.answer("for-you", ASK).matches]
    places = set()
    for seed in range(60):
        found = placements.answer("for-you", ASK, np.random.default_rng(seed))
        shown = [match.product.listing for match in found.matches]
        (place,) = found.explored
        places.add(place)
        assert len(set(shown)) == len(shown) == len(plain)
        assert [name for at, name in enumerate(shown) if at != place] == [
            n for at, n in enumerate(plain) if at != place
        ]
        assert not any(name.startswith("shirt") for name in shown)
        assert all(match.product.availability == "in_stock" for match in found.matches)
        assert found.propensities[place] >= FLOOR / (POOL + 1)
        assert [chance for at, chance in enumerate(found.propensities) if at != place] == [1.0] * (len(shown) - 1)
        if shown[place] != plain[place]:
            assert found.matches[place].reasons[-1].code == "explored"
    assert places == {2, 3, 4, 5}


def test_propensities_are_the_frequencies_of_what_is_drawn() -> None:
    rng = np.random.default_rng(3)
    features = rng.normal(size=(5, 4))
    policy = LinearThompson.fit(rng.normal(size=(40, 4)), rng.random(40) < 0.4)
    chances = policy.propensities(features, np.random.default_rng(1))
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= FLOOR / 5).all()
    again = np.mean([policy.propensities(features, np.random.default_rng(seed)) for seed in range(200)], axis=0)
    np.testing.assert_allclose(chances, again, atol=0.12)


def test_the_posterior_is_that_of_the_ridge_regression() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(300, 3)), rng.random(300) < 0.3
    policy = LinearThompson.fit(x, y, ridge=2.0, spread=0.5)
    precision = 2.0 * np.eye(3) + x.T @ x
    np.testing.assert_allclose(policy.mean, np.linalg.solve(precision, x.T @ y))
    np.testing.assert_allclose(policy.root @ policy.root.T, 0.25 * np.linalg.inv(precision))


def planted(count: int, seed: int) -> tuple[LoggedChoices, np.ndarray]:
    """Choices among three products by unequal chances; the click rate of each is its first feature."""
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.05, 0.6, size=(count, 3))
    chances = np.array([0.6, 0.3, 0.1])
    chosen = rng.choice(3, count, p=chances)
    clicked = rng.random(count) < rates[np.arange(count), chosen]
    features = tuple(np.column_stack([row, np.ones(3)]) for row in rates)
    return LoggedChoices(features, chosen, chances[chosen], clicked), rates


@pytest.mark.parametrize("wanted", [0, 1, 2])
def test_the_value_of_a_policy_that_was_never_used_lies_in_its_intervals(wanted: int) -> None:
    logged, rates = planted(8_000, wanted)
    value = evaluate(logged, lambda features: wanted, np.array([1.0, 0.0]))
    truth = float(rates[:, wanted].mean())
    assert value.ips.low <= truth <= value.ips.high
    assert value.doubly_robust.low <= truth <= value.doubly_robust.high
    width = value.doubly_robust.high - value.doubly_robust.low
    assert width < value.ips.high - value.ips.low, "a good model of the clicks narrows it"


def test_what_is_learned_beats_what_stands_there_and_the_gain_is_sure() -> None:
    logged, rates = planted(8_000, 7)
    known = compare(logged)
    truth = float(rates.max(axis=1).mean() - rates[:, 0].mean())
    assert known.gain.low > 0
    assert known.gain.low <= truth <= known.gain.high
    assert known.shown.value == pytest.approx(float(logged.clicked.mean()))


def test_chance_is_no_gain() -> None:
    logged, _ = planted(4_000, 9)
    rng = np.random.default_rng(2)
    noise = replace(logged, clicked=rng.random(len(logged)) < 0.3)
    assert compare(noise).gain.low <= 0


def test_choices_are_read_back_from_impressions_and_strange_ones_left_out() -> None:
    described = np.round(np.random.default_rng(0).normal(size=(3, SIZE)), 4)
    good = {"place": 2, "chosen": 1, "features": described.tolist()}
    old = {"place": 0, "chosen": 0, "features": [[1.0, 2.0]]}
    log = ImpressionLog(
        product_ids=("a", "b", "c"),
        products=np.array([0, 1, 2, 0, 1, 2, 0], dtype=np.int32),
        answers=np.array([0, 0, 0, 1, 1, 1, 2], dtype=np.int32),
        positions=np.array([0, 1, 2, 0, 1, 2, 0], dtype=np.int32),
        propensities=np.array([1, 1, 0.25, 1, 1, 1, 1], dtype=np.float64),
        clicked=np.array([0, 0, 1, 1, 0, 0, 0], dtype=bool),
        carted=np.zeros(7, dtype=bool),
        bought=np.zeros(7, dtype=bool),
        placements=("for-you",) * 3,
        models=("visual",) * 3,
        experiments=("",) * 3,
        contexts=(good, {}, old),
        times=np.array([1, 2, 3]),
    )
    choices = logged_choices(log)
    assert len(choices) == 1
    np.testing.assert_array_equal(choices.features[0], described)
    assert (choices.chosen[0], choices.propensities[0], bool(choices.clicked[0])) == (1, 0.25, True)


@pytest.mark.parametrize(
    ("table", "error"),
    [
        ({"share": 1.5}, BadInput),
        ({"share": "much"}, BadInput),
        ({"placements": ["complete-the-look"]}, UnknownName),
        ({"placements": "for-you"}, BadInput),
        ({"other": 1}, BadInput),
    ],
)
def test_settings_that_are_none(table: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        ExploreSettings.parse(table)
