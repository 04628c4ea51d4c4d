"""What every reader of catalogues promises, whatever it reads."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path

import pytest

from shoplens import plugins
from shoplens.errors import FeedError
from shoplens.feeds.detect import open_feed, read_head
from shoplens.feeds.feed import Feed, FeedRow
from tests.feeds.samples import WRITERS

FILES = sorted(name for name in WRITERS if name != "folder")


@pytest.fixture(params=sorted(WRITERS))
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Feed, Path]:
    origin, write = WRITERS[request.param]
    return plugins.load("feed", origin)(), write(tmp_path)


def test_every_registered_reader_is_under_this_contract() -> None:
    assert {origin for origin, _ in WRITERS.values()} == set(plugins.names("feed"))


def test_a_reader_knows_its_own_and_is_surer_than_any_other(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    head = read_head(path)
    marks = {name: plugins.load("feed", name)().confidence(head) for name in plugins.names("feed")}
    assert all(0.0 <= mark <= 1.0 for mark in marks.values())
    assert max(marks, key=lambda name: marks[name]) == feed.name
    assert sorted(marks.values())[-1] > sorted(marks.values())[-2]


def test_rows_are_numbered_named_and_sound(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    rows = list(feed.read(path, {}))
    numbers = [row.number for row in rows]
    products = [row.product for row in rows if row.product]
    assert products
    assert numbers[0] >= 1
    assert all(row.problems for row in rows if row.product is None)
    assert len({product.id for product in products}) == len(products)
    for product in products:
        for text in (product.id, product.title, product.description, product.category):
            assert text == unicodedata.normalize("NFC", text).strip()
        assert product.title
        assert not any(level.strip() == "" for level in product.category.split(" > ")) or product.category == ""


def test_a_group_that_has_a_parent_row_is_named_by_its_id(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    products = {row.product.id: row.product for row in feed.read(path, {}) if row.product}
    for product in products.values():
        if product.group in products:
            assert products[product.group].group == product.group


def test_the_mapping_names_columns_of_the_source(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    head = read_head(path)
    mapping = feed.mapping(head)
    assert {"id", "photos"} <= set(mapping)
    if head.columns:
        for text in mapping.values():
            assert set(text.replace("|", "+").split("+")) <= set(head.columns)


def test_reading_twice_gives_the_same(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    assert list(feed.read(path, {})) == list(feed.read(path, {}))


def test_a_constant_and_an_empty_mapping_win_over_the_columns(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    mapping = {"brand": "=Zeta", "description": "", "season": "=winter"}
    products = [row.product for row in feed.read(path, mapping) if row.product]
    assert {product.attributes["season"] for product in products} == {"winter"}
    assert {product.brand for product in products} == {"Zeta"}
    assert {product.description for product in products} == {""}


def test_a_field_that_is_no_name_is_refused(sample: tuple[Feed, Path]) -> None:
    feed, path = sample
    with pytest.raises(FeedError, match="must name a field"):
        list(feed.read(path, {"two words": "x"}))


def test_a_missing_source_is_a_feed_error(sample: tuple[Feed, Path], tmp_path: Path) -> None:
    feed, _ = sample
    with pytest.raises(FeedError):
        list(feed.read(tmp_path / "nowhere.csv", {}))


@pytest.mark.parametrize("name", FILES)
def test_damaged_bytes_never_stop_a_reader(name: str, tmp_path: Path) -> None:
    origin, write = WRITERS[name]
    feed = plugins.load("feed", origin)()
    whole = write(tmp_path).read_bytes()
    chance = random.Random(7)
    path = tmp_path / "damaged"
    for _ in range(60):
        path.write_bytes(_damaged(whole, chance))
        try:
            rows: list[FeedRow] = list(feed.read(path, {}))
        except FeedError:
            continue
        assert all(row.problems for row in rows if row.product is None)
        assert all(row.product.id for row in rows if row.product)


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            del data[at : at + chance.randint(1, 40)]
        elif kind == 1:
            data[at:at] = chance.choice(
                (b'"', b"<", b"&", b"\x00", b"\xff\xfe", b"\n", b",", b"\t", b"]]>", b"{", b"\r", b"\\")
            )
        elif kind == 2 and at < len(data):
            data[at] = chance.randrange(256)
        else:
            data[at:at] = data[: chance.randint(0, 200)]
        data = data or bytearray(b"x")
    return bytes(data)


@pytest.mark.parametrize("name", FILES)
def test_detection_opens_what_the_reader_reads(name: str, tmp_path: Path) -> None:
    origin, write = WRITERS[name]
    path = write(tmp_path)
    feed, detection = open_feed(path)
    assert (feed.name, detection.origin) == (origin, origin)
    assert detection.candidates[0] == (origin, detection.confidence)
    assert origin in detection.reason
