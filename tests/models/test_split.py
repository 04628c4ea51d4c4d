import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplens.errors import BadInput
from shoplens.models.split import FREE, TEST, TRAIN, VALIDATION, split

Rows = list[tuple[int, int, int]]
photos = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 12), st.sampled_from([FREE, TRAIN, VALIDATION, TEST])), max_size=60
)


@given(photos, st.integers(0, 1000), st.booleans())
def test_no_group_is_on_two_sides_and_every_photo_has_one_place(rows: Rows, seed: int, pinned: bool) -> None:
    labels, groups, sides = (np.array([row[i] for row in rows], dtype=int) for i in range(3))
    result = split(labels, groups, seed=seed, sides=sides if pinned else None)
    parts = (result.train, result.validation, result.test, result.left_out)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(rows)))
    held = [set(groups[part].tolist()) for part in parts[:3]]
    assert not held[0] & held[1]
    assert not held[0] & held[2]
    assert not held[1] & held[2]
    if not pinned:
        assert len(result.left_out) == 0


@given(photos, st.integers(0, 1000))
def test_photos_that_the_user_placed_stay_there_or_are_left_out(rows: Rows, seed: int) -> None:
    labels, groups, sides = (np.array([row[i] for row in rows], dtype=int) for i in range(3))
    result = split(labels, groups, seed=seed, sides=sides)
    fixed_test = np.flatnonzero(sides == TEST)
    assert set(fixed_test) <= set(result.test.tolist())
    for part, side in ((result.train, TRAIN), (result.validation, VALIDATION), (result.test, TEST)):
        assert set(sides[part].tolist()) <= {side, FREE}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.integers(0, 100))
def test_single_photos_are_dealt_by_share_within_one_photo_of_each_class(counts: list[int], seed: int) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    result = split(labels, np.arange(len(labels)), seed=seed)
    for number, count in enumerate(counts):
        for part, share in ((result.train, 0.70), (result.validation, 0.15), (result.test, 0.15)):
            got = int((labels[part] == number).sum())
            assert abs(got - share * count) < 2
            assert got >= 1 or count < 3


def test_the_seed_repeats_and_matters() -> None:
    labels, groups = np.repeat(np.arange(3), 50), np.arange(150)
    one, again, other = (split(labels, groups, seed=seed) for seed in (1, 1, 2))
    assert one.test.tolist() == again.test.tolist()
    assert one.test.tolist() != other.test.tolist()


def test_a_given_test_takes_its_near_duplicates_out_of_training() -> None:
    labels = np.zeros(10, dtype=int)
    groups = np.array([0, 1, 2, 3, 4, 5, 6, 7, 0, 8])  # photo 8 repeats photo 0
    sides = np.array([FREE] * 8 + [TEST, TEST])
    result = split(labels, groups, sides=sides)
    assert result.test.tolist() == [8, 9]
    assert result.left_out.tolist() == [0]
    assert result.kept_together == 1
    assert len(result.train) + len(result.validation) == 7


def test_a_side_without_a_share_stays_empty() -> None:
    result = split(np.zeros(20, dtype=int), np.arange(20), shares=(0.8, 0.2, 0.0))
    assert (len(result.train), len(result.validation), len(result.test)) == (16, 4, 0)


def test_wrong_shares_and_lengths_are_refused() -> None:
    with pytest.raises(BadInput, match=r"sum to 1.*Received: \(0.9, 0.9, 0.9\)"):
        split(np.zeros(3, dtype=int), np.arange(3), shares=(0.9, 0.9, 0.9))
    with pytest.raises(BadInput, match="same length"):
        split(np.zeros(3, dtype=int), np.arange(2))
