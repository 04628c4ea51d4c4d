"""A catalogue of drawn vectors, so that the nearest photo is known without any photo."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplens.catalog.store import Catalog
from shoplens.errors import StoreError
from shoplens.index.auto_index import AutoIndex
from shoplens.index.snapshot import SnapshotDamaged, open_snapshot, write_snapshot
from shoplens.records import PhotoFacts, Pixels, Product, Vectors
from shoplens.search import live_photos, photo_index
from shoplens.search.live_photos import LivePhotos
from shoplens.search.photo_index import PhotoIndex

DIM = 16


class DrawnEmbedder:
    """Stands for the one whose vectors are in the catalogue; it embeds nothing."""

    def __init__(self, name: str = "drawn") -> None:
        self.id = name
        self.dim = DIM
        self.parts = (DIM,)
        self.min_side = 1

    def embed(self, photos: Sequence[Pixels]) -> Vectors:
        raise AssertionError("no photo is embedded here")


def vector(number: int) -> Vectors:
    drawn = np.random.default_rng(number).standard_normal(DIM).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def sha(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def put(catalog: Catalog, numbers: Sequence[int], *, embedder: str = "drawn") -> None:
    """Add products `p<number>` of one photo each."""
    with catalog.batch() as batch:
        for number in numbers:
            batch.put_product(Product(id=f"p{number}", title=f"Product {number}"))
            batch.put_photo(PhotoFacts(sha(number), "png", 8, 8, 1), catalog.folder / "none.png")
            batch.put_embedding(sha(number), embedder, vector(number))
            batch.link(f"p{number}", [sha(number)])


def retire(catalog: Catalog, numbers: Sequence[int]) -> None:
    with catalog.batch() as batch:
        batch.retire([f"p{number}" for number in numbers])


def nearest(photos: PhotoIndex, number: int, k: int = 1) -> list[str]:
    query = photos.space.apply(vector(number)[None])
    return [product for key, _ in photos.index.search(query, k)[0] for product in photos.products(key)]


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        put(catalog, range(100))
        yield catalog


@pytest.fixture
def live(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePhotos]:
    monkeypatch.setattr(live_photos, "_WORTH_SAVING", 10)
    live = make(catalog)
    yield live
    live.wait()


def make(catalog: Catalog) -> LivePhotos:
    return LivePhotos(catalog, DrawnEmbedder, AutoIndex, catalog.folder / "index")


def test_what_is_added_changed_or_deleted_shows_in_the_next_query(catalog: Catalog, live: LivePhotos) -> None:
    photos = live.get()
    assert nearest(photos, 5) == ["p5"]
    put(catalog, [100])
    assert nearest(live.get(), 100) == ["p100"]
    retire(catalog, [5])
    assert nearest(live.get(), 5) != ["p5"]
    with catalog.batch() as batch:  # the product shows another photo now
        batch.link("p6", [sha(7)])
    assert set(nearest(live.get(), 7)) == {"p6", "p7"}
    assert "p6" not in nearest(live.get(), 6)
    put(catalog, [5])
    assert nearest(live.get(), 5) == ["p5"]
    assert live.get() is photos  # none of it made a new index


def test_a_photo_of_two_products_goes_with_the_last_of_them(catalog: Catalog, live: LivePhotos) -> None:
    with catalog.batch() as batch:
        batch.link("p1", [sha(1), sha(2)])
    retire(catalog, [2])
    assert nearest(live.get(), 2) == ["p1"]
    retire(catalog, [1])
    assert {"p1", "p2"}.isdisjoint(nearest(live.get(), 2, k=98))
    assert len(live.get()) == 98


def test_a_vector_that_comes_later_than_its_product_is_taken_up(catalog: Catalog, live: LivePhotos) -> None:
    with catalog.batch() as batch:
        batch.put_product(Product(id="late", title="Late"))
        batch.put_photo(PhotoFacts(sha(500), "png", 8, 8, 1), catalog.folder / "none.png")
        batch.link("late", [sha(500)])
    assert nearest(live.get(), 500) != ["late"]
    with catalog.batch() as batch:
        batch.put_embedding(sha(500), "drawn", vector(500))
    assert nearest(live.get(), 500) == ["late"]
    assert live.get().main_photos()["late"] == sha(500)


def test_only_what_changed_is_read(catalog: Catalog, live: LivePhotos) -> None:
    before = live.get().revision
    put(catalog, [200, 201])
    changes = catalog.photo_changes("drawn", before)
    assert sorted(changes.keys) == sorted([sha(200), sha(201)])
    assert sorted(changes.products) == ["p200", "p201"]
    assert [link[:3] for link in changes.links] == [(sha(200), "p200", 0), (sha(201), "p201", 0)]


def test_the_space_is_kept_until_enough_has_changed_and_then_learned_anew(catalog: Catalog, live: LivePhotos) -> None:
    first = live.get()
    put(catalog, range(100, 105))
    assert live.get().space is first.space
    put(catalog, range(105, 160))
    assert len(live.get()) == 160  # served by the old one meanwhile
    live.wait()
    second = live.get()
    assert second is not first
    assert len(second) == 160
    expected = PhotoIndex(catalog, DrawnEmbedder(), AutoIndex())
    np.testing.assert_allclose(second.space.apply(vector(1)[None]), expected.space.apply(vector(1)[None]), atol=1e-6)


def test_a_start_from_the_snapshot_equals_one_from_the_catalogue(catalog: Catalog, live: LivePhotos) -> None:
    live.get()
    live.wait()
    assert live.path.is_file()
    put(catalog, [100, 101])
    retire(catalog, [3])
    again = PhotoIndex(catalog, DrawnEmbedder(), AutoIndex(), snapshot=live.path)
    assert nearest(again, 100) == ["p100"]
    assert nearest(again, 3) != ["p3"]
    assert set(again.index.keys()) == set(live.get().index.keys())
    assert again.revision == catalog.revision()
    assert again.main_photos() == live.get().main_photos()


def test_a_snapshot_of_another_model_or_catalogue_or_index_is_not_trusted(
    catalog: Catalog, live: LivePhotos, tmp_path: Path
) -> None:
    live.get()
    live.wait()
    put(catalog, range(100), embedder="other")
    with pytest.raises(SnapshotDamaged, match="another model"):
        PhotoIndex(catalog, DrawnEmbedder("other"), AutoIndex(), snapshot=live.path)
    from shoplens.index.exact_index import ExactIndex

    with pytest.raises(SnapshotDamaged, match="kind of index"):
        PhotoIndex(catalog, DrawnEmbedder(), ExactIndex(), snapshot=live.path)
    with Catalog.open(tmp_path / "other", create=True) as other:
        put(other, range(100))  # the same content at the same revision, and yet another history
        with pytest.raises(SnapshotDamaged, match="another state"):
            PhotoIndex(other, DrawnEmbedder(), AutoIndex(), snapshot=live.path)


def without_odds(path: Path) -> None:
    with open_snapshot(path) as (head, file):
        rest = file.read()
    write_snapshot(path, {name: value for name, value in head.items() if name != "odds"}, lambda f: f.write(rest))


def of_the_form_before(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"ShopLens snapshot 2\n", b"ShopLens snapshot 1\n", 1))


@pytest.mark.parametrize(("age", "said"), [(without_odds, "another version"), (of_the_form_before, "its beginning")])
def test_a_whole_snapshot_of_an_older_version_is_made_anew(
    catalog: Catalog, live: LivePhotos, caplog: pytest.LogCaptureFixture, age: Callable[[Path], None], said: str
) -> None:
    live.get()
    live.wait()
    age(live.path)
    assert nearest(make(catalog).get(), 42) == ["p42"]
    assert said in caplog.text


def test_a_shop_that_was_empty_is_made_anew_with_its_first_photos(tmp_path: Path) -> None:
    with Catalog.open(tmp_path, create=True) as catalog:
        live = make(catalog)
        assert not live.get().space.parts
        put(catalog, range(5))
        assert live.get().outdated
        live.wait()
        assert live.get().space.parts
        assert not live.get().outdated


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_cut_at_a_random_byte_it_is_made_anew_from_the_catalogue(
    catalog: Catalog, live: LivePhotos, data: st.DataObject
) -> None:
    live.get()
    live.wait()
    whole = live.path.read_bytes()
    live.path.write_bytes(whole[: data.draw(st.integers(0, len(whole) - 1))])
    again = make(catalog)
    assert nearest(again.get(), 42) == ["p42"]
    again.get()
    again.wait()
    assert nearest(PhotoIndex(catalog, DrawnEmbedder(), AutoIndex(), snapshot=live.path), 42) == ["p42"]


def test_a_disk_that_is_full_stops_no_search(
    catalog: Catalog, live: LivePhotos, caplog: pytest.LogCaptureFixture
) -> None:
    (catalog.folder / "index").write_text("a file where the folder should be")
    assert nearest(live.get(), 1) == ["p1"]
    live.wait()
    assert nearest(live.get(), 1) == ["p1"]
    assert "not saved" in caplog.text


def test_searches_go_on_while_products_come_and_go_and_what_is_deleted_never_comes_back(
    catalog: Catalog, live: LivePhotos
) -> None:
    failures: list[str] = []
    done = threading.Event()
    gone: set[str] = set()
    live.get()

    def search() -> None:
        while not done.is_set():
            before = set(gone)
            photos = live.get()
            for number in (10, 40, 60):
                found = nearest(photos, number, 30)
                if before & set(found):
                    failures.append(f"{before & set(found)} came back")
                if number == 10 and found[0] != "p10":
                    failures.append(f"p10 is not found but {found[0]}")

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for number in range(30, 90, 4):
        retire(catalog, range(number, number + 4))
        gone.update(f"p{n}" for n in range(number, number + 4))
        put(catalog, [number + 1_000, number + 1_001])
    done.set()
    for searcher in searchers:
        searcher.join()
    live.wait()
    assert failures == []
    assert sorted(live.get().main_photos()) == sorted(catalog.product_ids())


class TestFailures:
    def test_a_read_that_fails_on_the_way_loses_no_photo(
        self, catalog: Catalog, live: LivePhotos, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        live.get()
        retire(catalog, [5])
        live.get()
        put(catalog, [100])
        with catalog.batch() as batch:  # it comes back, and its vector is there already
            batch.put_product(Product(id="p5", title="Product 5"))
            batch.link("p5", [sha(5)])
        retire(catalog, [6])
        with monkeypatch.context() as patched:
            patched.setattr(catalog, "vectors", failing(StoreError("The disk reports an error.")))
            with pytest.raises(StoreError):
                live.get()
        photos = live.get()
        assert nearest(photos, 5) == ["p5"]
        assert nearest(photos, 100) == ["p100"]
        assert nearest(photos, 6) != ["p6"]
        assert sorted(photos.main_photos()) == sorted(catalog.product_ids())

    def test_an_index_that_fails_on_the_way_is_brought_up_by_the_next_question(
        self, catalog: Catalog, live: LivePhotos, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photos = live.get()
        put(catalog, range(100, 104))
        retire(catalog, [7])
        with monkeypatch.context() as patched:
            patched.setattr(photos.index, "add", failing(MemoryError()))
            with pytest.raises(MemoryError):
                live.get()
        for number in range(100, 104):
            assert nearest(live.get(), number) == [f"p{number}"]
        assert nearest(live.get(), 7) != ["p7"]
        assert sorted(live.get().main_photos()) == sorted(catalog.product_ids())

    def test_changes_show_while_a_snapshot_is_written(
        self, catalog: Catalog, live: LivePhotos, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        writing, go_on = threading.Event(), threading.Event()

        def slow(path: Path, head: Mapping[str, Any], write: Callable[[BinaryIO], None]) -> None:
            writing.set()
            assert go_on.wait(20)
            write_snapshot(path, head, write)

        monkeypatch.setattr(photo_index, "write_snapshot", slow)
        live.get()
        assert writing.wait(10)
        put(catalog, [100])
        retire(catalog, [3])
        answered: list[list[str]] = []
        asking = threading.Thread(target=lambda: answered.append(nearest(live.get(), 100)), daemon=True)
        asking.start()
        asking.join(10)
        go_on.set()
        assert answered == [["p100"]]
        live.wait()
        with open_snapshot(live.path) as (head, _):
            assert head["photos"] == 100
            assert head["revision"] < catalog.revision()
        again = PhotoIndex(catalog, DrawnEmbedder(), AutoIndex(), snapshot=live.path)
        assert sorted(again.main_photos()) == sorted(catalog.product_ids())

    def test_a_renewal_that_fails_stops_nothing_and_is_not_tried_at_each_question(
        self, catalog: Catalog, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        made: list[AutoIndex] = []

        def new_index() -> AutoIndex:
            if len(made) == 2:  # one for the snapshot that is not there, one of the catalogue
                made.append(AutoIndex())
                raise RuntimeError("the library failed")
            made.append(AutoIndex())
            return made[-1]

        live = LivePhotos(catalog, DrawnEmbedder, new_index, catalog.folder / "index")
        first = live.get()
        put(catalog, range(100, 160))
        for _ in range(5):
            assert nearest(live.get(), 150) == ["p150"]
            live.wait()
        assert live.get() is first
        assert len(made) == 3
        assert "the library failed" in caplog.text
        monkeypatch.setattr(live, "_not_before", 0.0)  # as if the pause were over
        live.get()
        live.wait()
        assert live.get() is not first
        assert nearest(live.get(), 150) == ["p150"]

    def test_what_a_killed_process_left_half_written_goes_with_the_next_snapshot(
        self, catalog: Catalog, live: LivePhotos
    ) -> None:
        left = catalog.folder / "index" / ".0123456789abcdef.snapshot-abcd"
        left.parent.mkdir()
        left.write_bytes(b"half")
        os.utime(left, (0, 0))
        live.get()
        live.wait()
        assert list(left.parent.iterdir()) == [live.path]

    def test_threads_that_come_first_together_share_one_index_even_if_it_is_empty(self, tmp_path: Path) -> None:
        made: list[AutoIndex] = []

        def new_index() -> AutoIndex:
            made.append(AutoIndex())
            return made[-1]

        with Catalog.open(tmp_path / "empty", create=True) as empty:
            live = LivePhotos(empty, DrawnEmbedder, new_index, tmp_path / "index")
            with ThreadPoolExecutor(8) as pool:
                found = list(pool.map(lambda _: live.get(), range(32)))
        assert len(made) <= 2  # one for the snapshot that is not there
        assert len(set(map(id, found))) == 1


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error

    return fail
