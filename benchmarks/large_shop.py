"""A shop of as many real photos' vectors as a benchmark wants: the demonstration shop, drawn, altered and imported.

It is made once in a folder and found there again. Each round of alterations makes other products of the drawn ones: a
round and a product have one shift of hue, each photo of it another crop, light and, of every second, a mirror image.
The shoppers' photos are those of the drawn shop, which are in no round, brought to a wanted size in bytes.
"""

from __future__ import annotations

import csv
import shutil
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from shoplens.demo.shop import draw_shop
from shoplens.shop import Shop

Pixels = npt.NDArray[np.uint8]
_SIDE = 1_000


def large_shop(folder: Path, photos: int, products: int = 320) -> Path:
    """Return the folder of a shop with at least so many photos; `folder / "source"` holds what it was made of."""
    shop, source = folder / f"shop-{photos}", folder / "source"
    done = folder / f"shop-{photos}.done"
    if done.is_file():
        return shop
    shutil.rmtree(shop, ignore_errors=True)
    if not (source / "truth.json").is_file():
        draw_shop(source, products=products)
    drawn = list(csv.DictReader((source / "products.tsv").open(encoding="utf-8"), delimiter="\t"))
    drawn = [row for row in drawn if row["id"]]
    feed, count, turn = folder / f"feed-{photos}.tsv", 0, 0
    with feed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(drawn[0]), delimiter="\t")
        writer.writeheader()
        while count < photos:
            for row in drawn:
                altered, added = other_product(row, turn, source, folder / "altered")
                writer.writerow(altered)
                count += added
                if count >= photos:
                    break
            turn += 1
    with Shop.open(shop, create=True) as opened:
        opened.import_catalog(feed, photos=folder)
        opened.warm_up()
    done.touch()
    return shop


def other_product(row: dict[str, str], turn: int, source: Path, folder: Path) -> tuple[dict[str, str], int]:
    """Return the row of one round with the number of photos that are new in it, and write those."""
    names = [name for field in ("image_link", "additional_image_link") for name in row[field].split(",") if name]
    if not turn:
        return row | links([f"source/{name}" for name in names]), len(names)
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng([turn, zlib.crc32(row["id"].encode())])
    shift, written = int(rng.integers(8, 172)), []
    for number, name in enumerate(names):
        path = folder / f"{turn}-{Path(name).name}"
        pixels = cv2.imread(str(source / name))
        if pixels is None:  # one of the planted faults: no picture at all
            continue
        if not path.is_file():
            cv2.imwrite(str(path), altered(pixels, shift, bool(number % 2), rng), [cv2.IMWRITE_JPEG_QUALITY, 88])
        written.append(f"{folder.name}/{path.name}")
    group = row["item_group_id"] and f"{row['item_group_id']}-{turn}"
    return row | links(written) | {"id": f"{row['id']}-{turn}", "item_group_id": group, "gtin": ""}, len(written)


def links(paths: list[str]) -> dict[str, str]:
    return {"image_link": paths[0] if paths else "", "additional_image_link": ",".join(paths[1:])}


def altered(pixels: Pixels, shift: int, mirrored: bool, rng: np.random.Generator) -> Pixels:
    """Return the photo in another hue, cut, lighter or darker."""
    height, width = pixels.shape[:2]
    kept = rng.uniform(0.85, 1.0)
    top, left = (int(rng.integers(0, side - int(side * kept) + 1)) for side in (height, width))
    part = pixels[top : top + int(height * kept), left : left + int(width * kept)]
    hsv = cv2.cvtColor(part[:, ::-1] if mirrored else part, cv2.COLOR_BGR2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.uint16) + shift) % 180
    return cv2.convertScaleAbs(cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR), alpha=rng.uniform(0.85, 1.1), beta=0)


def shopper_photos(folder: Path, size: int) -> list[bytes]:
    """Return the shoppers' photos as JPEG files of about so many bytes and a longer side of 1,000 pixels."""
    photos = []
    for path in sorted((folder / "source" / "queries").glob("*.jpg")):
        pixels = cv2.imread(str(path))
        scale = _SIDE / max(pixels.shape[:2])
        large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        low, high, best = 10, 100, b""
        while low < high:
            quality = (low + high) // 2
            data = bytes(cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
            if not best or abs(len(data) - size) < abs(len(best) - size):
                best = data
            low, high = (low, quality) if len(data) > size else (quality + 1, high)
        photos.append(best)
    return photos
