"""Fourteen products whose photos, titles and faults are known."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from shoplens.photos.encode import encode
from shoplens.records import Label, Pixels
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop

SIDE = 300
HOSTILE_TITLE = "<script>alert(1)</script><b>Mug</b>"
RIGHT_TO_LEFT_TITLE = "قميص أحمر כחול"
COLORS = {"red": (200, 30, 40), "blue": (40, 80, 200), "green": (40, 140, 70), "yellow": (240, 210, 50)}
CHINESE = {"red": "红色", "blue": "蓝色", "green": "绿色", "yellow": "黄色"}
COLUMNS = "id title description image_link availability price sale_price product_type color size item_group_id"


def photo(color: tuple[int, int, int], shape: str, seed: int = 0) -> Pixels:
    """Draw a shirt (a square with sleeves) or a mug (a disc) on white, with a little grain."""
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    y, x = np.mgrid[:SIDE, :SIDE]
    if shape == "shirt":
        inside = ((abs(x - 150) < 60) & (abs(y - 160) < 90)) | ((abs(x - 150) < 110) & (abs(y - 100) < 30))
    else:
        inside = (x - 140) ** 2 + (y - 150) ** 2 < 80**2
    grain = np.random.default_rng(seed).integers(-12, 12, (SIDE, SIDE, 1))
    pixels[inside] = np.clip(np.array(color) + grain, 0, 255).astype(np.uint8)[inside]
    return pixels


def draw_shop(folder: Path) -> Shop:
    """Return the open shop: eight shirts in two sizes, four mugs, one hostile title, one right-to-left title."""
    source = folder / "source"
    source.mkdir()
    rows = [*_shirts(source), *_mugs(source), *_odd_titles(source)]
    with (source / "feed.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS.split(), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    (folder / "shop").mkdir()
    write_setting(folder / "shop" / SETTINGS_FILE, "name", "Drawn shop")
    write_setting(folder / "shop" / SETTINGS_FILE, "model", "none")
    shop = Shop.open(folder / "shop", create=True)
    shop.import_catalog(source / "feed.tsv")
    shop.catalog.put_labels([Label("MUG-RED", "color", "red", 0.9, "palette")])
    with shop.catalog.batch() as batch:
        # Feeds are read as plain text; what a page does with markup must not rest on that alone.
        batch.put_product(replace(shop.catalog.product("ODD/1"), title=HOSTILE_TITLE), "")
    shop.inspect()
    (shop.folder / "queries").mkdir()
    write_photo(shop.folder / "queries" / "red-shirt.jpg", photo(COLORS["red"], "shirt", seed=99))
    _bought_together(shop)
    return shop


def write_photo(path: Path, pixels: Pixels) -> str:
    """Write a JPEG and return its name."""
    path.write_bytes(encode(pixels, "jpeg", quality=92))
    return path.name


def _shirts(source: Path) -> list[dict[str, str]]:
    rows = []
    for number, (color, rgb) in enumerate(COLORS.items()):
        name = write_photo(source / f"shirt-{color}.jpg", photo(rgb, "shirt", number))
        rows += [
            {
                "id": f"SHIRT-{color.upper()}-{size}",
                "title": f"{color.title()} cotton shirt",
                "description": f"A {color} shirt. {CHINESE[color]}衬衫。",
                "image_link": name,
                "availability": "out_of_stock" if color == "green" and size == "M" else "in_stock",
                "price": "25.00 USD",
                "sale_price": "19.50 USD" if color == "blue" else "",
                "product_type": "Clothing > Shirts",
                "color": color,
                "size": size,
                "item_group_id": f"SHIRT-{color.upper()}",
            }
            for size in ("S", "M")
        ]
    return rows


def _mugs(source: Path) -> list[dict[str, str]]:
    rows = []
    for number, (color, rgb) in enumerate(COLORS.items(), 10):
        pixels = photo(rgb, "mug", number)
        # The yellow mug's photo is far too small: the inspector finds it.
        name = write_photo(source / f"mug-{color}.jpg", pixels[::4, ::4] if color == "yellow" else pixels)
        rows.append(
            {
                "id": f"MUG-{color.upper()}",
                "title": f"{color.title()} mug",
                "description": f"{CHINESE[color]}马克杯。",
                "image_link": name,
                "availability": "out_of_stock" if color == "green" else "in_stock",
                "price": f"{number}.90 USD",
                "product_type": "Home > Mugs",
                "color": color,
            }
        )
    return rows


def _odd_titles(source: Path) -> list[dict[str, str]]:
    hostile = write_photo(source / "hostile.jpg", photo((150, 90, 200), "mug", 20))
    arabic = write_photo(source / "arabic.jpg", photo((180, 40, 60), "shirt", 21))
    common = {"availability": "in_stock", "price": "12.00 USD"}
    mug = {"id": "ODD/1", "title": "Purple mug", "image_link": hostile, "product_type": "Home > Mugs"}
    shirt = {"id": "ODD-2", "title": RIGHT_TO_LEFT_TITLE, "image_link": arabic, "product_type": "Clothing > Shirts"}
    return [{**common, **mug}, {**common, **shirt}]


def _bought_together(shop: Shop) -> None:
    lines = [
        json.dumps(
            {
                "eventType": "purchase-complete",
                "visitorId": f"visitor-{number}",
                "eventTime": f"2026-11-{number + 1:02}T10:00:00Z",
                "productDetails": [{"product": {"id": product}} for product in products],
            }
        )
        for number, products in enumerate(
            [("SHIRT-RED-S", "MUG-RED")] * 7 + [("SHIRT-BLUE-S", "MUG-GREEN")] * 3 + [("MUG-YELLOW",)] * 5
        )
    ]
    shop.events.add("\n".join(lines))
