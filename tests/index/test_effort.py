"""How hard lists are looked through is found by trying: here on a search whose right answer is known."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np
import pytest

from shoplens.index.inverted_lists import Effort, _best, _recall, _timed
from shoplens.records import Vectors

TRUTH = np.tile(np.arange(10), (200, 1))


class Search:
    """Finds everything from so many lists and so many compared rows on, and less the fewer they are."""

    def __init__(self, probes: int, compared: int, price: float = 0.02) -> None:
        self.probes, self.compared, self.price = probes, compared, price
        self.asked: list[Effort] = []

    def __call__(self, effort: Effort) -> tuple[Vectors, float]:
        self.asked.append(effort)
        share = min(1.0, effort.probes / self.probes) * min(1.0, effort.compared / self.compared)
        kept = share * 10 + np.linspace(0, 0.999, len(TRUTH))  # of each hundredth more some query finds one more
        found = np.where(np.arange(10) < kept.astype(int)[:, None], TRUTH, -1)
        return found, effort.probes + self.price * effort.compared


@pytest.mark.parametrize(("needed", "taken"), [(1, 4), (4, 4), (5, 5), (17, 20), (40, 40), (97, 112), (1_000, 1_024)])
def test_no_more_lists_are_read_than_are_needed(needed: int, taken: int) -> None:
    search = Search(needed, 10)
    best = _best(search, TRUTH)
    assert best is not None
    assert best[1] == Effort(taken, 30, 1.0)
    assert len(search.asked) <= 24


def test_rows_are_compared_until_enough_are_found() -> None:
    best = _best(Search(10, 75), TRUTH)
    assert best is not None
    assert best[1] == Effort(10, 80, 1.0)


class Trade(Search):
    """Where more rows are compared, fewer lists do."""

    def __call__(self, effort: Effort) -> tuple[Vectors, float]:
        self.probes = 64 if effort.compared < 60 else 16
        return super().__call__(effort)


def test_more_rows_are_compared_where_that_saves_lists_and_pays() -> None:
    cheap, dear = _best(Trade(0, 10, price=0.02), TRUTH), _best(Trade(0, 10, price=10.0), TRUTH)
    assert cheap is not None
    assert dear is not None
    assert cheap[1] == Effort(16, 60, 1.0)
    assert dear[1] == Effort(64, 30, 1.0)


def test_where_nothing_finds_enough_little_is_tried() -> None:
    search = Search(10, 10_000)
    assert _best(search, TRUTH) is None
    assert max(effort.probes for effort in search.asked) <= 32


def test_what_takes_longer_than_comparing_everything_is_given_up() -> None:
    search = Search(1_000, 10)
    assert _best(search, TRUTH, 50.0) is None
    assert max(effort.probes for effort in search.asked) == 64


def test_what_cannot_find_enough_any_more_is_not_asked_to_the_end() -> None:
    asked: list[int] = []

    def search(some: Vectors) -> tuple[Vectors, Vectors]:
        asked.append(len(some))
        return some, TRUTH[: len(some)] * 0 - 1

    queries = np.zeros((len(TRUTH), 4), np.float32)
    found, seconds = _timed(search, queries, nullcontext, lambda start, rows: start >= 40)
    assert sum(asked) == len(found) < 60
    assert seconds >= 0
    assert _recall(found, TRUTH) == (0.0, 0.0)
    good, _ = _timed(lambda some: (some, TRUTH[: len(some)]), queries[:80], nullcontext)
    assert _recall(good, TRUTH) == (1.0, 0.0)  # of the others nothing is known
    assert _recall(TRUTH, TRUTH) == (1.0, 1.0)
