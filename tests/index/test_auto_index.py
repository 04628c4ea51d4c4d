from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from shoplens.index import inverted_lists
from shoplens.index.auto_index import AutoIndex
from shoplens.index.exact_index import ExactIndex
from shoplens.index.inverted_lists import InvertedLists
from shoplens.records import Vectors

DIM = 32


@pytest.fixture(scope="module", autouse=True)
def fewer_questions() -> Iterator[None]:
    """The fewer photos are asked for when lists are made, the surer has each to be found: quicker, and no laxer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inverted_lists, "_SAMPLE", 100)
        yield


CENTRES = np.random.default_rng(7).standard_normal((100, DIM)).astype(np.float32)


def clustered(rows: int, seed: int) -> Vectors:
    rng = np.random.default_rng(seed)
    vectors = CENTRES[rng.integers(0, 100, rows)] + 0.7 * rng.standard_normal((rows, DIM)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def unclustered(rows: int, seed: int) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, DIM)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


VECTORS, QUERIES = clustered(6_000, 1), clustered(100, 2)
NAMES = [str(row) for row in range(6_000)]


def built(vectors: Vectors = VECTORS, exact_up_to: int = 1_000) -> AutoIndex:
    index = AutoIndex(exact_up_to, least_gain=0)
    index.add(NAMES[: len(vectors)], vectors)
    index.wait()
    return index


@pytest.fixture(scope="module")
def index() -> AutoIndex:
    """One with lists, not to be changed."""
    return built()


def recall(index: AutoIndex, truth: ExactIndex, queries: Vectors, k: int = 10, keys: list[str] | None = None) -> float:
    """Share of the true nearest that the index finds, among all or among these keys."""
    found = index.search(queries, k, among=None if keys is None else index.mask(keys))
    right = truth.search(queries, k, among=None if keys is None else truth.mask(keys))
    pairs = zip(found, right, strict=True)
    return float(np.mean([len({key for key, _ in one} & {key for key, _ in other}) / k for one, other in pairs]))


def exact(vectors: Vectors = VECTORS) -> ExactIndex:
    index = ExactIndex()
    index.add(NAMES[: len(vectors)], vectors)
    return index


def test_it_is_exact_up_to_the_limit_and_makes_lists_above_it() -> None:
    index = AutoIndex(1_000, least_gain=0)
    index.add(NAMES[:1_000], VECTORS[:1_000])
    index.wait()
    assert index.lists is None
    index.add(NAMES[1_000:], VECTORS[1_000:])
    assert recall(index, exact(), QUERIES[:5]) == 1.0 or index.lists is not None  # exact search serves meanwhile
    index.wait()
    assert index.lists is not None
    assert len(index.lists) == 6_000


@pytest.mark.parametrize("k", [1, 10, 80])
def test_it_finds_what_exact_search_finds(index: AutoIndex, k: int) -> None:
    assert recall(index, exact(), QUERIES, k) >= 0.99


def test_its_scores_are_those_of_exact_search(index: AutoIndex) -> None:
    for found, right in zip(index.search(QUERIES[:20], 1), exact().search(QUERIES[:20], 1), strict=True):
        assert found[0][1] == pytest.approx(right[0][1], abs=1e-6)


def test_unclustered_vectors_get_as_much_effort_as_they_need_or_no_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    # As a shop does it: a choice by few questions falls short once in twenty times.
    monkeypatch.setattr(inverted_lists, "_SAMPLE", 1_000)
    vectors = unclustered(3_000, 3)
    index = built(vectors)
    assert recall(index, exact(vectors), unclustered(1_000, 4)) >= 0.99


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.9])
def test_no_filter_costs_recall(index: AutoIndex, share: float) -> None:
    kept = [name for name, drawn in zip(NAMES, np.random.default_rng(5).random(6_000), strict=True) if drawn < share]
    assert recall(index, exact(), QUERIES, keys=kept) >= 0.99


def test_a_filter_that_leaves_nothing_near_is_answered_by_the_far(index: AutoIndex) -> None:
    near = np.argsort(-(VECTORS @ QUERIES[0]))
    far = [str(row) for row in near[3_000:]]
    assert recall(index, exact(), QUERIES[:1], keys=far) == 1.0


def test_what_is_added_to_the_lists_is_found_and_what_is_removed_never_again() -> None:
    index, truth = built(VECTORS[:3_000]), exact()
    assert index.lists is not None
    index.add(NAMES[3_000:5_000], VECTORS[3_000:5_000])
    gone = NAMES[1_000:2_000]
    assert index.remove(gone) == 1_000
    truth.remove([*gone, *NAMES[5_000:]])
    assert recall(index, truth, QUERIES) >= 0.985
    found = index.search(VECTORS[1_000:2_000], 10)
    assert not {key for answer in found for key, _ in answer} & set(gone)
    index.add(gone[:100], VECTORS[1_000:1_100])
    found = index.search(VECTORS[1_000:1_100], 1)
    assert np.mean([answer[0][0] == name for answer, name in zip(found, gone, strict=False)]) >= 0.98


def test_lists_that_are_outgrown_are_made_anew() -> None:
    index = built(VECTORS[:2_000])
    before = index.lists
    index.add(NAMES[2_000:], VECTORS[2_000:])
    index.wait()
    assert index.lists is not before
    assert recall(index, exact(), QUERIES) >= 0.99


def test_changes_made_while_the_lists_are_made_are_in_them() -> None:
    index = AutoIndex(1_000, least_gain=0)
    index.add(NAMES[:4_000], VECTORS[:4_000])
    for start in range(4_000, 5_000, 100):
        index.add(NAMES[start : start + 100], VECTORS[start : start + 100])
        index.remove(NAMES[start - 4_000 : start - 3_950])
    index.wait()
    truth = exact(VECTORS[:5_000])
    truth.remove([key for key in NAMES[:5_000] if key not in set(index.keys())])
    assert index.lists is not None
    assert len(index) == len(truth) == 4_500
    assert recall(index, truth, QUERIES) >= 0.985


def test_lists_that_gain_nothing_are_not_used() -> None:
    index = AutoIndex(1_000, least_gain=1e9)
    index.add(NAMES[:2_000], VECTORS[:2_000])
    index.wait()
    assert index.lists is None
    assert recall(index, exact(VECTORS[:2_000]), QUERIES) == 1.0


def test_where_lists_pay_for_few_answers_alone_more_are_found_by_comparing_every_row(index: AutoIndex) -> None:
    lists = index.lists
    assert lists is not None
    assert sorted(lists.efforts) == [10, 100]
    assert lists.reach(10)
    assert lists.reach(500)
    shallow = InvertedLists(lists._ivf, {10: lists.efforts[10]})
    assert shallow.reach(10)
    assert not shallow.reach(11)
    other = built(VECTORS[:2_000])
    assert other.lists is not None
    del other.lists.efforts[100]
    assert recall(other, exact(VECTORS[:2_000]), QUERIES, 50) == 1.0


def test_lists_that_cannot_be_made_leave_every_row_compared_and_are_not_tried_at_each_change(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def fail(_: object, rows: int) -> InvertedLists:
        tries.append(rows)
        raise MemoryError

    monkeypatch.setattr(InvertedLists, "train", fail)
    index = AutoIndex(1_000, least_gain=0)
    index.add(NAMES[:2_000], VECTORS[:2_000])
    index.wait()
    for row in range(2_000, 2_010):
        index.add(NAMES[row : row + 1], VECTORS[row : row + 1])
        index.wait()
    assert len(tries) == 1
    assert "not made" in caplog.text
    assert recall(index, exact(VECTORS[:2_010]), QUERIES) == 1.0
    monkeypatch.undo()
    index.add(NAMES[2_010:], VECTORS[2_010:])
    index.wait()
    assert index.lists is not None


def test_the_lists_are_written_with_the_rows(index: AutoIndex) -> None:
    file = io.BytesIO()
    index.writer()(file)
    file.seek(0)
    again = AutoIndex(1_000)
    again.read(file)
    assert again.lists is not None
    assert again.lists.efforts == index.lists.efforts  # type: ignore[union-attr]
    assert again.search(QUERIES, 10) == index.search(QUERIES, 10)


def test_readers_and_writers_at_once_never_see_what_is_gone() -> None:
    index = built(VECTORS[:2_000])
    failures: list[str] = []
    done = threading.Event()
    removed: set[str] = set()

    def search(seed: int) -> None:
        rng = np.random.default_rng(seed)
        while not done.is_set():
            gone = set(removed)
            rows = rng.integers(0, 2_000, 4)
            for answer in index.search(VECTORS[rows], 10):
                keys = [key for key, _ in answer]
                if gone & set(keys):
                    failures.append(f"{gone & set(keys)} came back")
                if len(set(keys)) < len(keys) or len(keys) < 10:
                    failures.append(f"answer of {keys}")

    searchers = [threading.Thread(target=search, args=(seed,)) for seed in range(3)]
    for searcher in searchers:
        searcher.start()
    for start in range(1_000, 2_000, 40):
        index.remove(NAMES[start : start + 40])
        removed.update(NAMES[start : start + 40])
        index.add(NAMES[start + 2_000 : start + 2_020], VECTORS[start + 2_000 : start + 2_020])
    done.set()
    for searcher in searchers:
        searcher.join()
    assert failures == []
    assert len(index) == 2_000 - 1_000 + 500
