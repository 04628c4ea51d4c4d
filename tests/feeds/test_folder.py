"""Folders of photos."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shoplens.errors import FeedError
from shoplens.feeds.folder import FolderFeed
from shoplens.feeds.locate import LocalPhoto, PhotoLocator
from tests.feeds.samples import write_folder


def test_paths_become_ids_titles_and_categories(tmp_path: Path) -> None:
    root = write_folder(tmp_path)
    rows = list(FolderFeed().read(root, {}))
    assert [(row.product.id, row.product.title, row.product.category) for row in rows if row.product] == [
        ("mug.webp", "mug", ""),
        ("shirts/blue.png", "blue", "shirts"),
        ("shirts/kids/red_tee-01.jpg", "red tee 01", "shirts > kids"),
    ]
    assert [row.problems[0].code for row in rows if not row.product] == ["not_a_photo"]
    locator = PhotoLocator.for_feed(root)
    for row in rows:
        if row.product:
            assert locator.locate(row.product.photos[0]) == LocalPhoto(root.resolve() / row.product.id)


@pytest.mark.parametrize("name", ["logo.svg", "favicon.ico", "scan.jp2", "scan.jxl"])
def test_drawings_and_icons_are_no_products(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "mug.HEIC").write_bytes(b"x")
    rows = sorted(FolderFeed().read(tmp_path, {}), key=lambda row: row.product is None)
    assert [row.product.id for row in rows if row.product] == ["mug.HEIC"]
    assert [problem.code for problem in rows[1].problems] == ["not_a_photo"]


def test_names_are_taken_whole(tmp_path: Path) -> None:
    names = [
        "red, large.jpg",
        "a&amp;b.jpg",
        "<b>.jpg",
        "cafe\u0301.jpg",
        "50%.jpg",
        "12ab34cd-56ef-7890-abcd-1234567890ab.jpg",
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    rows = list(FolderFeed().read(tmp_path, {}))
    locator = PhotoLocator.for_feed(tmp_path)
    assert sorted(row.product.photos[0] for row in rows if row.product) == sorted(names)
    assert all(isinstance(locator.locate(row.product.photos[0]), LocalPhoto) for row in rows if row.product)
    assert rows[0].product is not None
    assert rows[0].product.title == "12ab34cd-56ef-7890-abcd-1234567890ab"


def test_links_and_undecodable_names_are_rejected(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"x")
    root = tmp_path / "photos"
    root.mkdir()
    (root / "link.jpg").symlink_to(secret)
    (root / "linked").symlink_to(tmp_path)
    Path(os.fsdecode(os.fsencode(root) + b"/\xff.jpg")).write_bytes(b"x")
    rows = list(FolderFeed().read(root, {}))
    assert [row.product for row in rows] == [None, None, None]
    assert [row.problems[0].code for row in rows] == ["photo_forbidden", "photo_forbidden", "name_undecodable"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id\n")
    with pytest.raises(FeedError, match="no folder"):
        FolderFeed().read(path, {})


def test_real_class_folders(shared_data: Path) -> None:
    rows = list(FolderFeed().read(shared_data / "clothing" / "validation", {}))
    assert len(rows) == 341
    assert len({row.product.category for row in rows if row.product}) == 10
    assert not any(row.problems for row in rows)
