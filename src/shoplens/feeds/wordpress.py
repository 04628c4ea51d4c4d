"""WordPress's export (WXR) of a WooCommerce shop, as rows of WooCommerce's CSV."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from shoplens.feeds.record import Record
from shoplens.feeds.source import Source
from shoplens.feeds.xml_items import local_name

WORDPRESS_COLUMNS = (
    "ID", "Type", "SKU", "Name", "Published", "Short description", "Description", "In stock?", "Regular price",
    "Sale price", "Categories", "Tags", "Images", "Parent", "Link",
)  # fmt: skip


def is_wordpress(sample: str) -> bool:
    """Whether a file that begins with `sample` is WordPress's export."""
    return "wordpress.org/export/" in sample


def wordpress_records(source: Source) -> Iterator[Record]:
    """Yield each product and variation under the names of WooCommerce's CSV.

    Photos are attachments, items of their own that may come later: the file is read once for them.
    """
    photos = dict(_photos(source))
    for number, element, problems in source.xml_items():
        if element is None:
            yield Record(number, {}, problems, broken=True)
            continue
        texts = _texts(element)
        if texts.get("post_type") in ("product", "product_variation"):
            values = {name: (text,) for name, text in _row(element, texts, photos).items() if text}
            yield Record(number, values, problems)


def _photos(source: Source) -> Iterator[tuple[str, str]]:
    for _, element, _ in source.xml_items():
        if element is not None:
            texts = _texts(element)
            if texts.get("post_type") == "attachment":
                yield texts.get("post_id", ""), texts.get("attachment_url", "")


def _row(element: Element, texts: dict[str, str], photos: dict[str, str]) -> dict[str, str]:
    meta = {_text(one, "meta_key"): _text(one, "meta_value") for one in element if local_name(one.tag) == "postmeta"}
    terms: dict[str, list[str]] = {}
    for one in element:
        if local_name(one.tag) == "category":
            terms.setdefault(one.get("domain", ""), []).append((one.text or "").replace(",", "\\,").strip())
    variation = texts["post_type"] == "product_variation"
    references = [meta.get("_thumbnail_id", ""), *meta.get("_product_image_gallery", "").split(",")]
    row = {
        "ID": texts.get("post_id", ""),
        "Type": "variation" if variation else ", ".join(terms.get("product_type", ["simple"])),
        "SKU": meta.get("_sku", ""),
        "Name": texts.get("title", ""),
        "Published": "1" if texts.get("status") == "publish" else "-1",
        "Short description": texts.get("excerpt:encoded", ""),
        "Description": texts.get("content:encoded", "") or meta.get("_variation_description", ""),
        "In stock?": meta.get("_stock_status", ""),
        "Regular price": meta.get("_regular_price", ""),
        "Sale price": meta.get("_sale_price", ""),
        "Categories": ", ".join(terms.get("product_cat", [])),
        "Tags": ", ".join(terms.get("product_tag", [])),
        "Images": ", ".join(photos[one.strip()] for one in references if one.strip() in photos),
        "Parent": f"id:{texts.get('post_parent', '')}" if variation else "",
        "Link": texts.get("link", ""),
    }
    return {**row, **_attributes(terms, meta)}


def _attributes(terms: dict[str, list[str]], meta: dict[str, str]) -> dict[str, str]:
    values = {domain: ", ".join(several) for domain, several in terms.items() if domain.startswith("pa_")}
    values |= {key.removeprefix("attribute_"): text for key, text in meta.items() if key.startswith("attribute_")}
    row: dict[str, str] = {}
    for number, (name, text) in enumerate(values.items(), start=1):
        row |= {f"Attribute {number} name": name, f"Attribute {number} value(s)": text}
    return row


def _texts(element: Element) -> dict[str, str]:
    """Return the texts by name; names that two prefixes share are kept with theirs."""
    texts: dict[str, str] = {}
    for child in element:
        name = child.tag if child.tag.endswith(":encoded") else local_name(child.tag)
        texts.setdefault(name, (child.text or "").strip())
    return texts


def _text(element: Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if local_name(child.tag) == name), "")
