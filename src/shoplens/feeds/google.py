"""Google Merchant feeds: TSV, RSS and Atom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from shoplens.feeds.duplicates import note_duplicates
from shoplens.feeds.feed import FeedRow, Head
from shoplens.feeds.feed_limits import FeedLimits
from shoplens.feeds.field_map import FieldMap
from shoplens.feeds.signature import Signature
from shoplens.feeds.source import Source

_SIGNATURE = Signature(
    required=(frozenset({"id"}), frozenset({"title"})),
    strong=frozenset(
        {"image_link", "additional_image_link", "lifestyle_image_link", "item_group_id", "google_product_category",
         "identifier_exists", "custom_label_0", "age_group", "sale_price_effective_date", "mpn", "gtin", "condition",
         "product_type"}
    ),
    negative=frozenset({"handle", "attribute_set_code", "body_html", "variants", "published", "post_id"}),
)  # fmt: skip
_ATTRIBUTES = (
    "color", "size", "gender", "age_group", "material", "pattern", "condition", "gtin", "mpn", "size_type",
    "size_system", "custom_label_0", "custom_label_1", "custom_label_2", "custom_label_3", "custom_label_4",
)  # fmt: skip
_MAPPING = {
    "id": "id",
    "title": "title",
    "description": "description",
    "category": "product_type|google_product_category",
    "brand": "brand",
    "price": "price",
    "sale_price": "sale_price",
    "availability": "availability",
    "group": "item_group_id",
    "link": "link",
    "photos": "image_link+additional_image_link+lifestyle_image_link",
    **{name: name for name in _ATTRIBUTES},
}


class GoogleFeed:
    """Google's product data specification; the shop's own `product_type` is preferred to Google's category.

    Rows that share `item_group_id` are variants; there is no row for the parent.

    Args:
        limits: caps on the size of the file and of an item.
    """

    name: Final = "google"

    def __init__(self, limits: FeedLimits | None = None) -> None:
        self._limits = limits

    def confidence(self, head: Head) -> float:
        """Judge by the header, or by the names in the first items."""
        return _SIGNATURE.confidence(head.columns)

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the columns of the specification that the feed has."""
        return FieldMap(_MAPPING, {}, head.columns).fields

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield every row; see `Feed.read`."""
        source = Source.open(path, self._limits)
        fields = FieldMap(_MAPPING, mapping, source.columns, open_ended=source.open_ended)
        return note_duplicates(
            FeedRow(record.number, None, record.problems) if record.broken else fields.draft(record).finish()
            for record in source.records()
        )
