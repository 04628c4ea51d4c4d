"""What an import would do, without doing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoplens.errors import FeedError
from shoplens.feeds.preview import preview
from tests.feeds.samples import write_folder, write_magento, write_table


def test_mapping_rows_and_what_is_left_over(tmp_path: Path) -> None:
    seen = preview(write_magento(tmp_path), rows=2)
    assert seen.detection.origin == "magento"
    assert seen.mapping["photos"] == "base_image+additional_images"
    assert "tax_class_name" not in seen.mapping.values()
    assert {"product_type", "product_websites"} <= set(seen.unmapped)
    assert not {"sku", "base_image", "additional_images"} & set(seen.unmapped)
    assert [row.product.id for row in seen.rows if row.product] == ["T1-S-Red", "T1-M-Red"]


def test_an_override_is_shown_and_used(tmp_path: Path) -> None:
    seen = preview(write_table(tmp_path), mapping={"title": "品牌", "brand": "", "currency": "=CNY"})
    assert seen.mapping["title"] == "品牌"
    assert "brand" not in seen.mapping
    assert "商品名称" in seen.unmapped
    assert {row.product.title for row in seen.rows if row.product} == {"良品"}
    assert {row.product.price.currency for row in seen.rows if row.product and row.product.price} == {"CNY"}


def test_a_folder_has_nothing_left_over(tmp_path: Path) -> None:
    seen = preview(write_folder(tmp_path))
    assert (seen.unmapped, len(seen.rows)) == ((), 4)


def test_a_wrong_column_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="does not have"):
        preview(write_table(tmp_path), mapping={"title": "nope"})
