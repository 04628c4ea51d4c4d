"""Magento 2 product exports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from shoplens.feeds.attribute_name import attribute_name
from shoplens.feeds.category_path import most_specific
from shoplens.feeds.draft import Draft, shown
from shoplens.feeds.duplicates import note_duplicates
from shoplens.feeds.feed import FeedRow, Head
from shoplens.feeds.feed_limits import FeedLimits
from shoplens.feeds.field_map import FieldMap
from shoplens.feeds.record import Record
from shoplens.feeds.signature import Signature
from shoplens.feeds.source import Source

_SIGNATURE = Signature(
    required=(frozenset({"sku"}), frozenset({"product_type", "attribute_set_code"})),
    strong=frozenset(
        {"attribute_set_code", "product_websites", "store_view_code", "base_image", "additional_attributes",
         "configurable_variations", "tax_class_name", "product_online", "url_key", "small_image", "thumbnail_image"}
    ),
    negative=frozenset({"handle", "item_group_id"}),
)  # fmt: skip
_MAPPING = {
    "id": "sku",
    "title": "name",
    "description": "description|short_description",
    "category": "categories",
    "price": "price",
    "sale_price": "special_price",
    "availability": "is_in_stock",
    "photos": "base_image+additional_images",
    "tags": "meta_keywords",
}
# What Magento keeps among the attributes for itself.
_HOUSEKEEPING = frozenset(
    {"has_options", "required_options", "gift_message_available", "tax_class_id", "quantity_and_stock_status"}
)
_PAIR = re.compile(r",(?=[A-Za-z_]\w*=)")
_NO_PHOTO = "no_selection"


@dataclass(slots=True)
class _Families:
    """What has to be known of the whole file before the first row can be read."""

    parents: dict[str, str] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)
    roots: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, source: Source) -> _Families:
        families = cls()
        for record in source.records():
            families.roots.update(path[0] for path in _paths(record.text("categories")))
            variations = record.text("configurable_variations")
            for variation in variations.split("|") if variations else ():
                pairs = _pairs(variation)
                if sku := pairs.pop("sku", ""):
                    families.parents[sku] = record.text("sku")
                    families.options[sku] = pairs
        return families


class MagentoFeed:
    """One product per `sku`; `configurable_variations` names the variants of a configurable product.

    The file is read twice: a variant stands before its parent and does not name it. The currency is the store's and not
    in the file: map it (`currency==EUR`). Rows of a store view are translations and are passed over.

    Args:
        limits: caps on the size of the file and of a row.
    """

    name: Final = "magento"

    def __init__(self, limits: FeedLimits | None = None) -> None:
        self._limits = limits

    def confidence(self, head: Head) -> float:
        """Judge by the header."""
        return _SIGNATURE.confidence(head.columns)

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the columns of the export that are read; `additional_attributes` are read beside them."""
        return FieldMap(_MAPPING, {}, head.columns).fields

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield every row; see `Feed.read`."""
        source = Source.open(path, self._limits)
        fields = FieldMap(_MAPPING, mapping, source.columns, open_ended=source.open_ended)
        return note_duplicates(_rows(source, fields, _Families.of(source), own_categories="category" not in mapping))


def _rows(source: Source, fields: FieldMap, families: _Families, *, own_categories: bool) -> Iterator[FeedRow]:
    for record in source.records():
        if record.broken:
            yield FeedRow(record.number, None, record.problems)
            continue
        draft = fields.draft(record)
        if view := record.text("store_view_code"):
            text = f"A translation for one store view; the row without one is read. Received: {shown(view)}"
            yield draft.reject("store_view_row", "store_view_code", text)
        elif record.text("product_online") == "2":
            yield draft.reject("not_published", "product_online", "The product is disabled in the shop.")
        else:
            if own_categories:
                _categorize(draft, record, families.roots)
            _relate(draft, record, families)
            draft.photos = [photo for photo in draft.photos if photo != _NO_PHOTO]
            yield draft.finish()


def _categorize(draft: Draft, record: Record, roots: set[str]) -> None:
    paths = _paths(record.text("categories"))
    # Every path begins with the store's root category, which says nothing; a hand-made file may leave it out.
    dropped = [path[1:] if path[0].casefold() == "default category" or len(roots) == 1 else path for path in paths]
    draft.category, others = most_specific(dropped)
    draft.tags += others


def _relate(draft: Draft, record: Record, families: _Families) -> None:
    sku = record.text("sku")
    own = {**families.options.get(sku, {}), **_pairs(record.text("additional_attributes"))}
    for raw, value in own.items():
        name = attribute_name(raw)
        if name == "brand" or name == "manufacturer":
            draft.brand = draft.brand or value
        elif name not in _HOUSEKEEPING:
            draft.attributes.setdefault(name, ", ".join(value.split("|")))
    if not draft.group:
        draft.group = sku if record.text("configurable_variations") else families.parents.get(sku, "")


def _paths(text: str) -> list[list[str]]:
    r"""Cut `Default Category/Men/Tops,Default Category/Sale`; Magento writes a slash inside a name as `\/`."""
    paths = ([level.replace("\\/", "/").strip() for level in re.split(r"(?<!\\)/", one)] for one in text.split(","))
    return [levels for path in paths if (levels := [level for level in path if level])]


def _pairs(text: str) -> dict[str, str]:
    """Cut `color=Black,size=XS,climate=Cool|Windy`; a comma is part of a value unless a name follows it."""
    pairs = (pair.partition("=") for pair in _PAIR.split(text))
    return {name.strip(): value.strip().strip('"') for name, sign, value in pairs if sign}
