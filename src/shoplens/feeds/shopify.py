"""Shopify exports: the products CSV, and products.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Final

from shoplens.feeds.attribute_name import attribute_name
from shoplens.feeds.draft import Draft, shown
from shoplens.feeds.duplicates import note_duplicates
from shoplens.feeds.feed import FeedRow, Head
from shoplens.feeds.feed_limits import FeedLimits
from shoplens.feeds.field_map import FieldMap
from shoplens.feeds.prices import amount_of
from shoplens.feeds.record import Record
from shoplens.feeds.shopify_json import SHOPIFY_JSON_COLUMNS, shopify_json_records
from shoplens.feeds.signature import Signature
from shoplens.feeds.source import Source

_SIGNATURE = Signature(
    required=(frozenset({"handle", "url_handle"}), frozenset({"title"})),
    strong=frozenset(
        {"body_(html)", "body_html", "vendor", "variant_sku", "variant_price", "image_src", "image_position",
         "option1_name", "option1_value", "product_image_url", "variant_image", "variants",
         "published_on_online_store"}
    ),
)  # fmt: skip
_MAPPING = {
    "id": "Variant SKU|SKU",
    "title": "Title",
    "description": "Body (HTML)|Description",
    "category": "Product Category|Type",
    "brand": "Vendor",
    "price": "Variant Price|Price",
    "group": "Handle|URL handle",
    "tags": "Tags",
    "photos": "Image Src|Product image URL",
    "gtin": "Variant Barcode|Barcode",
    "gender": "Google Shopping / Gender",
    "age_group": "Google Shopping / Age Group",
    "condition": "Google Shopping / Condition",
}
# Read to decide on a row; no attributes of the product.
_FACTS = {
    "photo": "Variant Image|Variant image URL",
    "compare_at": "Variant Compare At Price|Compare-at price",
    "published": "Published|Published on online store",
    "status": "Status",
    "stock": "Variant Inventory Qty|Inventory quantity",
    "tracker": "Variant Inventory Tracker|Inventory tracker",
    "policy": "Variant Inventory Policy|Continue selling when out of stock",
    "available": "Variant Available",
    "position": "Image Position",
    **{f"option{number}_{part}": f"Option{number} {part}" for number in (1, 2, 3) for part in ("name", "value")},
}
_HIDDEN = frozenset({"draft", "archived", "unlisted"})
_FIRST = frozenset({"", "default title"})


class ShopifyFeed:
    """Rows that follow each other with one `Handle` are one article: its variants, and further photos.

    An article with several variants becomes a parent (id and group are the handle) that carries the photos and the
    lowest price, and a product per variant, whose photo is `Variant Image` alone. An article with one variant is one
    product. The id of a variant is its SKU, or where there is none the handle with its options. The currency is the
    shop's and not in the file: map it (`currency==EUR`).

    Args:
        limits: caps on the size of the file and of a row.
    """

    name: Final = "shopify"

    def __init__(self, limits: FeedLimits | None = None) -> None:
        self._limits = limits

    def confidence(self, head: Head) -> float:
        """Judge by the header, or by the names in the first items of products.json."""
        return _SIGNATURE.confidence(head.columns)

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the columns that are read; `Option1 Name` and its kin are read beside them."""
        columns = SHOPIFY_JSON_COLUMNS if _is_json(head.columns) else head.columns
        return FieldMap(_MAPPING, {}, columns).fields

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield the parent and the variants of every article; see `Feed.read`."""
        source = Source.open(path, self._limits)
        is_json = _is_json(source.columns)
        columns = SHOPIFY_JSON_COLUMNS if is_json else source.columns
        records = shopify_json_records(source) if is_json else source.records()
        fields, facts = FieldMap(_MAPPING, mapping, columns), FieldMap(_FACTS, {}, columns)
        return note_duplicates(_rows(_Row.of(record, fields, facts) for record in records))


@dataclass(frozen=True, slots=True)
class _Row:
    draft: Draft
    facts: Mapping[str, str]
    broken: bool = False

    @classmethod
    def of(cls, record: Record, fields: FieldMap, facts: FieldMap) -> _Row:
        return cls(fields.draft(record), facts.draft(record).attributes, record.broken)

    def fact(self, name: str) -> str:
        return self.facts.get(name, "")

    @property
    def is_variant(self) -> bool:
        return bool(self.draft.price or self.draft.id or self.fact("option1_value"))


def _is_json(columns: tuple[str, ...]) -> bool:
    return any(column.startswith("variants") for column in columns)


def _rows(rows: Iterator[_Row]) -> Iterator[FeedRow]:
    for (broken, handle), several in groupby(rows, lambda row: (row.broken, row.draft.group)):
        if broken:
            yield from (FeedRow(row.draft.number, None, tuple(row.draft.problems)) for row in several)
        elif not handle:
            yield from (row.draft.reject("id_missing", "Handle", "The row has no handle.") for row in several)
        else:
            yield from _article(list(several))


def _article(rows: list[_Row]) -> Iterator[FeedRow]:
    first = rows[0]
    if hidden := _hidden(first):
        yield first.draft.reject("not_published", "Status", f"The product is not on sale. Received: {shown(hidden)}")
        return
    photos = _photos(rows)
    variants = [row for row in rows if row.is_variant] or [first]
    names = [first.fact(f"option{number}_name") for number in (1, 2, 3)]
    if len(variants) == 1:
        draft = _variant(variants[0], first.draft, names)
        draft.id, draft.group, draft.title = draft.id or first.draft.group, "", first.draft.title
        draft.photos = photos
        yield draft.finish()
        return
    drafts = [_variant(row, first.draft, names) for row in variants]
    yield _parent(first.draft, drafts, photos).finish()
    for draft in drafts:
        # a SKU that is the handle would hide the parent
        if draft.id in ("", draft.group):
            draft.id = " / ".join((draft.group, *draft.attributes.values()))
        yield draft.finish()


def _variant(row: _Row, first: Draft, names: list[str]) -> Draft:
    """Return a variant: what it says itself, and what Shopify writes into the first row of its article only."""
    values = [row.fact(f"option{number}_value") for number in (1, 2, 3)]
    options = {
        attribute_name(name or f"option{number}"): value
        for number, (name, value) in enumerate(zip(names, values, strict=True), start=1)
        if value.casefold() not in _FIRST
    }
    draft, photo = row.draft, row.fact("photo")
    price, sale_price = _prices(row)
    return replace(
        draft,
        title=" - ".join(filter(None, (first.title, " / ".join(options.values())))),
        description=draft.description or first.description,
        category=draft.category or first.category,
        brand=draft.brand or first.brand,
        tags=draft.tags or first.tags,
        attributes={**first.attributes, **draft.attributes, **options},
        photos=[photo] if photo else [],
        availability=_availability(row),
        price=price,
        sale_price=sale_price,
    )


def _parent(first: Draft, variants: list[Draft], photos: list[str]) -> Draft:
    priced = [variant for variant in variants if amount_of(variant.price) is not None]
    cheapest = min(
        priced, key=lambda variant: amount_of(variant.sale_price or variant.price) or Decimal(0), default=first
    )
    stocks = {variant.availability for variant in variants}
    return replace(
        first,
        id=first.group,
        price=cheapest.price,
        sale_price=cheapest.sale_price,
        availability="in_stock" if "in_stock" in stocks else min(stocks),
        attributes={name: text for name, text in first.attributes.items() if name != "gtin"},
        photos=photos,
        problems=[],
    )


def _photos(rows: list[_Row]) -> list[str]:
    def position(row: _Row) -> int:
        text = row.fact("position")
        return int(text) if text.isascii() and text.isdecimal() else len(rows)

    return [photo for row in sorted(rows, key=position) for photo in row.draft.photos]


def _prices(row: _Row) -> tuple[str, str]:
    """Shopify's price is what is paid; a higher `Compare At Price` is the regular one."""
    price, before = amount_of(row.draft.price), amount_of(row.fact("compare_at"))
    if price is None or before is None or before <= price:
        return row.draft.price, row.draft.sale_price
    return row.fact("compare_at"), row.draft.price


def _availability(row: _Row) -> str:
    if row.draft.availability or row.fact("available"):
        return row.draft.availability or row.fact("available")
    stock, tracked = row.fact("stock"), row.fact("tracker")
    if not tracked or not stock.lstrip("-").isdecimal() or int(stock) > 0:
        return "in_stock"
    return "backorder" if row.fact("policy").casefold() in ("continue", "true") else "out_of_stock"


def _hidden(first: _Row) -> str:
    if first.fact("status").casefold() in _HIDDEN:
        return first.fact("status")
    return first.fact("published") if first.fact("published").casefold() == "false" else ""
