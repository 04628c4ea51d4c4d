from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shoplens.catalog.remembered import Remembered
from shoplens.catalog.store import Catalog
from shoplens.records import PhotoFacts, Product

A, B = "a" * 64, "b" * 64


class Numbers:
    """Reads the length of a word, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def __call__(self, keys: list[str]) -> dict[str, int]:
        self.asked.append(keys)
        return {key: len(key) for key in keys if key != "nobody"}


def test_what_was_read_is_not_read_again_and_comes_in_the_order_asked() -> None:
    read = Numbers()
    kept = Remembered(read)
    assert kept.get(1, ["bb", "a"]) == {"bb": 2, "a": 1}
    assert list(kept.get(1, ["a", "ccc", "bb", "a", "nobody"]).items()) == [("a", 1), ("ccc", 3), ("bb", 2)]
    assert read.asked == [["bb", "a"], ["ccc", "nobody"]]


def test_a_new_revision_forgets_everything() -> None:
    read = Numbers()
    kept = Remembered(read)
    kept.get(1, ["a"])
    kept.get(2, ["a"])
    assert read.asked == [["a"], ["a"]]


def test_what_was_used_the_longest_time_ago_goes_first() -> None:
    read = Numbers()
    kept = Remembered(read, at_most=2)
    kept.get(1, ["a", "bb"])
    kept.get(1, ["a"])
    kept.get(1, ["ccc"])
    read.asked.clear()
    assert kept.get(1, ["a", "ccc"]) == {"a": 1, "ccc": 3}
    assert read.asked == []
    kept.get(1, ["bb"])
    assert read.asked == [["bb"]]


def test_a_slow_reader_of_an_old_revision_does_not_bring_its_values_into_the_new_one() -> None:
    reading, go_on = threading.Event(), threading.Event()
    values = {"a": "old"}

    def read(keys: list[str]) -> dict[str, str]:
        found = {key: values[key] for key in keys}
        if values["a"] == "old":
            reading.set()
            assert go_on.wait(10)
        return found

    kept = Remembered(read)
    slow = threading.Thread(target=kept.get, args=(1, ["a"]))
    slow.start()
    assert reading.wait(10)
    values["a"] = "new"
    assert kept.get(2, []) == {}
    go_on.set()
    slow.join(10)
    assert kept.get(2, ["a"]) == {"a": "new"}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path, create=True) as catalog:
        with catalog.batch() as batch:
            batch.put_product(Product(id="one", title="First"))
            for photo in (A, B):
                batch.put_photo(PhotoFacts(photo, "png", 8, 8, 1), tmp_path / "none.png")
            batch.link("one", [A, B])
        yield catalog


def test_products_and_main_photos_are_those_of_the_newest_commit(catalog: Catalog, tmp_path: Path) -> None:
    assert catalog.by_ids(["one"])["one"].title == "First"
    assert catalog.main_photos(["one"]) == {"one": A}
    with Catalog.open(tmp_path) as another:  # as another process would
        with another.batch() as batch:
            batch.put_product(Product(id="one", title="Second"))
            batch.link("one", [B, A])
    assert catalog.by_ids(["one"])["one"].title == "Second"
    assert catalog.main_photos(["one"]) == {"one": B}
    with catalog.batch() as batch:
        batch.retire(["one"])
    assert catalog.by_ids(["one"]) == {}
    assert catalog.by_ids(["one"], include_retired=True)["one"].title == "Second"
