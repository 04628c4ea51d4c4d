"""What every vector index must do. A new engine joins by one more line in `ENGINES`."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplens import plugins
from shoplens.errors import BadInput, NotFound
from shoplens.index.auto_index import AutoIndex
from shoplens.index.vector_index import VectorIndex
from shoplens.records import Vectors


def approximate() -> VectorIndex:
    """One that makes lists from the twelfth vector on."""
    return AutoIndex(exact_up_to=11, least_gain=0)


ENGINES: dict[str, Callable[[], VectorIndex]] = {
    "exact": lambda: plugins.load("index", "exact")(),  # type: ignore[no-any-return]
    "auto": lambda: plugins.load("index", "auto")(),  # type: ignore[no-any-return]
    "auto with lists": approximate,
}


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest) -> Callable[[], VectorIndex]:
    return ENGINES[request.param]


def unit(rows: int, dim: int = 16, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def names(rows: int) -> list[str]:
    return [f"k{row}" for row in range(rows)]


def filled(make: Callable[[], VectorIndex], rows: int = 50) -> tuple[VectorIndex, Vectors]:
    index, vectors = make(), unit(rows)
    index.add(names(rows), vectors)
    settle(index)
    return index, vectors


def settle(index: VectorIndex) -> None:
    if isinstance(index, AutoIndex):
        index.wait()


def test_an_empty_index_finds_nothing(make: Callable[[], VectorIndex]) -> None:
    index = make()
    assert len(index) == 0
    assert index.keys() == []
    assert index.search(unit(2), 3) == [[], []]
    assert index.remove(["a"]) == 0
    index.add([], np.zeros((0, 0), np.float32))
    assert len(index) == 0


def test_each_vector_finds_itself_first(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    for row, found in enumerate(index.search(vectors, 3)):
        assert found[0][0] == f"k{row}"
        assert found[0][1] == pytest.approx(1.0, abs=2e-3)
        assert found[0][1] >= found[1][1] >= found[2][1]


def test_scores_are_inner_products_of_the_stored_vectors(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    query = unit(1, seed=9)
    for key, score in index.search(query, 10)[0]:
        assert score == pytest.approx(float(query[0] @ vectors[int(key[1:])]), abs=2e-3)


def test_asking_for_more_than_there_is_gives_all(make: Callable[[], VectorIndex]) -> None:
    index, _ = filled(make, 5)
    assert {key for key, _ in index.search(unit(1), 100)[0]} == set(names(5))


def test_ties_come_in_the_order_of_adding(make: Callable[[], VectorIndex]) -> None:
    index, same = make(), np.repeat(unit(1), 30, axis=0)
    order = [f"t{row}" for row in np.random.default_rng(1).permutation(30)]
    index.add(order, same)
    index.add(names(20), unit(20, seed=2))
    assert [key for key, _ in index.search(same[:1], 7)[0]] == order[:7]


def test_only_marked_rows_are_found(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    for wanted in ({3}, {0, 7, 49}, set(range(0, 50, 2)), set(range(50)), set()):
        mask = index.mask([*sorted(f"k{row}" for row in wanted), "unknown"])
        assert mask.sum() == len(wanted)
        found = index.search(vectors[:1], 50, among=mask)[0]
        assert {key for key, _ in found} == {f"k{row}" for row in wanted}
        best = sorted(wanted, key=lambda row: -float(vectors[0] @ vectors[row]))
        assert [key for key, _ in found][:1] == [f"k{row}" for row in best][:1]


def test_a_known_key_is_replaced_and_counts_as_added_now(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    other = unit(2, seed=3)
    index.add(["k1", "new"], other)
    assert index.keys() == ["k0", *names(50)[2:], "k1", "new"]
    np.testing.assert_allclose(index.vectors(["new", "k1"]), other[::-1], atol=2e-3)
    assert index.search(other[:1], 1)[0][0][0] == "k1"
    found = dict(index.search(vectors[1:2], 51)[0])
    assert found["k1"] == pytest.approx(float(vectors[1] @ other[0]), abs=2e-3)


def test_a_mask_holds_while_the_index_changes(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    mask = index.mask(["k3", "k4", "k5"])
    index.add(["new", "k5"], vectors[4:6])
    index.remove(["k3"])
    assert [key for key, _ in index.search(vectors[:1], 9, among=mask)[0]] == ["k4"]


def test_what_was_written_is_read_and_can_be_changed(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    index.remove(["k7", "k8"])
    index.add(["k8"], vectors[9:10])
    file = io.BytesIO()
    index.writer()(file)
    file.seek(0)
    again = make()
    again.add(["old"], unit(1))
    again.read(file)
    settle(again)
    assert file.read() == b""
    assert again.keys() == index.keys()
    assert again.search(vectors, 5) == index.search(vectors, 5)
    again.add(["k7"], vectors[7:8])
    again.remove(["k0"])
    assert again.search(vectors[7:8], 1)[0][0][0] == "k7"
    assert "k0" not in {key for key, _ in again.search(vectors[:1], 50)[0]}


def test_a_writer_writes_the_moment_that_it_was_asked_for_whatever_changes_since(
    make: Callable[[], VectorIndex],
) -> None:
    index, vectors = filled(make)
    settle(index)
    expected = index.search(vectors, 5)
    write = index.writer()
    index.remove(["k0", "k49"])
    index.add(["k1", "later"], vectors[:2])
    file = io.BytesIO()
    write(file)
    file.seek(0)
    again = make()
    again.read(file)
    settle(again)
    assert again.keys() == names(50)
    assert again.search(vectors, 5) == expected


def test_what_another_kind_wrote_is_refused(make: Callable[[], VectorIndex]) -> None:
    index, _ = filled(make, 3)
    with pytest.raises(BadInput, match="kind"):
        index.read(io.BytesIO(b"shoplens graph index 1\n" + bytes(100)))
    assert index.keys() == names(3)


def test_an_empty_index_is_written_and_read(make: Callable[[], VectorIndex]) -> None:
    file = io.BytesIO()
    make().writer()(file)
    file.seek(0)
    index, _ = filled(make, 3)
    index.read(file)
    assert index.keys() == []
    assert index.search(unit(1), 3) == [[]]


def test_of_equal_keys_in_one_call_the_last_counts(make: Callable[[], VectorIndex]) -> None:
    index, vectors = make(), unit(3)
    index.add(["a", "b", "a"], vectors)
    assert index.keys() == ["a", "b"]
    np.testing.assert_allclose(index.vectors(["a"]), vectors[2:], atol=2e-3)


def test_what_is_removed_is_never_found_again(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    assert index.remove(["k3", "k40", "unknown"]) == 2
    assert index.remove(["k3"]) == 0
    assert len(index) == 48
    assert index.keys() == [key for key in names(50) if key not in ("k3", "k40")]
    assert "k3" not in {key for key, _ in index.search(vectors[3:4], 48)[0]}
    with pytest.raises(NotFound, match="k3"):
        index.vectors(["k3"])
    index.add(["k3"], vectors[3:4])
    assert index.keys()[-1] == "k3"
    assert index.search(vectors[3:4], 1)[0][0][0] == "k3"


def test_half_precision_is_accepted(make: Callable[[], VectorIndex]) -> None:
    index, vectors = make(), unit(4)
    index.add(names(4), vectors.astype(np.float16))  # type: ignore[arg-type]
    assert index.search(vectors[2:3], 1)[0][0][0] == "k2"
    assert index.vectors(["k2"]).dtype == np.float32


def test_vectors_come_in_the_order_asked_for(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make)
    np.testing.assert_allclose(index.vectors(["k9", "k2"]), vectors[[9, 2]], atol=2e-3)
    assert index.vectors([]).shape[0] == 0


@pytest.mark.parametrize(
    ("keys", "vectors"),
    [(["a"], unit(2)), (["a"], unit(1)[0]), (["a"], unit(1, dim=8)), (["a"], np.full((1, 16), np.nan, np.float32))],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    make: Callable[[], VectorIndex], keys: list[str], vectors: Vectors
) -> None:
    index, _ = filled(make, 3)
    with pytest.raises(BadInput):
        index.add(keys, vectors)
    assert index.keys() == names(3)


def test_queries_that_do_not_fit_are_refused(make: Callable[[], VectorIndex]) -> None:
    index, vectors = filled(make, 3)
    with pytest.raises(BadInput):
        index.search(unit(1, dim=8), 1)
    with pytest.raises(BadInput):
        index.search(vectors[0], 1)
    with pytest.raises(BadInput):
        index.search(vectors, 0)
    with pytest.raises(BadInput):
        index.search(np.full((1, 16), np.inf, np.float32), 1)
    with pytest.raises(BadInput, match="mask"):
        index.search(vectors, 1, among=np.ones(4, bool))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "remove"]), st.integers(0, 19), st.integers(0, 999)), max_size=60))
@pytest.mark.parametrize("engine", ENGINES)
def test_any_history_equals_a_dictionary(engine: str, history: list[tuple[str, int, int]]) -> None:
    index = ENGINES[engine]()
    truth: dict[str, Vectors] = {}
    for act, number, seed in history:
        key = f"k{number}"
        if act == "add":
            truth.pop(key, None)
            truth[key] = unit(1, seed=seed)[0]
            index.add([key], truth[key][None])
        else:
            assert index.remove([key]) == (truth.pop(key, None) is not None)
    assert index.keys() == list(truth)
    if truth:
        query = unit(1, seed=1234)
        best = sorted(truth, key=lambda key: -float(query[0] @ truth[key]))
        scores = [score for _, score in index.search(query, 5)[0]]
        np.testing.assert_allclose(scores, [float(query[0] @ truth[key]) for key in best[:5]], atol=2e-3)
