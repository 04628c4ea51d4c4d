"""Writes the shop's catalogue as a Google Merchant feed."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from shoplens.demo.assortment import Article
from shoplens.demo.wording import chinese_title, description, pattern_name, tags, title

COLUMNS = (
    "id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price", "sale_price",
    "brand", "gtin", "condition", "item_group_id", "google_product_category", "product_type", "color", "gender",
    "age_group", "material", "pattern", "size", "custom_label_0", "custom_label_1", "custom_label_2",
)  # fmt: skip
"""Google's names. `custom_label_0` is the Chinese title, `_1` the tags in both languages, `_2` the price band."""


def write_merchant_feed(path: Path, articles: Iterable[Article], misfiled: Mapping[str, tuple[str, str]]) -> int:
    """Write one tab-separated row for each article and size.

    Args:
        path: the file to write.
        articles: in the order of the rows.
        misfiled: article id to the wrong `(product_type, google_product_category)` that it is to be filed under.

    Returns:
        The number of rows.
    """
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for article in articles:
            filed = misfiled.get(article.id, (article.category.path, article.category.google))
            for number, product_id in enumerate(article.product_ids):
                size = article.sizes[number] if article.sizes else ""
                writer.writerow(_row(article, product_id, size, rows, filed))
                rows += 1
    return rows


def _row(article: Article, product_id: str, size: str, number: int, filed: tuple[str, str]) -> dict[str, str]:
    photos = [f"photos/{name}" for name in article.photos]
    low, high = article.category.price
    band = (
        "budget"
        if article.price < low + (high - low) / 4
        else "premium"
        if article.price > low + (high - low) / 2
        else "mid"
    )
    return {
        "id": product_id,
        "title": title(article),
        "description": description(article),
        "link": f"https://demo.shoplens.example/products/{product_id.lower()}",
        "image_link": photos[0],
        "additional_image_link": ",".join(photos[1:]),
        "availability": article.availability,
        "price": f"{article.price:.2f} USD",
        "sale_price": f"{article.sale_price:.2f} USD" if article.sale_price is not None else "",
        "brand": article.brand,
        "gtin": _gtin(number) if number % 3 else "",
        "condition": "new",
        "item_group_id": article.listing if article.grouped else "",
        "google_product_category": filed[1],
        "product_type": filed[0],
        "color": article.color,
        "gender": {"women": "female", "men": "male"}.get(article.gender, article.gender),
        "age_group": "adult" if article.gender else "",
        "material": article.material[0],
        "pattern": pattern_name(article),
        "size": size,
        "custom_label_0": chinese_title(article),
        "custom_label_1": tags(article),
        "custom_label_2": band,
    }


def _gtin(number: int) -> str:
    """Return a GTIN-13 with a right check digit, in the range that GS1 keeps for use inside a shop."""
    digits = f"2{number:011d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"
