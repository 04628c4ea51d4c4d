from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event

from shoplens.catalog import database
from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog, Reference
from shoplens.errors import BadInput, IndexMismatch, NotFound, StoreError, UnknownName
from shoplens.records import Finding, Label, Product
from tests.catalog.ledger_runs import inspection
from tests.catalog.shop_of_three import BLUE, PRODUCTS, RED, fill


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "shop", create=True) as catalog:
        fill(catalog, tmp_path / "shop")
        yield catalog


def test_products_come_back_as_they_were_put(catalog: Catalog) -> None:
    assert catalog.by_ids([product.id for product in PRODUCTS]) == {product.id: product for product in PRODUCTS}
    assert catalog.product("belt") == PRODUCTS[1]
    assert catalog.count() == 3


def test_a_shop_that_does_not_exist_is_not_made_by_looking(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="shoplens import"):
        Catalog.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_everything_is_there_after_reopening_and_after_the_folder_moved(catalog: Catalog, tmp_path: Path) -> None:
    catalog.close()
    (tmp_path / "shop").rename(tmp_path / "moved")
    with Catalog.open(tmp_path / "moved") as again:
        assert [product.id for product in again.products()] == ["belt", "dress-s", "mug"]
        assert again.photos("dress-s")[0].path == tmp_path / "moved" / "photos" / "red.jpg"


def test_photos_of_a_product_come_in_the_order_of_the_feed(catalog: Catalog) -> None:
    shown = catalog.photos("dress-s")
    assert [(photo.facts, photo.reference) for photo in shown] == [(RED, "red.jpg"), (BLUE, "blue.png")]
    assert catalog.photo(BLUE.sha256).facts == BLUE
    assert catalog.photos("mug") == []
    with pytest.raises(NotFound):
        catalog.photo("cc" * 32)


def test_photo_links_name_active_products_only(catalog: Catalog) -> None:
    links = [(BLUE.sha256, "belt", 0), (RED.sha256, "dress-s", 0), (BLUE.sha256, "dress-s", 1)]
    assert catalog.photo_links() == links
    with catalog.batch() as batch:
        batch.retire(["belt"])
    assert catalog.photo_links() == links[1:]


def test_embeddings_are_float16_and_can_be_read_since_a_revision(catalog: Catalog) -> None:
    keys, vectors = catalog.embeddings("colors")
    assert keys == [RED.sha256, BLUE.sha256]
    assert vectors.dtype == np.float16
    np.testing.assert_array_equal(vectors, np.eye(2))
    before = catalog.revision()
    with catalog.batch() as batch:
        batch.put_embedding(BLUE.sha256, "colors", np.array([0.5, 0.5]))
    assert catalog.embeddings("colors", since=before)[0] == [BLUE.sha256]
    assert catalog.embeddings("unknown")[0] == []
    assert catalog.embedder_ids() == ["colors"]
    assert catalog.embedded([RED.sha256, "cc" * 32], "colors") == {RED.sha256}


def test_photos_without_a_vector_of_a_new_embedder_are_listed(catalog: Catalog) -> None:
    assert catalog.not_embedded("colors") == []
    assert [photo.sha256 for photo in catalog.not_embedded("new")] == [RED.sha256, BLUE.sha256]
    with catalog.batch() as batch:
        batch.retire(["dress-s"])
    assert [photo.sha256 for photo in catalog.not_embedded("new")] == [BLUE.sha256]


def test_vectors_of_two_lengths_under_one_embedder_are_refused(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.put_embedding(BLUE.sha256, "colors", np.ones(3))
    with pytest.raises(IndexMismatch, match=r"\[2, 3\]"):
        catalog.embeddings("colors")


@pytest.mark.parametrize("vector", [np.ones((1, 2)), np.array([1.0, np.nan]), np.array([1e9, 0.0])])
def test_a_vector_that_cannot_be_stored_is_refused(catalog: Catalog, vector: np.ndarray) -> None:
    with catalog.batch() as batch, pytest.raises(BadInput, match="finite"):
        batch.put_embedding(RED.sha256, "colors", vector)


def test_the_revision_grows_only_with_what_readers_see(catalog: Catalog) -> None:
    first = catalog.revision()
    with catalog.batch():
        pass
    with catalog.batch() as batch:
        batch.put_reference("gone.jpg", None, "photo_missing", "There is no such file.")
    catalog.ledger.record([], inspection())
    catalog.put_labels([])
    assert catalog.revision() == first
    with catalog.batch() as batch:
        batch.put_product(replace(PRODUCTS[2], title="Mug"))
        batch.retire(["belt"])
    assert catalog.revision() == first + 1
    assert catalog.photo_changes("colors", first).products == ["belt", "mug"]
    catalog.put_labels([Label("mug", "color", "white", 0.9, "model:x")])
    assert catalog.revision() == first + 2


def test_a_batch_is_written_as_a_whole_or_not_at_all(catalog: Catalog) -> None:
    def put(photos: list[str], divisor: int) -> None:
        with catalog.batch() as batch:
            batch.put_product(Product("lamp", "Lamp"))
            batch.link("lamp", photos)
            assert 1 // divisor

    with pytest.raises(ZeroDivisionError):
        put([], 0)
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        put(["cc" * 32], 1)
    assert catalog.by_ids(["lamp"]) == {}
    assert catalog.search_text("lamp") == []


def test_a_retired_product_is_in_no_answer_and_comes_back(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.retire(["dress-s", "never seen"])
    assert catalog.by_ids(["dress-s"]) == {}
    assert catalog.product_ids() == ["belt", "mug"]
    assert catalog.listing("dress") == []
    assert catalog.search_text("dress") == []
    assert catalog.categories() == [("Clothing > Accessories", 1), ("Clothing Racks", 1)]
    assert catalog.product("dress-s") == PRODUCTS[0]
    assert catalog.product_ids(Filter(include_retired=True)) == ["belt", "dress-s", "mug"]
    with catalog.batch() as batch:
        batch.retire(["dress-s"])
        batch.put_product(PRODUCTS[0])
    assert catalog.search_text("dress")[0][0] == "dress-s"


def test_pages_and_orders(catalog: Catalog) -> None:
    def ids(**page: object) -> list[str]:
        return [product.id for product in catalog.products(**page)]  # type: ignore[arg-type]

    assert ids(order="price") == ["mug", "dress-s", "belt"]
    assert ids(order="price_desc", limit=1) == ["belt"]
    assert ids(order="title", offset=1) == ["dress-s", "belt"]
    with catalog.batch() as batch:
        batch.put_product(replace(PRODUCTS[2], brand="Ikat"))
    assert ids(order="newest")[0] == "mug"
    with pytest.raises(UnknownName, match="price_desc"):
        catalog.products(order="best")


def test_stored_is_what_an_import_compares(catalog: Catalog) -> None:
    found = catalog.stored(["dress-s", "mug", "nothing"])
    assert found["dress-s"].photos == (RED.sha256, BLUE.sha256)
    assert found["mug"].photos == ()
    assert "nothing" not in found
    with catalog.batch() as batch:
        batch.put_product(PRODUCTS[2], "my digest")
    assert catalog.stored(["mug"])["mug"].digest == "my digest"


def test_references_remember_photos_and_problems(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        batch.put_reference("gone.jpg", None, "photo_missing", "No file.", location="/feed/gone.jpg")
    found = catalog.references(["red.jpg", "gone.jpg", "never"])
    assert found == {
        "red.jpg": Reference("red.jpg", RED.sha256, "", "", "", "", 5, 1000),
        "gone.jpg": Reference("/feed/gone.jpg", None, "photo_missing", "No file.", "", "", 0, 0),
    }
    assert len(catalog.references()) == 3


def test_labels_replace_those_of_the_same_source_and_kind(catalog: Catalog) -> None:
    first = [Label("belt", "tag", "leather", 0.9, "model:x"), Label("belt", "tag", "men", 0.7, "model:x")]
    catalog.put_labels([*first, Label("belt", "tag", "leather", 1.0, "shop")])
    catalog.put_labels([Label("belt", "tag", "buckle", 0.8, "model:x"), Label("mug", "color", "red", 0.6, "model:x")])
    assert [(label.value, label.source) for label in catalog.labels("belt")] == [
        ("leather", "shop"),
        ("buckle", "model:x"),
    ]
    assert [label.product_id for label in catalog.labels(kind="color")] == ["mug"]
    assert {product_id for product_id, _ in catalog.search_text("红色")} == {"dress-s", "mug"}
    with pytest.raises(NotFound, match="nothing"):
        catalog.put_labels([Label("nothing", "tag", "x", 1.0, "shop")])


def test_labels_of_a_scope_leave_nothing_of_other_models(catalog: Catalog) -> None:
    said = [Label("belt", "tag", "leather", 0.9, "model:old"), Label("belt", "color", "purple", 0.6, "palette")]
    kept = [Label("belt", "tag", "sale", 1.0, "shop"), Label("mug", "color", "purple", 0.6, "model:old")]
    catalog.put_labels([*said, *kept])
    new = Label("belt", "tag", "buckle", 0.8, "model:new")
    catalog.put_labels([new], scope=["belt"])
    assert catalog.labels() == [kept[0], new, kept[1]]
    assert [product_id for product_id, _ in catalog.search_text("purple")] == ["mug"]
    catalog.put_labels([], scope=["belt"])
    assert catalog.labels() == kept


def test_the_ledger_of_imports(catalog: Catalog) -> None:
    first, second = catalog.start_import("a.csv", "google"), catalog.start_import("b.csv", "table")
    catalog.finish_import(first, '{"rows": 3}')
    newest, oldest = catalog.imports()
    assert (newest.id, newest.source, newest.finished_at, newest.summary) == (second, "b.csv", "", "")
    assert oldest.summary == '{"rows": 3}'
    assert oldest.finished_at >= oldest.started_at > "2000"


def test_readers_go_on_while_batches_are_written(catalog: Catalog) -> None:
    failures: list[Exception] = []
    written = threading.Event()

    def read() -> None:
        try:
            while not written.is_set():
                products = catalog.products(Filter(category="Bulk"), limit=1000)
                assert len(products) % 50 == 0, "half a batch was seen"
        except Exception as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for round_ in range(8):
        with catalog.batch() as batch:
            for number in range(50):
                batch.put_product(Product(f"{round_}-{number}", "Bulk", category="Bulk"))
    written.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert catalog.count(Filter(category="bulk")) == 400


def test_a_full_disk_is_said_and_harms_nothing(catalog: Catalog) -> None:
    def put_many() -> None:
        with catalog.batch() as batch:
            for number in range(2000):
                batch.put_product(Product(str(number), "A long title " * 20))

    event.listen(catalog.engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count=80"))
    catalog.engine.dispose()
    with pytest.raises(StoreError, match="disk is full") as caught:
        put_many()
    assert caught.value.code == "store_full"
    assert catalog.count() == 3
    catalog.ledger.record([Finding("x", "info", "photo", "It goes on.", id="x")], inspection())


def test_a_lock_held_by_another_process_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    with Catalog.open(tmp_path, create=True) as catalog:
        other = sqlite3.connect(tmp_path / "catalog.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="Another process") as caught:
            catalog.start_import("a.csv", "table")
        assert caught.value.code == "store_busy"
        other.close()
        assert catalog.count() == 0


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "catalog.db").write_bytes(os.urandom(8192))
    with pytest.raises(StoreError, match="no database"):
        Catalog.open(tmp_path)


@pytest.mark.parametrize(
    ("version", "safe"),
    [((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
     ((3, 50, 7), True), ((3, 51, 0), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), True)],
)  # fmt: skip
def test_wal_only_where_its_bug_is_fixed(version: tuple[int, int, int], safe: bool) -> None:
    assert database.wal_is_safe(version) is safe


def test_a_commit_reaches_the_disk(catalog: Catalog) -> None:
    with catalog.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        expected = "wal" if database.wal_is_safe(sqlite3.sqlite_version_info) else "delete"
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == expected


def test_money_is_exact(catalog: Catalog) -> None:
    with catalog.batch() as batch:
        price = replace(PRODUCTS[2].price, amount=Decimal("1234567.891234"))  # type: ignore[type-var]
        batch.put_product(replace(PRODUCTS[2], price=price))
    price = catalog.product("mug").price
    assert price is not None
    assert str(price.amount) == "1234567.891234"
    assert str(catalog.product("belt").price.amount) == "99.00"  # type: ignore[union-attr]
