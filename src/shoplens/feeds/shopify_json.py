"""Shopify's products.json as rows of its CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from shoplens.feeds.feed import RowProblem
from shoplens.feeds.json_items import json_record, json_text
from shoplens.feeds.record import Record
from shoplens.feeds.source import Source
from shoplens.feeds.text_encoding import mended

_PRODUCT = {
    "Handle": "handle", "Title": "title", "Body (HTML)": "body_html", "Vendor": "vendor", "Type": "product_type",
    "Status": "status",
}  # fmt: skip
_VARIANT = {
    "Variant SKU": "sku", "Variant Price": "price", "Variant Compare At Price": "compare_at_price",
    "Variant Barcode": "barcode", "Variant Available": "available", "Variant Inventory Qty": "inventory_quantity",
    "Variant Inventory Tracker": "inventory_management", "Variant Inventory Policy": "inventory_policy",
    "Option1 Value": "option1", "Option2 Value": "option2", "Option3 Value": "option3",
}  # fmt: skip
_OPTIONS = ("Option1 Name", "Option2 Name", "Option3 Name")
SHOPIFY_JSON_COLUMNS = (*_PRODUCT, "Tags", "Image Src", "Variant Image", *_OPTIONS, *_VARIANT)


def shopify_json_records(source: Source) -> Iterator[Record]:
    """Yield a row per variant, the article's own values and all its photos on the first; `number` counts articles."""
    for item in source.json_items():
        number, product = item
        if isinstance(product, RowProblem):
            yield json_record(item)
            continue
        handle = json_text(product.get("handle")) or json_text(product.get("id"))
        variants = _objects(product.get("variants")) or [{}]
        for place, variant in enumerate(variants):
            values: dict[str, tuple[str, ...]] = {"Handle": (handle,)}
            if place == 0:
                values |= _article(product)
            values |= _texts(variant, _VARIANT)
            values |= {"Handle": (handle,), "Variant Image": (_variant_photo(product, variant),)}
            yield Record(number, {name: tuple(mended(text)[0] for text in texts) for name, texts in values.items()})


def _article(product: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    tags, options = product.get("tags"), product.get("options")
    names = [json_text(one.get("name")) if isinstance(one, dict) else json_text(one) for one in _list(options)]
    return {
        **_texts(product, _PRODUCT),
        "Tags": tuple(json_text(tag) for tag in tags) if isinstance(tags, list) else (json_text(tags),),
        "Image Src": tuple(json_text(image.get("src")) for image in _objects(product.get("images"))),
        **{column: (name,) for column, name in zip(_OPTIONS, names, strict=False)},
    }


def _variant_photo(product: Mapping[str, Any], variant: Mapping[str, Any]) -> str:
    featured = variant.get("featured_image")
    if isinstance(featured, dict):
        return json_text(featured.get("src"))
    wanted = json_text(variant.get("image_id"))
    return next(
        (
            json_text(one.get("src"))
            for one in _objects(product.get("images"))
            if wanted and json_text(one.get("id")) == wanted
        ),
        "",
    )


def _texts(value: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {column: (json_text(value[name]),) for column, name in names.items() if name in value}


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in _list(value) if isinstance(one, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
