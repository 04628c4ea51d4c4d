from __future__ import annotations

import csv
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shoplens.catalog.filter import Filter
from shoplens.catalog.store import Catalog
from shoplens.errors import FeedError, StoreError
from shoplens.feeds.detect import open_feed
from shoplens.feeds.download import Downloader, DownloadSettings
from shoplens.feeds.feed import FeedRow, RowProblem
from shoplens.feeds.fingerprint import source_fingerprint
from shoplens.feeds.importer import ImportSettings, ImportSummary, Progress
from shoplens.records import Price
from tests.feeds.drawn_catalogue import ROOMY, CountingEmbedder, bring_in, draw, row


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "shop", create=True) as catalog:
        yield catalog


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, name in enumerate(["red.jpg", "blue.jpg", "green.jpg"]):
        draw(tmp_path / "photos" / name, number)
    return tmp_path / "photos"


ROWS = [
    row(2, "shirt-s", "red.jpg", "blue.jpg"),
    row(3, "shirt-m", "red.jpg", "blue.jpg"),
    row(4, "mug", "green.jpg"),
    row(5, "gift card"),
]


def test_a_photo_of_several_products_is_decoded_and_embedded_once(catalog: Catalog, photos: Path) -> None:
    embedder = CountingEmbedder()
    summary = bring_in(catalog, ROWS, photos, embedder=embedder)
    assert summary.rows == {"added": 4, "updated": 0, "unchanged": 0, "rejected": 0}
    assert summary.photos == {"embedded": 3, "known": 0, "failed": 0}
    assert embedder.embedded == 3
    assert [photo.reference for photo in catalog.photos("shirt-m")] == ["red.jpg", "blue.jpg"]
    assert catalog.photos("mug")[0].path == photos / "green.jpg"
    assert len(catalog.embeddings(embedder.id)[0]) == 3
    assert catalog.product("mug") == ROWS[2].product


def test_a_second_import_changes_nothing(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    before, size = catalog.revision(), (catalog.folder / "catalog.db").stat().st_size
    embedder = CountingEmbedder()
    summary = bring_in(catalog, ROWS, photos, embedder=embedder)
    assert summary.rows["unchanged"] == 4
    assert summary.photos == {"embedded": 0, "known": 3, "failed": 0}
    assert embedder.embedded == 0
    assert catalog.revision() == before
    assert (catalog.folder / "catalog.db").stat().st_size == size


def test_only_what_changed_is_done(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    draw(photos / "red.jpg", 77)
    os.utime(photos / "green.jpg", ns=(1, 1))
    embedder = CountingEmbedder()
    changed = [*ROWS[:3], row(5, "gift card", title="Gift Card"), row(6, "lamp", "blue.jpg")]
    summary = bring_in(catalog, changed, photos, embedder=embedder)
    assert summary.rows == {"added": 1, "updated": 3, "unchanged": 1, "rejected": 0}
    assert summary.photos == {"embedded": 1, "known": 2, "failed": 0}
    assert embedder.embedded == 1
    assert catalog.references(["green.jpg"])["green.jpg"].mtime_ns == 1
    assert catalog.search_text("lamp")[0][0] == "lamp"


def test_the_same_bytes_under_two_names_are_one_photo(catalog: Catalog, photos: Path) -> None:
    (photos / "copy.jpg").write_bytes((photos / "red.jpg").read_bytes())
    embedder = CountingEmbedder()
    rows = [row(2, "a", "red.jpg", "copy.jpg", "blue.jpg"), row(3, "b", "copy.jpg")]
    bring_in(catalog, rows, photos, embedder=embedder)
    assert embedder.embedded == 2
    assert [photo.reference for photo in catalog.photos("a")] == ["red.jpg", "blue.jpg"]
    assert catalog.photos("b")[0].sha256 == catalog.photos("a")[0].sha256
    assert bring_in(catalog, rows, photos).rows["unchanged"] == 2


def test_bad_rows_and_photos_are_listed_with_row_and_reason_and_stop_nothing(catalog: Catalog, photos: Path) -> None:
    (photos / "text.jpg").write_text("no picture")
    (photos / "empty.jpg").touch()
    (photos / "cut.jpg").write_bytes((photos / "red.jpg").read_bytes()[:300])
    nan = replace(row(5, " =nan").product, price=Price(Decimal("NaN"), "USD"))  # type: ignore[type-var]
    rows = [
        FeedRow(2, None, (RowProblem("price_unreadable", "price", "Received: '=1+1'"),)),
        row(3, "=SUM(A1)", "red.jpg", "text.jpg", "empty.jpg", "missing.jpg", "cut.jpg", "../../etc/passwd"),
        replace(row(4, "odd", "text.jpg"), problems=(RowProblem("brand_long", "brand", "Cut."),)),
        FeedRow(5, nan),
        row(6, "lone \ud800"),
        row(7, "good", "blue.jpg"),
    ]
    summary = bring_in(catalog, rows, photos)
    assert summary.rows == {"added": 3, "updated": 0, "unchanged": 0, "rejected": 3}
    assert summary.photos == {"embedded": 2, "known": 0, "failed": 5}
    listed = {(problem.row, problem.reference, problem.code) for problem in summary.problems}
    assert (2, "", "price_unreadable") in listed
    assert (3, "empty.jpg", "photo_empty") in listed
    assert (3, "text.jpg", "photo_not_an_image") in listed
    assert (3, "missing.jpg", "photo_not_found") in listed
    assert (3, "../../etc/passwd", "photo_forbidden") in listed
    assert (4, "text.jpg", "photo_not_an_image") in listed
    assert (4, "", "brand_long") in listed
    assert {number for number, _, code in listed if code == "bad_input"} == {5, 6}
    assert [photo.reference for photo in catalog.photos("=SUM(A1)")] == ["red.jpg"]
    with summary.report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert len([line for line in lines if line["row"] == "3"]) == 5
    assert {line["product"] for line in lines if line["row"] == "3"} == {"'=SUM(A1)"}
    assert {line["product"] for line in lines if line["row"] == "5"} == {"' =nan"}
    assert {line["status"] for line in lines if line["row"] in ("2", "5", "6")} == {"rejected"}
    assert [line["status"] for line in lines if line["row"] == "7"] == ["added"]
    saved = json.loads(summary.report.with_suffix(".json").read_text())
    assert saved["rows"] == dict(summary.rows)
    assert saved["problem_counts"]["photo_not_an_image"] == 2
    assert json.loads(catalog.imports()[0].summary)["photos"] == dict(summary.photos)


def test_a_broken_photo_is_not_read_again_until_it_is_mended(catalog: Catalog, photos: Path) -> None:
    (photos / "later.jpg").write_text("no picture")
    rows = [row(2, "a", "later.jpg")]
    bring_in(catalog, rows, photos)
    again = bring_in(catalog, rows, photos)
    assert (again.rows["unchanged"], again.photos["failed"], again.problems[0].code) == (1, 1, "photo_not_an_image")
    draw(photos / "later.jpg", 5)
    mended = bring_in(catalog, rows, photos)
    assert (mended.rows["updated"], mended.photos["embedded"], mended.problems) == (1, 1, ())
    assert len(catalog.photos("a")) == 1


def test_products_that_the_source_lost_are_retired_with_sync_only(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    assert bring_in(catalog, ROWS[1:], photos).retired == 0
    summary = bring_in(catalog, ROWS[1:], photos, sync=True)
    assert (summary.retired, summary.kept) == (1, 0)
    assert "shirt-s" not in catalog.product_ids()
    assert bring_in(catalog, ROWS, photos).rows["updated"] == 1
    assert "shirt-s" in catalog.product_ids()


def test_sync_does_not_empty_a_shop_unasked(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    summary = bring_in(catalog, ROWS[:1], photos, sync=True)
    assert (summary.retired, summary.kept, summary.problems[-1].code) == (0, 3, "sync_refused")
    assert catalog.count() == 4
    assert bring_in(catalog, ROWS[:1], photos, sync=True, force=True).retired == 3
    assert bring_in(catalog, [], photos, sync=True).kept == 1
    assert catalog.product_ids() == ["shirt-s"]


def test_a_source_that_breaks_off_keeps_its_rows_and_retires_nothing(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)

    def breaking() -> Iterator[FeedRow]:
        yield row(2, "new", "red.jpg")
        raise FeedError("The file ends in the middle of a row.")

    with pytest.raises(FeedError):
        bring_in(catalog, breaking(), photos, sync=True, force=True)
    assert catalog.product_ids() == ["gift card", "mug", "new", "shirt-m", "shirt-s"]
    note = json.loads(catalog.imports()[0].summary)
    assert note["error"]["code"] == "feed_unreadable"
    assert note["rows"]["added"] == 1


def test_a_new_embedder_gets_the_vectors_of_every_photo(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    newer = CountingEmbedder("newer")
    summary = bring_in(catalog, ROWS[2:], photos, embedder=newer)
    assert (summary.rows["unchanged"], summary.photos["embedded"], summary.filled) == (2, 1, 2)
    assert newer.embedded == 3
    assert sorted(catalog.embeddings(newer.id)[0]) == sorted(catalog.embeddings(CountingEmbedder().id)[0])


def test_photos_that_moved_are_found_again_without_decoding(catalog: Catalog, photos: Path) -> None:
    bring_in(catalog, ROWS, photos)
    moved = photos.rename(photos.parent / "elsewhere")
    embedder = CountingEmbedder()
    summary = bring_in(catalog, ROWS, moved, embedder=embedder)
    assert (summary.rows["unchanged"], embedder.embedded) == (4, 0)
    assert catalog.photos("mug")[0].path == moved / "green.jpg"
    assert catalog.photos("mug")[0].path.is_file()


@pytest.mark.parametrize("settings", [replace(ROOMY, chunk_rows=1), replace(ROOMY, chunk_photos=1, threads=1)])
def test_chunks_do_not_change_the_result(
    tmp_path: Path, catalog: Catalog, photos: Path, settings: ImportSettings
) -> None:
    rows = [*ROWS, row(6, "mug", "red.jpg", title="A later row of the same id")]
    bring_in(catalog, rows, photos)
    with Catalog.open(tmp_path / "other", create=True) as other:
        summary = bring_in(other, rows, photos, settings)
        assert sum(summary.rows.values()) == 5
        assert sum(summary.photos.values()) == 3
        assert other.products() == catalog.products()
        assert other.photo_links() == catalog.photo_links()
    assert catalog.product("mug").title == "A later row of the same id"


def test_progress_counts_what_is_committed(catalog: Catalog, photos: Path) -> None:
    seen: list[tuple[Progress, int]] = []
    settings = replace(ROOMY, chunk_rows=2)
    bring_in(catalog, ROWS, photos, settings, progress=lambda progress: seen.append((progress, catalog.count())))
    assert [(progress.rows, progress.photos, committed) for progress, committed in seen] == [(2, 2, 2), (4, 3, 4)]
    assert seen[-1][0].photos_per_second > 0
    assert seen[-1][0].seconds_left is None


def test_a_long_import_counts_its_rows_and_tells_the_time_left(catalog: Catalog, photos: Path) -> None:
    counted = threading.Event()
    seen: list[Progress] = []

    def again() -> Iterator[FeedRow]:
        yield from ROWS
        counted.set()

    def watch(progress: Progress) -> None:
        seen.append(progress)
        assert counted.wait(10)

    settings = replace(ROOMY, chunk_rows=1, count_after_s=0.0)
    bring_in(catalog, ROWS, photos, settings, again=again, progress=watch)
    assert seen[2].total_rows == 4
    assert seen[2].seconds_left > 0  # type: ignore[operator]
    assert seen[3].seconds_left == 0


def test_an_import_stops_before_the_disk_is_full(catalog: Catalog, photos: Path) -> None:
    with pytest.raises(StoreError, match="GB left") as caught:
        bring_in(catalog, ROWS, photos, replace(ROOMY, min_free_bytes=1 << 60))
    assert caught.value.code == "store_full"
    assert catalog.count() == 0
    assert catalog.imports() == []


class _Server(BaseHTTPRequestHandler):
    """Serves photos with an ETag; `broken` ones answer 404."""

    files: dict[str, bytes]
    sent: list[tuple[str, int]]

    def do_GET(self) -> None:
        data = self.files.get(self.path)
        etag = f'"{hash(data)}"'
        status = 404 if data is None else 304 if self.headers.get("If-None-Match") == etag else 200
        self.sent.append((self.path, status))
        self.send_response(status)
        self.send_header("ETag", etag)
        body = data if status == 200 and data else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    _Server.files, _Server.sent = {}, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_photos_of_urls_are_kept_and_asked_for_again_politely(
    catalog: Catalog, photos: Path, server: ThreadingHTTPServer
) -> None:
    url = f"http://127.0.0.1:{server.server_port}"
    _Server.files = {"/a.jpg": (photos / "red.jpg").read_bytes(), "/b": (photos / "blue.jpg").read_bytes()}
    rows = [row(2, "a", f"{url}/a.jpg", "green.jpg"), row(3, "b", f"{url}/b", f"{url}/a.jpg"), row(4, "c", f"{url}/c")]
    settings = DownloadSettings(allow_private=True, retries=0)
    with Downloader(settings) as downloader:
        first = bring_in(catalog, rows, photos, downloader=downloader)
        assert first.photos == {"embedded": 3, "known": 0, "failed": 1}
        assert [(problem.row, problem.reference) for problem in first.problems] == [(4, f"{url}/c")]
        path = catalog.photos("a")[0].path
        assert path.read_bytes() == _Server.files["/a.jpg"]
        sha256 = catalog.photos("a")[0].sha256
        assert path == catalog.folder / "photos" / sha256[:2] / f"{sha256}.jpg"

        _Server.sent.clear()
        again = bring_in(catalog, rows, photos, downloader=downloader)
        assert sorted(_Server.sent) == [("/a.jpg", 304), ("/b", 304), ("/c", 404)]
        assert (again.rows["unchanged"], again.photos["known"]) == (3, 3)

        newer = CountingEmbedder("newer")
        assert bring_in(catalog, rows, photos, downloader=downloader, embedder=newer).photos["embedded"] == 3

        del _Server.files["/a.jpg"]
        gone = bring_in(catalog, rows, photos, downloader=downloader)
        assert (gone.rows["unchanged"], gone.photos["failed"]) == (3, 2)
        assert catalog.photos("a")[0].sha256 == sha256  # a photo that once was there outlives a missing answer
    assert len(list((catalog.folder / "photos").rglob("*.*"))) == 2


def test_the_same_source_again_is_not_even_read(catalog: Catalog, photos: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_text("id,title")
    (photos / "bad.jpg").write_text("no picture")
    rows = [*ROWS, FeedRow(6, None, (RowProblem("id_missing", "id", "No id."),)), row(7, "vase", "bad.jpg")]
    read: list[int] = []

    def reading() -> Iterator[FeedRow]:
        for one in rows:
            read.append(one.number)
            yield one

    def again(**options: object) -> ImportSummary:
        read.clear()
        fingerprint = source_fingerprint(feed, "table", {}, photos)
        return bring_in(catalog, reading(), photos, fingerprint=fingerprint, **options)  # type: ignore[arg-type]

    first = again()
    assert len(read) == 6
    for _ in range(2):
        second = again()
        assert read == []
        assert second.rows == {"added": 0, "updated": 0, "unchanged": 5, "rejected": 1}
        assert second.photos == {"embedded": 0, "known": 3, "failed": 1}
        assert (second.problems, second.problem_counts) == (first.problems, first.problem_counts)
        assert second.report != first.report
        with second.report.open(encoding="utf-8-sig", newline="") as file:
            listed = [(line["row"], line["status"]) for line in csv.DictReader(file)]
        assert listed == [("6", "rejected"), ("7", "unchanged")]

    draw(photos / "red.jpg", 50)
    assert (again().rows["updated"], len(read)) == (2, 6)
    assert (again(sync=True).rows["unchanged"], len(read)) == (5, 6)
    assert (again(sync=True).rows["unchanged"], len(read)) == (5, 0)
    assert (again(embedder=CountingEmbedder("newer")).photos["embedded"], len(read)) == (3, 6)
    feed.write_text("id,title,price")
    assert (again(embedder=CountingEmbedder("newer")).rows["unchanged"], len(read)) == (5, 6)
    catalog.start_import("other.csv", "table")
    assert (again(embedder=CountingEmbedder("newer")).rows["unchanged"], len(read)) == (5, 6)


def test_a_folder_has_no_fingerprint(photos: Path) -> None:
    assert source_fingerprint(photos, "folder", {}, None) == ""


def test_urls_fail_without_a_downloader(catalog: Catalog, photos: Path) -> None:
    summary = bring_in(catalog, [row(2, "a", "https://shop.example/a.jpg")], photos)
    assert [problem.code for problem in summary.problems] == ["url_not_fetched"]


def test_luma_is_imported_and_a_second_time_nothing_happens(catalog: Catalog, shared_data: Path) -> None:
    source = shared_data / "catalogue-feeds" / "magento2" / "luma-products.csv"
    feed, detection = open_feed(source)
    assert detection.origin == "magento"
    images = shared_data / "magento2-luma" / "images"
    first = bring_in(catalog, feed.read(source, {}), images)
    assert first.rows == {"added": 1994, "updated": 0, "unchanged": 0, "rejected": 0}
    assert (first.photos["embedded"] + first.photos["known"], first.photos["failed"]) == (675, 0)
    second = bring_in(catalog, feed.read(source, {}), images)
    assert second.rows["unchanged"] == 1994
    assert second.photos["known"] == 675
    assert {found for found, _ in catalog.search_text("hoodie", Filter(attributes={"color": "Black"}), 500)}
