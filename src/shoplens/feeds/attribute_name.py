"""Names of attributes in one form."""

from __future__ import annotations

import re
import unicodedata

_SAME = {
    "colour": "color", "colors": "color", "颜色": "color", "颜色分类": "color", "farbe": "color",
    "couleur": "color", "colore": "color", "цвет": "color", "sizes": "size", "尺码": "size", "尺寸": "size",
    "größe": "size", "taille": "size", "talla": "size", "taglia": "size", "размер": "size", "材质": "material",
    "面料": "material", "matière": "material", "性别": "gender", "sex": "gender", "图案": "pattern",
    "适用年龄": "age_group", "ean": "gtin", "upc": "gtin", "barcode": "gtin", "条码": "gtin", "条形码": "gtin",
    "isbn": "gtin", "gtin,_upc,_ean,_or_isbn": "gtin",
}  # fmt: skip


def attribute_name(text: str) -> str:
    """Return the name lower-case, spaces as `_`, WooCommerce's `pa_` gone, and common translations in English."""
    plain = re.sub(r"[\s\-]+", "_", unicodedata.normalize("NFC", text).strip().casefold())
    plain = plain.removeprefix("attribute_").removeprefix("pa_")
    return _SAME.get(plain, plain)
