"""Everything that live feeds, broken files and unfriendly servers do, in one import: the good goes through."""

from __future__ import annotations

import csv
import http.server
import io
import struct
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shoplens.errors import FeedError
from shoplens.feeds.detect import open_feed
from shoplens.feeds.download import Downloader, DownloadSettings
from shoplens.feeds.importer import Importer
from shoplens.feeds.locate import PhotoLocator
from shoplens.feeds.summary import ImportSummary, Problem
from shoplens.photos.encode import encode
from shoplens.records import Price
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

STOCK = 12


def _jpeg(seed: int, side: int = 48) -> bytes:
    colors = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return encode(np.kron(colors, np.ones((side // 4, side // 4, 1), np.uint8)), "jpeg")


def _png_bomb(side: int) -> bytes:
    """A PNG of a few bytes that claims `side` x `side` pixels and begins to hold them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 + 3 * side) * 20, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _write_photos(folder: Path, outside: Path) -> None:
    ramp = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16
    red = Image.new("RGB", (64, 64), (200, 30, 30))
    frames = [Image.new("RGB", (64, 64), color) for color in ("red", "lime", "blue")]
    files = {
        "good.jpg": _jpeg(1),
        "stock.jpg": _jpeg(2),
        "shared.jpg": _jpeg(3),
        "bomb.png": _png_bomb(30_000),
        "cut.jpg": _jpeg(4, 256)[:-200],
        "text.jpg": b"<!DOCTYPE html><title>404</title>",
        "empty.jpg": b"",
        "really-a-png.jpg": _saved(red, "PNG"),
        "animated.gif": _saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "print.jpg": _saved(Image.new("CMYK", (64, 64), (10, 200, 30, 0)), "JPEG"),
        "deep.png": _saved(Image.fromarray(ramp), "PNG"),
        "vector.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(_jpeg(5))
    (folder / "linked.jpg").symlink_to(outside / "secret.jpg")
    (folder / "linked-folder").symlink_to(outside)


# One item each: the id, the text between <item> and </item> after the id, and the codes of the problems expected.
# The file has no <rss>, no root at all, and no g: namespace; that costs nothing.
ITEMS: list[tuple[str, str, list[str]]] = [
    ("plain", "<title>Plain</title><image_link>good.jpg</image_link>", []),
    # Faults seen in the feeds of live shops
    ("amp", "<title>A</title><link>//s.example/?a=1&b=2</link><image_link>good.jpg</image_link>", ["xml_repaired"]),
    ("twice", "<title>Salt &amp;amp; Pepper</title><image_link>good.jpg</image_link>", []),
    ("dollars", "<title>A</title><price>$2,030</price><image_link>good.jpg</image_link>", []),
    ("shekels", "<title>A</title><price>290 ILS</price><image_link>good.jpg</image_link>", []),
    (
        "promo",
        "<title>A</title><availability>Промо</availability><image_link>good.jpg</image_link>",
        ["availability_unknown"],
    ),
    *(
        (f"77__{size}", f"<title>Shirt</title><item_group_id>77</item_group_id><size>{size}</size>"
         "<image_link>shared.jpg</image_link>", [])
        for size in ("S", "M", "")
    ),
    ("rtl", "<title>חולצה כחולה</title><image_link>good.jpg</image_link>", []),
    *((f"stock-{n}", f"<title>Stock {n}</title><image_link>stock.jpg</image_link>", []) for n in range(STOCK)),
    ("untitled", "<title></title><image_link>good.jpg</image_link>", ["title_missing"]),
    ("priceless", "<title>A</title><price>ask us</price><image_link>good.jpg</image_link>", ["price_unreadable"]),
    ("", "<title>No id</title><image_link>good.jpg</image_link>", ["id_missing"]),
    ("unclosed", "<title>A</titel><image_link>good.jpg</image_link>", ["xml_malformed"]),
    ("plain", "<title>Plain, later</title><image_link>good.jpg</image_link>", ["id_duplicated"]),
    ("=HYPERLINK(\"http://evil.example\")", "<title>=1+1</title><image_link>missing.jpg</image_link>",
     ["photo_not_found"]),
    # Hostile and broken photos
    ("bomb", "<title>A</title><image_link>bomb.png</image_link>", ["photo_too_many_pixels"]),
    ("cut", "<title>A</title><image_link>cut.jpg</image_link>", ["photo_truncated"]),
    ("text", "<title>A</title><image_link>text.jpg</image_link>", ["photo_not_an_image"]),
    ("empty", "<title>A</title><image_link>empty.jpg</image_link>", ["photo_empty"]),
    ("svg", "<title>A</title><image_link>vector.svg</image_link>", ["photo_format"]),
    ("renamed", "<title>A</title><image_link>really-a-png.jpg</image_link>", []),
    ("animated", "<title>A</title><image_link>animated.gif</image_link>", []),
    ("cmyk", "<title>A</title><image_link>print.jpg</image_link>", []),
    ("deep", "<title>A</title><image_link>deep.png</image_link>", []),
    # Ways out of the folder, and into the network
    ("passwd", "<title>A</title><image_link>../../etc/passwd</image_link>", ["photo_forbidden"]),
    ("rooted", "<title>A</title><image_link>/etc/passwd</image_link>", ["photo_not_found"]),
    ("link", "<title>A</title><image_link>linked.jpg</image_link>", ["photo_forbidden"]),
    ("link-folder", "<title>A</title><image_link>linked-folder/secret.jpg</image_link>", ["photo_forbidden"]),
    ("file-url", "<title>A</title><image_link>file:///etc/passwd</image_link>", ["photo_scheme"]),
    ("loopback", "<title>A</title><image_link>http://127.0.0.1:PORT/photo.jpg</image_link>", ["url_forbidden_address"]),
    ("decimal", "<title>A</title><image_link>http://2130706433:PORT/photo.jpg</image_link>",
     ["url_forbidden_address"]),
    ("metadata", "<title>A</title><image_link>http://169.254.169.254/latest/meta-data/</image_link>",
     ["url_forbidden_address"]),
    ("nowhere", "<title>A</title><image_link>https://no-such-host.invalid/a.jpg</image_link>", ["url_unresolvable"]),
    ("last", "<title>Last</title><image_link>good.jpg</image_link>", []),
]  # fmt: skip


class _Server(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        try:
            getattr(self, f"_{self.path.strip('/').partition('.')[0]}")()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _photo(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(_jpeg(9))

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(bytes(1 << 16))

    def _slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.1)

    def _silent(self) -> None:
        time.sleep(2)

    def _inward(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    _Server.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True)
class Imported:
    shop: Shop
    summary: ImportSummary
    seconds: float
    asked: tuple[str, ...]

    def problems(self, row: int) -> list[Problem]:
        return [problem for problem in self.summary.problems if problem.row == row]

    def notes(self, product_id: str) -> tuple[str, ...]:
        return self.shop.catalog.photos(product_id)[0].facts.notes


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Imported]:
    folder = tmp_path_factory.mktemp("feed")
    _write_photos(folder, tmp_path_factory.mktemp("outside") / "private")
    text = "\n".join(f"<item><id>{name}</id>{rest}</item>" for name, rest, _ in ITEMS)
    feed = folder / "feed.xml"
    feed.write_text(text.replace("PORT", str(port)), encoding="utf-8")
    home = tmp_path_factory.mktemp("shop")
    write_setting(home / SETTINGS_FILE, "model", "none")
    with Shop.open(home, create=True) as shop:
        started = time.monotonic()
        summary = shop.import_catalog(feed)
        yield Imported(shop, summary, time.monotonic() - started, tuple(_Server.asked))


def test_every_fault_gets_its_code_at_its_row_and_nothing_else_does(imported: Imported) -> None:
    found = [[problem.code for problem in imported.problems(row)] for row in range(1, len(ITEMS) + 1)]
    assert dict(zip(_names(), found, strict=True)) == dict(zip(_names(), (codes for *_, codes in ITEMS), strict=True))
    assert sum(imported.summary.problem_counts.values()) == len(imported.summary.problems)
    for problem in imported.summary.problems:
        assert problem.message.endswith(".") or "Received: " in problem.message, problem


def _names() -> list[str]:
    return [f"{row}: {name}" for row, (name, _, _) in enumerate(ITEMS, 1)]


def test_every_row_has_a_status_and_the_good_ones_are_in_the_shop(imported: Imported) -> None:
    rejected = [codes for _, _, codes in ITEMS if {"id_missing", "xml_malformed"} & set(codes)]
    ids = {name for name, _, codes in ITEMS if codes not in rejected}
    assert imported.summary.rows["rejected"] == len(rejected) == 2
    assert sum(imported.summary.rows.values()) == len(ITEMS)
    assert set(imported.shop.catalog.product_ids()) == ids
    assert imported.seconds < 30


def test_what_live_feeds_mean_is_understood(imported: Imported) -> None:
    catalog = imported.shop.catalog
    assert catalog.product("amp").link == "//s.example/?a=1&b=2"
    assert catalog.product("twice").title == "Salt & Pepper"
    assert catalog.product("dollars").price == Price(Decimal(2030), "USD")
    assert catalog.product("shekels").price == Price(Decimal(290), "ILS")
    assert catalog.product("promo").availability == "in_stock"
    assert catalog.product("plain").title == "Plain, later"
    assert [product.id for product in catalog.listing("77")] == ["77__", "77__M", "77__S"]
    assert dict(catalog.product("77__").attributes) == {}
    assert [match.product.id for match in imported.shop.search_text("כחולה")] == ["rtl"]


def test_a_stock_picture_of_many_products_is_one_photo_and_finds_them_all(imported: Imported) -> None:
    shop = imported.shop
    (sha256,) = {photo.sha256 for n in range(STOCK) for photo in shop.catalog.photos(f"stock-{n}")}
    found = shop.search(_jpeg(2), limit=STOCK).matches
    assert {match.product.id for match in found} == {f"stock-{n}" for n in range(STOCK)}
    assert {match.photo for match in found} == {sha256}


def test_odd_but_readable_photos_are_read_on_purpose(imported: Imported) -> None:
    assert "wrong_extension" in imported.notes("renamed")
    assert "first_frame" in imported.notes("animated")
    assert "cmyk_converted" in imported.notes("cmyk")
    assert "reduced_to_8_bit" in imported.notes("deep")
    assert imported.summary.photos["embedded"] == len({"good", "stock", "shared", "renamed", "gif", "cmyk", "deep"})


def test_nothing_inside_the_network_was_asked_and_nothing_outside_the_folder_read(imported: Imported) -> None:
    assert imported.asked == ()
    for name in ("passwd", "rooted", "link", "link-folder", "file-url", "loopback", "decimal", "metadata"):
        assert imported.shop.catalog.photos(name) == []


def test_the_report_lists_every_problem_and_no_cell_is_a_formula(imported: Imported) -> None:
    with imported.summary.report.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(int(line["row"]), line["code"]) for line in lines if line["code"]] == [
        (row, code) for row, (_, _, codes) in enumerate(ITEMS, 1) for code in codes
    ]
    assert not [cell for line in lines for cell in line.values() if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert any(line["product"].startswith("'=HYPERLINK") for line in lines)


def test_a_second_import_says_the_same(imported: Imported) -> None:
    again = imported.shop.import_catalog(Path(imported.summary.source))
    assert again.problem_counts == imported.summary.problem_counts
    # The URLs may answer now, so the rows are read again; the id that comes twice is written by the later row.
    assert again.rows["added"] == 0
    assert again.photos["embedded"] == 0


def _url_feed(folder: Path, port: int, names: list[str]) -> Path:
    rows = [f"{name}\tA\thttp://127.0.0.1:{port}/{name}" for name in names]
    (folder / "feed.tsv").write_text("\n".join(["id\ttitle\timage_link", *rows]))
    return folder / "feed.tsv"


def test_a_server_in_house_is_asked_once_it_is_allowed_and_an_endless_photo_is_cut_off(
    tmp_path: Path, port: int
) -> None:
    feed = _url_feed(tmp_path, port, ["photo.jpg", "endless.jpg", "inward.jpg"])
    write_setting(tmp_path / SETTINGS_FILE, "model", "none")
    write_setting(tmp_path / SETTINGS_FILE, "allow_private_urls", True)
    with Shop.open(tmp_path, create=True) as shop:
        summary = shop.import_catalog(feed)
        assert [(problem.row, problem.code) for problem in summary.problems] == [
            (3, "url_too_large"),
            (4, "url_forbidden_address"),
        ]
        assert shop.search(_jpeg(9)).matches[0].product.id == "photo.jpg"


def test_slow_and_silent_servers_cost_a_bounded_time(tmp_path: Path, port: int) -> None:
    feed = _url_feed(tmp_path, port, ["slow.jpg", "silent.jpg", "photo.jpg"])
    write_setting(tmp_path / SETTINGS_FILE, "model", "none")
    settings = DownloadSettings(allow_private=True, timeout_s=0.5, total_s=1.5, retries=1, backoff_s=0.01)
    with Shop.open(tmp_path, create=True) as shop, Downloader(settings) as downloader:
        reader, detection = open_feed(feed)
        started = time.monotonic()
        summary = Importer(shop.catalog, shop.embedder, downloader).run(
            reader.read(feed, {}),
            source=str(feed),
            origin=detection.origin,
            locate=PhotoLocator.for_feed(feed).locate,
        )
        assert time.monotonic() - started < 15
        assert [(problem.row, problem.code) for problem in summary.problems] == [(2, "url_timeout"), (3, "url_timeout")]
        assert shop.search(_jpeg(9)).matches[0].product.id == "photo.jpg"


def test_a_feed_that_is_an_attack_as_a_whole_changes_nothing(imported: Imported, tmp_path: Path) -> None:
    revision = imported.shop.catalog.revision()
    lol = "".join(f'<!ENTITY l{n} "&l{n - 1};&l{n - 1};">' for n in range(1, 30))
    (tmp_path / "lol.xml").write_text(f'<!DOCTYPE rss [<!ENTITY l0 "lol">{lol}]><rss><item><id>&l29;</id></item></rss>')
    (tmp_path / "picture.csv").write_bytes(_jpeg(1))
    (tmp_path / "empty.csv").touch()
    for name in ("lol.xml", "picture.csv", "empty.csv", "missing.csv"):
        with pytest.raises(FeedError, match=r"Received|entities"):
            imported.shop.import_catalog(tmp_path / name)
    assert imported.shop.catalog.revision() == revision
