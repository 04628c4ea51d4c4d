"""Products as rows of the database, and back without loss."""

from __future__ import annotations

import decimal
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from shoplens.errors import BadInput
from shoplens.records import Price, Product

_MICROS = 1_000_000
_LARGEST = 2**63 - 1
_MONEY = decimal.Context(prec=40)


def to_micros(amount: Decimal) -> int:
    """Return an amount of money in millionths, exactly.

    Raises:
        BadInput: the amount is no finite number, is below zero, or does not fit.
    """
    if not amount.is_finite() or amount < 0 or amount > _LARGEST // _MICROS:
        raise BadInput("A price must be a number from 0 to 9 billion.", received=amount, remedy="Mend the price.")
    micros = _MONEY.multiply(amount, Decimal(_MICROS))
    if micros != micros.to_integral_value():
        raise BadInput("A price can have at most six decimals.", received=amount, remedy="Round the price.")
    return int(micros)


def from_micros(micros: int) -> Decimal:
    """Return the amount with at least two decimals and no further zero at the end."""
    whole, rest = divmod(micros, _MICROS)
    return Decimal(f"{whole}.{f'{rest:06d}'.rstrip('0').ljust(2, '0')}")


@lru_cache(maxsize=4_096)  # brands, categories and tags come again and again
def fold(text: str) -> str:
    """Return the text as filters compare it: without regard to case and to spaces around."""
    return " ".join(text.casefold().split())


@lru_cache(maxsize=4_096)
def category_key(category: str) -> str:
    """Return a category path as filters compare it."""
    return " > ".join(part for part in (fold(part) for part in category.split(">")) if part)


def attribute_values(name: str, value: str) -> set[str]:
    """Return every value under which an attribute is found: the whole, and each part of a list of several.

    Magento joins several values by "|", Google joins up to three colours by "/".
    """
    parts = {value, *value.split("|")}
    if name in ("color", "colour"):
        parts |= set(value.split("/"))
    return {key for key in map(fold, parts) if key}


def to_row(product: Product) -> dict[str, Any]:
    """Return the product as columns of the table `products`, without number, digest, retired and revision.

    Raises:
        BadInput: the product has no id, a text is not Unicode, or a price cannot be stored exactly.
    """
    if not product.id:
        raise BadInput("A product needs an id.", received=product.title, remedy="Give each row an id.")
    pays = product.sale_price or product.price
    row: dict[str, Any] = {
        "id": product.id,
        "listing": product.listing,
        "group_id": product.group,
        "title": product.title,
        "description": product.description,
        "category": product.category,
        "category_key": category_key(product.category),
        "brand": product.brand,
        "brand_key": fold(product.brand),
        **_price("price", product.price),
        **_price("sale", product.sale_price),
        **_price("pays", pays),
        "availability": product.availability,
        "link": product.link,
        "attributes": json.dumps(dict(product.attributes), ensure_ascii=False),
        "tags": json.dumps(product.tags, ensure_ascii=False),
        "photos": json.dumps(product.photos, ensure_ascii=False),
    }
    try:
        "".join(value for value in row.values() if isinstance(value, str)).encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            "A text of the product is not Unicode.", received=f"product {product.id!a}, {error.reason}",
            remedy="Save the source as UTF-8."
        ) from error  # fmt: skip
    return row


def from_row(row: RowMapping) -> Product:
    """Return the product of a row of the table `products`."""
    return Product(
        id=row["id"],
        title=row["title"],
        description=row["description"],
        category=row["category"],
        brand=row["brand"],
        price=_to_price(row["price_micros"], row["price_currency"]),
        sale_price=_to_price(row["sale_micros"], row["sale_currency"]),
        availability=row["availability"],
        group=row["group_id"],
        link=row["link"],
        attributes=json.loads(row["attributes"]),
        tags=tuple(json.loads(row["tags"])),
        photos=tuple(json.loads(row["photos"])),
    )


def product_digest(product: Product) -> str:
    """Return the hexadecimal SHA-256 of everything that the product says; equal products have equal digests.

    Raises:
        BadInput: the product cannot be stored; see `to_row`.
    """
    return row_digest(to_row(product))


def row_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of a row made by `to_row`."""
    return hashlib.sha256(json.dumps(list(row.values()), ensure_ascii=False).encode()).hexdigest()


def _price(name: str, price: Price | None) -> dict[str, Any]:
    if price is None:
        return {f"{name}_micros": None, f"{name}_currency": ""}
    return {f"{name}_micros": to_micros(price.amount), f"{name}_currency": price.currency.upper()}


def _to_price(micros: int | None, currency: str) -> Price | None:
    return None if micros is None else Price(from_micros(micros), currency)
