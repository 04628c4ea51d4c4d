"""A shop whose photos each have one fault that a safe fix mends, and one that has none."""

from __future__ import annotations

import csv
from pathlib import Path

from shoplens.photos.encode import encode
from shoplens.settings import SETTINGS_FILE, write_setting
from shoplens.shop import Shop
from tests.quality.drawn import product
from tests.quality.spoiled import cases


def write_source(folder: Path, size: int = 300) -> dict[str, str]:
    """Write a feed with one product for each case; return product to the code that its photo fails."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {}
    rows = [{"id": "GOOD", "title": "Good shirt", "image_link": "good.jpg", "product_type": "Prints"}]
    (folder / "good.jpg").write_bytes(encode(product(size, seed=50, fill=0.85), "jpeg", 92))
    for number, (name, (code, _, file)) in enumerate(cases(size).items()):
        # The drawn colours of some seeds are such that a brighter exposure shows a cast.
        _, data, _ = cases(size, seed=0 if name == "dark" else number)[name]
        key = name.upper().replace(" ", "-")
        picture = f"{name.replace(' ', '-')}{Path(file).suffix}"
        (folder / picture).write_bytes(data)
        rows.append({"id": key, "title": name, "image_link": picture, "product_type": "Prints"})
        wanted[key] = code
    with (folder / "feed.csv").open("w", encoding="utf-8", newline="") as file_:
        writer = csv.DictWriter(file_, ["id", "title", "image_link", "product_type"])
        writer.writeheader()
        writer.writerows(rows)
    return wanted


def open_faulty(folder: Path) -> tuple[Shop, dict[str, str]]:
    """Return the open shop and what is wrong with which product."""
    wanted = write_source(folder / "source")
    (folder / "shop").mkdir()
    write_setting(folder / "shop" / SETTINGS_FILE, "model", "none")
    shop = Shop.open(folder / "shop", create=True)
    shop.import_catalog(folder / "source" / "feed.csv")
    return shop, wanted
