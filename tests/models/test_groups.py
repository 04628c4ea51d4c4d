import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplens.models.groups import joined_groups
from shoplens.models.split import split

rows = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 40), st.sets(st.sampled_from(["product:1", "product:2", "sender:a"]))),
    max_size=60,
)


@given(rows, st.integers(0, 99))
def test_neither_near_duplicates_nor_a_given_group_lie_on_two_sides(
    photos: list[tuple[int, int, set[str]]], seed: int
) -> None:
    labels, alike = (np.array([photo[i] for photo in photos], dtype=int) for i in range(2))
    names = [tuple(photo[2]) for photo in photos]
    parts = split(labels, joined_groups(alike, names), seed=seed)
    ties = [{int(alike[i]) for i in side} | {n for i in side for n in names[i]} for side in
            (parts.train, parts.validation, parts.test)]  # fmt: skip
    assert not ties[0] & ties[1]
    assert not ties[0] & ties[2]
    assert not ties[1] & ties[2]


def test_ties_reach_through_others_and_strangers_stay_apart() -> None:
    names = [("product:1",), ("product:1", "sender:a"), (), ("sender:a",), ("product:2",), ()]
    assert joined_groups(np.array([0, 1, 2, 3, 4, 2]), names).tolist() == [0, 0, 1, 0, 2, 1]
    assert joined_groups(np.zeros(0, int), []).tolist() == []
