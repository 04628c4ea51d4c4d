"""Which origin a source is taken for."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplens.errors import FeedError, UnknownName
from shoplens.feeds.detect import open_feed
from tests.feeds.samples import WRITERS, write_folder, write_magento


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_every_origin_is_told_with_its_reason(name: str, tmp_path: Path) -> None:
    origin, write = WRITERS[name]
    feed, detection = open_feed(write(tmp_path))
    assert (feed.name, detection.origin) == (origin, origin)
    assert detection.confidence == detection.candidates[0][1] >= 0.4
    assert len(detection.candidates) == 6


def test_the_reason_names_columns(tmp_path: Path) -> None:
    _, detection = open_feed(write_magento(tmp_path))
    assert "columns are those of magento: sku, name" in detection.reason
    _, detection = open_feed(write_folder(tmp_path))
    assert detection.reason == "It is a folder: every photo in it is a product."


def test_the_user_may_know_better(tmp_path: Path) -> None:
    feed, detection = open_feed(write_magento(tmp_path), "table")
    assert (feed.name, detection.origin, detection.confidence) == ("table", "table", 1.0)
    assert detection.candidates[0][0] == "magento"


def test_an_unknown_origin_lists_the_choices(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="folder, google, magento, shopify, table, woocommerce"):
        open_feed(write_magento(tmp_path), "prestashop")


def test_an_unknown_table_lists_its_columns_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("alpha,beta\n1,2\n")
    with pytest.raises(FeedError, match=r"alpha, beta.*--map id=COLUMN") as caught:
        open_feed(path)
    assert caught.value.code == "feed_unknown"


def test_a_table_with_googles_weak_names_alone_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,title,price,image\n1,A,5,a.jpg\n")
    assert open_feed(path)[1].origin == "table"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="cannot be read"):
        open_feed(tmp_path / "none.csv")
