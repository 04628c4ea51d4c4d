"""WooCommerce product exports: its own CSV, and WordPress's XML."""

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
from shoplens.feeds.prices import amount_of
from shoplens.feeds.record import Record
from shoplens.feeds.signature import Signature
from shoplens.feeds.source import Source
from shoplens.feeds.wordpress import WORDPRESS_COLUMNS, is_wordpress, wordpress_records

_SIGNATURE = Signature(
    required=(frozenset({"type"}), frozenset({"name"})),
    strong=frozenset(
        {"published", "is_featured?", "visibility_in_catalog", "short_description", "regular_price", "tax_status",
         "in_stock?", "attribute_1_name", "attribute_1_value(s)", "backorders_allowed?", "grouped_products",
         "cross_sells"}
    ),
    negative=frozenset({"handle", "variant_sku", "attribute_set_code", "image_src"}),
)  # fmt: skip
_MAPPING = {
    "id": "SKU|ID",
    "title": "Name",
    "description": "Description|Short description",
    "category": "Categories",
    "brand": "Brands|Brand",
    "price": "Regular price|Price",
    "sale_price": "Sale price",
    "availability": "In stock?",
    "group": "Parent",
    "tags": "Tags",
    "photos": "Images",
    "gtin": "GTIN, UPC, EAN, or ISBN",
    "link": "Link",
}
_ATTRIBUTE = re.compile(r"attribute \d+ name\Z", re.IGNORECASE)
_COMMA = re.compile(r"(?<!\\),")


@dataclass(slots=True)
class _Parents:
    """The variable products by each name that a variation may call them, and their cheapest variations' prices."""

    by_name: dict[str, _Parent] = field(default_factory=dict)
    prices: dict[str, str] = field(default_factory=dict)

    def add_price(self, name: str, text: str) -> None:
        """Keep the lowest price of the variations that call their parent `name`."""
        amount, lowest = amount_of(text), amount_of(self.prices.get(name, ""))
        if amount is not None and (lowest is None or amount < lowest):
            self.prices[name] = text


@dataclass(slots=True)
class _Parent:
    """What the variants of a variable product take from it; photos are not among it."""

    id: str
    title: str = ""
    category: str = ""
    brand: str = ""
    tags: list[str] = field(default_factory=list)


class WooCommerceFeed:
    """One product per row; a `variation` names its parent by SKU or as `id:44`.

    The id is the SKU, or where there is none the shop's own number. A variation takes name, category, brand and tags
    from its parent where it has none, so that filters find it; never photos. The parent takes its variations' lowest
    price. The file is read twice, since a parent may follow its variations. The currency is the shop's and not in the
    file: map it (`currency==EUR`).

    Args:
        limits: caps on the size of the file and of a row.
    """

    name: Final = "woocommerce"

    def __init__(self, limits: FeedLimits | None = None) -> None:
        self._limits = limits

    def confidence(self, head: Head) -> float:
        """Judge by the header, or by the names that WordPress gives its XML."""
        return 1.0 if is_wordpress(head.sample) else _SIGNATURE.confidence(head.columns)

    def mapping(self, head: Head) -> Mapping[str, str]:
        """Return the columns of the export that are read; `Attribute 1 name` and its kin are read beside them."""
        columns = WORDPRESS_COLUMNS if is_wordpress(head.sample) else head.columns
        return FieldMap(_MAPPING, {}, columns).fields

    def read(self, path: Path, mapping: Mapping[str, str]) -> Iterator[FeedRow]:
        """Yield every row; see `Feed.read`."""
        source = Source.open(path, self._limits)
        columns = WORDPRESS_COLUMNS if is_wordpress(source.sample) else source.columns
        fields = FieldMap(_MAPPING, mapping, columns)
        parents = _parents(_records(source), fields)
        return note_duplicates(_rows(_records(source), fields, parents))


def _records(source: Source) -> Iterator[Record]:
    return wordpress_records(source) if is_wordpress(source.sample) else source.records()


def _parents(records: Iterator[Record], fields: FieldMap) -> _Parents:
    parents = _Parents()
    for record in records:
        types = _types(record)
        draft = fields.draft(record)
        if "variation" in types:
            parents.add_price(draft.group, draft.sale_price or draft.price)
        elif "variable" in types:
            category, others = most_specific(_paths(draft.category))
            parent = _Parent(draft.id, draft.title, category, draft.brand, [*draft.tags, *others])
            parents.by_name[f"id:{record.text('ID')}"] = parents.by_name[draft.id] = parent
    return parents


def _rows(records: Iterator[Record], fields: FieldMap, parents: _Parents) -> Iterator[FeedRow]:
    for record in records:
        if record.broken:
            yield FeedRow(record.number, None, record.problems)
            continue
        draft = fields.draft(record)
        published = record.text("Published")
        if published in ("0", "-1"):
            text = f"The product is private (0) or a draft (-1). Received: {shown(published)}"
            yield draft.reject("not_published", "Published", text)
            continue
        category, others = most_specific(_paths(draft.category))
        draft.category, draft.tags = category, [*draft.tags, *others]
        _add_attributes(draft, record)
        _relate(draft, record, parents)
        if draft.availability == "backorder" or (
            record.text("Backorders allowed?") in ("1", "notify") and _is_empty(record)
        ):
            draft.availability = "backorder"
        yield draft.finish()


def _relate(draft: Draft, record: Record, parents: _Parents) -> None:
    types = _types(record)
    if "variable" in types:
        draft.group = draft.id
        numbered = parents.prices.get(f"id:{record.text('ID')}", "")
        draft.price = draft.price or parents.prices.get(draft.id, "") or numbered
        return
    if "variation" not in types:
        # a grouped product's children name their parent too, but they are articles of their own
        draft.group = ""
        return
    parent = parents.by_name.get(draft.group)
    if parent is None:
        text = f"No variable product of that name is in the file. Received: {shown(draft.group)}"
        draft.note("parent_missing", "group", text)
        draft.group = draft.group.removeprefix("id:")
        return
    draft.group = parent.id
    draft.title = draft.title or parent.title
    draft.category = draft.category or parent.category
    draft.brand = draft.brand or parent.brand
    draft.tags = draft.tags or list(parent.tags)


def _add_attributes(draft: Draft, record: Record) -> None:
    for column in record.values:
        if _ATTRIBUTE.match(column) and (name := record.text(column)):
            values = _COMMA.split(record.text(column[: -len("name")] + "value(s)"))
            text = ", ".join(value.replace("\\,", ",").strip() for value in values if value.strip())
            if attribute_name(name) == "brand":
                draft.brand = draft.brand or text
            else:
                draft.attributes.setdefault(attribute_name(name), text)


def _types(record: Record) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in record.text("Type").split(","))


def _is_empty(record: Record) -> bool:
    return record.text("In stock?") in ("0", "") and record.text("Stock") in ("0", "0.0")


def _paths(text: str) -> list[list[str]]:
    return [path.replace("\\,", ",").split(">") for path in _COMMA.split(text)]
