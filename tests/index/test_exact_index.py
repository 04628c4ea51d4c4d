from __future__ import annotations

import threading

import numpy as np
import pytest

from shoplens.index import exact_index
from shoplens.index.exact_index import ExactIndex
from shoplens.records import Vectors


def drawn(rows: int, dim: int = 24, seed: int = 0) -> Vectors:
    """Unit vectors that 16 bits hold as they are."""
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16).astype(np.float32)


def filled(vectors: Vectors) -> ExactIndex:
    index = ExactIndex()
    index.add([str(row) for row in range(len(vectors))], vectors)
    return index


def test_it_is_exact() -> None:
    vectors, queries = drawn(3000), drawn(20, seed=1)
    truth = np.argsort(-(queries.astype(float) @ vectors.astype(float).T), axis=1, kind="stable")[:, :10]
    assert [[int(key) for key, _ in found] for found in filled(vectors).search(queries, 10)] == truth.tolist()


def test_many_queries_are_answered_in_parts_so_that_writers_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = drawn(100)
    at_once = filled(vectors).search(vectors, 3)
    monkeypatch.setattr(exact_index, "_AT_ONCE", 7)
    monkeypatch.setattr(exact_index, "_ADDED_AT_ONCE", 9)
    assert filled(vectors).search(vectors, 3) == at_once


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("queries", [1, 20])
def test_a_mask_costs_no_recall(share: float, queries: int) -> None:
    vectors, asked = drawn(2000), drawn(queries, seed=1)
    index = filled(vectors)
    rows = np.flatnonzero(np.random.default_rng(2).random(2000) < share)
    mask = index.mask(str(row) for row in rows)
    truth = rows[np.argsort(-(asked.astype(float) @ vectors[rows].astype(float).T), axis=1)[:, :10]]
    for _ in range(3):  # the marked rows are copied together when a mask comes again
        assert [[int(key) for key, _ in found] for found in index.search(asked, 10, among=mask)] == truth.tolist()
    index.remove([str(truth[0, 0])])
    assert [int(key) for key, _ in index.search(asked[:1], 9, among=mask)[0]] == truth[0, 1:10].tolist()


def test_searches_see_the_index_before_or_after_a_change() -> None:
    vectors = drawn(400)
    index = ExactIndex()
    index.add([f"s{row}" for row in range(200)], vectors[:200])
    failures: list[str] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            keys = index.keys()
            found = index.search(vectors[:3], 400)
            for row, answer in enumerate(found):
                if answer[0][0] != f"s{row}" or len({key for key, _ in answer}) != len(answer):
                    failures.append(str(answer[:2]))
            if len(keys) != len(set(keys)):
                failures.append("a key twice")

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for _ in range(30):
        for start in range(200, 400, 20):
            index.add([f"n{row}" for row in range(start, start + 20)], vectors[start : start + 20])
        index.add(["s100"], vectors[100:101])
        index.remove([f"n{row}" for row in range(200, 400)])
    done.set()
    for searcher in searchers:
        searcher.join()
    assert failures == []
    assert index.keys() == [f"s{row}" for row in range(200) if row != 100] + ["s100"]
