"""Properties of sessions."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoplens.events.sessions import IDLE_US, sessions

MINUTE = 60_000_000
logs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 600)), max_size=40)


def arrays(log: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    table = np.array(log, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1] * MINUTE


@given(logs)
def test_two_events_share_a_session_exactly_when_no_long_silence_parts_them(log: list[tuple[int, int]]) -> None:
    visitors, times = arrays(log)
    numbers = sessions(visitors, times)
    for visitor in set(visitors.tolist()):
        mine = np.flatnonzero(visitors == visitor)
        ordered = mine[np.argsort(times[mine], kind="stable")]
        for before, after in itertools.pairwise(ordered):
            together = numbers[before] == numbers[after]
            assert together == (times[after] - times[before] <= IDLE_US)


@given(logs)
def test_visitors_never_share_a_session(log: list[tuple[int, int]]) -> None:
    visitors, times = arrays(log)
    numbers = sessions(visitors, times)
    assert len(set(zip(visitors.tolist(), numbers.tolist(), strict=True))) == len(set(numbers.tolist()))


@given(logs, st.randoms())
def test_the_order_of_arrival_does_not_matter(log: list[tuple[int, int]], random: object) -> None:
    visitors, times = arrays(log)
    order = np.array(random.sample(range(len(log)), len(log)), dtype=np.int64)  # type: ignore[attr-defined]
    shuffled = sessions(visitors[order], times[order])
    # events at the same instant are one session, so that each event keeps its number
    assert shuffled.tolist() == sessions(visitors, times)[order].tolist()
