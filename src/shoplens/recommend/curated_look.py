"""A look that the shop put together itself."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from shoplens.errors import BadInput

_NAME_COLUMNS = ("look", "look_id", "outfit", "set", "name")
_PRODUCT_COLUMNS = ("product", "product_id", "products", "id", "sku", "item_id")


@dataclass(frozen=True, slots=True)
class CuratedLook:
    """A name and the products or listings of a look, in the order in which they are shown."""

    name: str
    products: tuple[str, ...]


def read_looks(path: Path) -> list[CuratedLook]:
    """Read looks from a CSV file: a row for each product, or for each look with products parted by "|".

    Raises:
        BadInput: the file cannot be read, lacks one of the two columns, or a row lacks a value.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
            look = next((columns[name] for name in _NAME_COLUMNS if name in columns), None)
            product = next(
                (columns[name] for name in _PRODUCT_COLUMNS if name in columns and columns[name] != look), None
            )
            if look is None or product is None:
                raise BadInput(
                    "A file of looks needs a column for the look and one for its products.",
                    received=", ".join(columns) or "an empty file",
                    remedy="Name them 'look' and 'product'.",
                )
            rows = [(row.get(look) or "", row.get(product) or "") for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput("The looks cannot be read.", received=error, remedy="Save the file as CSV in UTF-8.") from error
    looks: dict[str, dict[str, None]] = {}
    for number, (name, products) in enumerate(rows, start=1):
        ids = [part.strip() for part in products.split("|") if part.strip()]
        if not name.strip() or not ids:
            raise BadInput(f"Row {number} of the looks lacks a look or a product.", received=f"{name},{products}")
        looks.setdefault(name.strip(), {}).update(dict.fromkeys(ids))
    return [CuratedLook(name, tuple(products)) for name, products in looks.items()]
